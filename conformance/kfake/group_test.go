package kfake_test

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
	"pgregory.net/rapid"
)

const (
	groupID = "direct"
	nobody  = 9 // a member that is none
)

// group is a group of two members at both brokers. Each member of theirs has a client
// of its own, because a join waits.
type group struct {
	*both
	clients    [2]*kgo.Client
	ids        map[int]string
	joined     [2]chan *kmsg.JoinGroupResponse
	synced     [2]chan *kmsg.SyncGroupResponse
	generation int32
	leader     [2]int // of ours, of theirs
}

func startGroup(tb rapid.TB) *group {
	g := &group{both: start(tb, 2), ids: map[int]string{nobody: "nobody"}}
	for i := range g.clients {
		client, err := kgo.NewClient(kgo.SeedBrokers(g.address), kgo.MaxVersions(kversion.V4_0_0()))
		if err != nil {
			tb.Fatal(err)
		}
		g.clients[i] = client
	}
	stop := g.close
	g.close = func() {
		for _, c := range g.clients {
			c.Close()
		}
		stop()
	}
	return g
}

func (g *group) joinRequest(i int) *kmsg.JoinGroupRequest {
	req := kmsg.NewPtrJoinGroupRequest()
	req.Group, req.MemberID, req.ProtocolType = groupID, g.ids[i], "consumer"
	req.SessionTimeoutMillis, req.RebalanceTimeoutMillis = 45_000, 300_000
	protocol := kmsg.NewJoinGroupRequestProtocol()
	protocol.Name = "range"
	req.Protocols = append(req.Protocols, protocol)
	return req
}

// name gives a member its id at both: the first join is answered with it.
func (g *group) name(i int) {
	if err := g.ours.Join(int32(i), false); err != nil {
		g.tb.Fatal(err)
	}
	a, ok, err := g.ours.Answer(int32(i))
	if err != nil || !ok {
		g.tb.Fatal(err, ok)
	}
	resp, err := g.joinRequest(i).RequestWith(context.Background(), g.clients[i])
	if err != nil {
		g.tb.Fatal(err)
	}
	g.same("the first join", a.Code, name(resp.ErrorCode))
	g.ids[i] = resp.MemberID
}

func (g *group) same(what, ours, theirs string) {
	g.tb.Helper()
	if ours != theirs {
		g.tb.Fatalf("%s: ours %q, theirs %q", what, ours, theirs)
	}
}

// join has a member join; who has to wait for others waits.
func (g *group) join(i int) {
	if err := g.ours.Join(int32(i), true); err != nil {
		g.tb.Fatal(err)
	}
	answer := make(chan *kmsg.JoinGroupResponse, 1)
	g.joined[i] = answer
	req := g.joinRequest(i)
	go func() {
		resp, _ := req.RequestWith(context.Background(), g.clients[i])
		answer <- resp
	}()
}

// taken waits for the answers to the joins of members.
func (g *group) taken(members ...int) {
	leaders := [2]int{}
	for _, i := range members {
		a, ok, err := g.ours.Answer(int32(i))
		if err != nil || !ok {
			g.tb.Fatal(err, ok)
		}
		resp := <-g.joined[i]
		g.same("a join", a.Code, name(resp.ErrorCode))
		if a.Generation != resp.Generation {
			g.tb.Fatalf("generation: ours %d, theirs %d", a.Generation, resp.Generation)
		}
		g.generation = a.Generation
		if a.Leader {
			g.leader[0] = i
			leaders[0]++
		}
		if resp.LeaderID == g.ids[i] {
			g.leader[1] = i
			leaders[1]++
		}
	}
	if leaders != [2]int{1, 1} {
		g.tb.Fatalf("leaders: ours %d, theirs %d", leaders[0], leaders[1])
	}
}

// sync has a member sync, at ours and theirs the leader with an assignment: partition
// i for member i.
func (g *group) sync(members ...int) {
	for _, i := range members {
		var ours [][]int32
		if i == g.leader[0] {
			ours = [][]int32{{0}, {1}}
		}
		if err := g.ours.Sync(int32(i), g.generation, ours); err != nil {
			g.tb.Fatal(err)
		}
		req := kmsg.NewPtrSyncGroupRequest()
		req.Group, req.Generation, req.MemberID = groupID, g.generation, g.ids[i]
		req.ProtocolType, req.Protocol = kmsg.StringPtr("consumer"), kmsg.StringPtr("range")
		if i == g.leader[1] {
			for _, j := range members {
				req.GroupAssignment = append(req.GroupAssignment,
					kmsg.SyncGroupRequestGroupAssignment{MemberID: g.ids[j], MemberAssignment: []byte{byte(j)}})
			}
		}
		answer := make(chan *kmsg.SyncGroupResponse, 1)
		g.synced[i] = answer
		go func() {
			resp, _ := req.RequestWith(context.Background(), g.clients[i])
			answer <- resp
		}()
	}
	for _, i := range members {
		a, ok, err := g.ours.Answer(int32(i))
		if err != nil || !ok {
			g.tb.Fatal(err, ok)
		}
		resp := <-g.synced[i]
		g.same("a sync", a.Code, name(resp.ErrorCode))
		if len(a.Assigned) != 1 || len(resp.MemberAssignment) != 1 || byte(a.Assigned[0]) != resp.MemberAssignment[0] {
			g.tb.Fatalf("member %d: ours is assigned %v, theirs %v", i, a.Assigned, resp.MemberAssignment)
		}
	}
}

// state waits until theirs is in a state: a join that waits tells nobody that it has
// arrived.
func (g *group) state(want string) {
	req := kmsg.NewPtrDescribeGroupsRequest()
	req.Groups = []string{groupID}
	for range 1000 {
		resp, err := req.RequestWith(context.Background(), g.theirs)
		if err != nil {
			g.tb.Fatal(err)
		}
		if resp.Groups[0].State == want {
			return
		}
		time.Sleep(time.Millisecond)
	}
	g.tb.Fatalf("theirs does not become %s", want)
}

// ask draws a heartbeat or a commit of a member, of this or another generation, or a
// look at the committed position, and compares the answers.
func (g *group) ask(rt *rapid.T, codes map[string]int) {
	member := rapid.SampledFrom([]int{0, 1, nobody}).Draw(rt, "member")
	generation := g.generation + int32(rapid.IntRange(-1, 1).Draw(rt, "generation"))
	id, named := g.ids[member]
	if !named {
		return
	}
	partition := int32(rapid.IntRange(0, 1).Draw(rt, "partition"))
	var ours string
	var theirs int16
	var err error
	switch rapid.SampledFrom([]string{"heartbeat", "commit", "position"}).Draw(rt, "what") {
	case "heartbeat":
		ours, err = g.ours.Heartbeat(int32(member), generation)
		req := kmsg.NewPtrHeartbeatRequest()
		req.Group, req.Generation, req.MemberID = groupID, generation, id
		resp, failed := req.RequestWith(context.Background(), g.theirs)
		if failed != nil {
			rt.Fatal(failed)
		}
		theirs = resp.ErrorCode
	case "commit":
		next := int64(rapid.IntRange(0, 9).Draw(rt, "next"))
		ours, err = g.ours.CommitOffset(int32(member), generation, partition, next)
		theirs = g.commitTheirs(id, generation, partition, next)
	case "position":
		g.position(partition)
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	codes[ours]++
	g.same("the answer to member "+id, ours, name(theirs))
}

func (g *group) commitTheirs(id string, generation, partition int32, next int64) int16 {
	req := kmsg.NewPtrOffsetCommitRequest()
	req.Group, req.Generation, req.MemberID = groupID, generation, id
	p := kmsg.NewOffsetCommitRequestTopicPartition()
	p.Partition, p.Offset = partition, next
	t := kmsg.NewOffsetCommitRequestTopic()
	t.Topic, t.TopicID = topic, g.id()
	t.Partitions = append(t.Partitions, p)
	req.Topics = append(req.Topics, t)
	resp, err := req.RequestWith(context.Background(), g.theirs)
	if err != nil {
		g.tb.Fatal(err)
	}
	return resp.Topics[0].Partitions[0].ErrorCode
}

// position compares the committed position of a partition.
func (g *group) position(partition int32) {
	ours, code, err := g.ours.CommittedOffset(partition)
	if err != nil {
		g.tb.Fatal(err)
	}
	req := kmsg.NewPtrOffsetFetchRequest()
	t := kmsg.NewOffsetFetchRequestGroupTopic()
	t.Topic, t.TopicID, t.Partitions = topic, g.id(), []int32{partition}
	of := kmsg.NewOffsetFetchRequestGroup()
	of.Group, of.MemberEpoch = groupID, -1
	of.Topics = append(of.Topics, t)
	req.Groups, req.RequireStable = append(req.Groups, of), true
	resp, err := req.RequestWith(context.Background(), g.theirs)
	if err != nil {
		g.tb.Fatal(err)
	}
	p := resp.Groups[0].Topics[0].Partitions[0]
	g.same("the position", code, name(p.ErrorCode))
	if code == "" && ours != p.Offset {
		g.tb.Fatalf("the position of partition %d: ours %d, theirs %d", partition, ours, p.Offset)
	}
}

// TestSameGroups walks a group through its states and asks both in each of them:
// stable with one member, preparing a rebalance for a second, completing it, stable
// with both, and preparing again.
func TestSameGroups(t *testing.T) {
	codes := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		g := startGroup(rt)
		defer g.close()
		some := func() {
			for range rapid.IntRange(0, 5).Draw(rt, "requests") {
				g.ask(rt, codes)
			}
		}
		g.name(0)
		g.join(0)
		g.taken(0)
		some() // completing
		g.sync(0)
		some() // stable
		g.name(1)
		g.join(1)
		g.state("PreparingRebalance")
		some()
		g.join(0)
		g.taken(0, 1)
		some() // completing
		g.sync(0, 1)
		some()                          // stable
		if g.leader[0] == g.leader[1] { // whose join begins a rebalance
			g.join(g.leader[0])
			g.state("PreparingRebalance")
			some()
			g.join(1 - g.leader[0])
			g.taken(0, 1)
			some()
		}
	})
	for _, code := range []string{"", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "REBALANCE_IN_PROGRESS"} {
		if codes[code] == 0 {
			t.Errorf("no request was answered with %q: %v", code, codes)
		}
	}
}
