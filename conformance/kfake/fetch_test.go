package kfake_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"orderlab/model/history"
	"orderlab/sim"
)

// A fetch that is not answered in time at theirs waits for real; at ours no time passes.
const (
	longWait  = 60_000 // ms
	shortWait = 200
)

// waiting is a fetch of partition 0 at both that may wait.
type waiting struct {
	*both
	theirs chan *kmsg.FetchResponse
}

// fetch sends a fetch that waits for the bytes of so many batches of one message, as
// large as each broker counts them.
func (b *both) fetch(client *kgo.Client, batches int, waitMillis int32) *waiting {
	ours := int32(batches) * b.ours.BatchBytes(1)
	if err := b.ours.StartFetch(0, 0, ours, sim.Time(waitMillis)*sim.Millisecond); err != nil {
		b.tb.Fatal(err)
	}
	req := kmsg.NewPtrFetchRequest()
	req.MaxWaitMillis, req.MaxBytes = waitMillis, 1<<20
	req.MinBytes = int32(batches * len(encode(-1, -1, -1, []history.Message{0})))
	p := kmsg.NewFetchRequestTopicPartition()
	p.Partition, p.PartitionMaxBytes = 0, 1<<20
	req.Topics = []kmsg.FetchRequestTopic{{Topic: topic, TopicID: b.id(),
		Partitions: []kmsg.FetchRequestTopicPartition{p}}}
	w := &waiting{both: b, theirs: make(chan *kmsg.FetchResponse, 1)}
	go func() {
		resp, _ := req.RequestWith(context.Background(), client)
		w.theirs <- resp
	}()
	return w
}

// answered compares the answers: the messages.
func (w *waiting) answered(what string, count int) {
	w.tb.Helper()
	ours, ok, err := w.ours.Fetched(sim.Time(longWait+1) * sim.Millisecond)
	if err != nil || !ok {
		w.tb.Fatalf("%s: ours does not answer: %v", what, err)
	}
	resp := <-w.theirs
	if resp == nil {
		w.tb.Fatalf("%s: theirs does not answer", what)
	}
	theirs := values(w.tb, resp.Topics[0].Partitions[0].RecordBatches, 0)
	if fmt.Sprint(ours) != fmt.Sprint(theirs) || len(ours) != count {
		w.tb.Fatalf("%s: ours %v, theirs %v, want %d", what, ours, theirs, count)
	}
}

// TestFetchMinBytes asks both for more or less than there is: they answer at once, with
// the record that makes it enough, or when the time is over.
func TestFetchMinBytes(t *testing.T) {
	b := start(t, 1)
	defer b.close()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.address), kgo.MaxVersions(kversion.V4_0_0()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 3 {
		b.produce(0, -1, -1, -1, 1)
	}
	b.fetch(client, 3, longWait).answered("as many as there are", 3)
	b.fetch(client, 5, shortWait).answered("more than there are", 3)

	w := b.fetch(client, 5, longWait)
	b.produce(0, -1, -1, -1, 1)
	if _, ok, err := b.ours.Fetched(sim.Second); err != nil || ok {
		t.Fatalf("ours has answered too early: %v", err)
	}
	select {
	case <-w.theirs:
		t.Fatal("theirs has answered too early")
	default:
	}
	b.produce(0, -1, -1, -1, 1)
	w.answered("with the fifth", 5)
}

// TestCommitAsNobody commits without a member and a generation: that is accepted while
// nobody is a member.
func TestCommitAsNobody(t *testing.T) {
	g := startGroup(t)
	defer g.close()
	commit := func(when string, next int64) {
		t.Helper()
		ours, err := g.ours.CommitAsNobody(0, next)
		if err != nil {
			t.Fatal(err)
		}
		g.same(when, ours, name(g.commitTheirs("", -1, 0, next)))
		g.position(0)
	}
	commit("in a group that there is not", 3)
	commit("in an empty group", 5)
	g.name(0)
	g.join(0)
	g.taken(0)
	commit("in one that completes a rebalance", 7)
	g.sync(0)
	commit("in a stable one", 8)
}
