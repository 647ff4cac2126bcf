package kafka_test

import (
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestFailover has the experiments in which the only follower is stopped or the leader
// dies, with the session of 9 s that brokers have by default.
func TestFailover(t *testing.T) {
	runAll(t, startCluster(t, 3, "replica.lag.time.max.ms=3000"), []experiment{
		{"leader-dies", leaderDies}, {"under-min-isr", underMinISR}, {"unclean-election", uncleanElection}})
}

// leaderDies has the leader of a partition take a record that its follower has not
// got, and die. Then the follower leads.
func leaderDies(r *rig) {
	leader, follower := r.pair()
	for _, acks := range []string{"1", "all"} {
		r.create(1, nil, leader, follower)
		client := "acks " + acks
		r.producer(client, settings{"acks": acks, "enable.idempotence": strconv.FormatBool(acks == "all"),
			"request.timeout.ms": "4000"})
		r.inSync(2)
		r.sendTo(client, 0, "before")
		time.Sleep(time.Second) // the follower has it, and knows that it is committed
		r.stop(follower)
		r.send(client, "waited for") // by the fetch that the leader has of the follower
		time.Sleep(300 * time.Millisecond)
		r.send(client, "last")
		time.Sleep(300 * time.Millisecond)
		acked := len(r.driver.seen(func(e event) bool { return e.Event == "ack" && e.Client == client && e.Value == "last" }))
		r.signal(leader, syscall.SIGKILL)
		began := time.Now()
		r.resume(follower)
		r.send(client, "after")
		sends := r.driver.await(4, func(e event) bool { return ends(e) && e.Client == client })
		took := time.Since(began)
		r.Measured(client, []any{"ms", took.Milliseconds()}, "last was acked before the leader died", acked == 1,
			"sends", text(sends), "log", r.log(0),
			"after is acked after 7 to 11 s", took > 6500*time.Millisecond && took < 11*time.Second+slack)
		script(r.T, "restart", strconv.Itoa(leader))
		r.inSync(2)
		r.prefer(leader)
		r.Step(client+", the first leads again", "log", r.log(0))
	}
}

// pair gives two nodes the parts of leader and follower. The third leads the
// controllers' quorum, is neither stopped nor killed, and clients begin there.
func (r *rig) pair() (leader, follower int) {
	r.node = r.admin("quorum-leader").Node
	leader = map[int]int{1: 2, 2: 3, 3: 2}[r.node]
	return leader, 6 - r.node - leader
}

// prefer gives the partition back to the node that it was first led by.
func (r *rig) prefer(node int) {
	r.Helper()
	if r.describe().Leader != node {
		r.admin("prefer", "topic", r.topic)
	}
	r.leads(node)
}

// leads waits until a node leads.
func (r *rig) leads(node int) {
	r.Helper()
	eventually(r.T, "it leads", func() bool { return r.describe().Leader == node })
}

// underMinISR sends a record that the leader stores, and that is not acked, because
// too few replicas stay in sync. The producer gives up the request and sends it again.
func underMinISR(r *rig) {
	leader, follower := r.pair()
	for _, idempotence := range both {
		r.create(1, settings{"min.insync.replicas": "2"}, leader, follower)
		client := "idempotence " + idempotence
		r.producer(client, settings{"enable.idempotence": idempotence, "acks": "all", "request.timeout.ms": "6000"})
		r.inSync(2)
		r.stop(follower)
		r.send(client, "0")
		r.inSync(1)
		time.Sleep(5 * time.Second) // past the time of the request
		acked := len(r.driver.seen(func(e event) bool { return ends(e) && e.Client == client }))
		seen := r.log(0)
		r.resume(follower)
		r.inSync(2)
		sends := r.driver.await(1, func(e event) bool { return ends(e) && e.Client == client })
		r.Step(client, "acked with one in sync", acked == 1, "readable then", seen, "sends", text(sends), "log", r.log(0))
	}
}

// uncleanElection has a leader go on alone, and die while its follower, which is not
// in sync, is there again.
func uncleanElection(r *rig) {
	leader, follower := r.pair()
	for _, unclean := range both {
		r.create(1, settings{"unclean.leader.election.enable": unclean}, leader, follower)
		client := "unclean " + unclean
		r.producer(client, settings{"acks": "all", "request.timeout.ms": "4000"})
		r.inSync(2)
		r.sendTo(client, 0, "before")
		r.stop(follower)
		r.sendTo(client, 0, "x", "last") // x answers the fetch that waits
		r.inSync(1)
		r.signal(leader, syscall.SIGKILL)
		r.resume(follower)
		if unclean == "true" {
			r.leads(follower)
		} else {
			eventually(r.T, "there is no leader", func() bool { return r.describe().Leader == -1 })
			script(r.T, "restart", strconv.Itoa(leader))
		}
		r.sendTo(client, 0, "after")
		sends := r.driver.seen(func(e event) bool { return ends(e) && e.Client == client })
		r.Step(client, "sends", text(sends), "log", r.log(0))
		if unclean == "true" {
			script(r.T, "restart", strconv.Itoa(leader))
		}
		r.inSync(2)
		r.prefer(leader)
		r.Step(client+", the first leads again", "log", r.log(0))
	}
}
