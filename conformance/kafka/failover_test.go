package kafka_test

import (
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestFailover has the experiments in which a leader dies, with the session of 9 s
// that brokers have by default.
func TestFailover(t *testing.T) {
	runAll(t, startCluster(t, 3), []experiment{{"leader-dies", leaderDies}})
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
			"the next leads after 7 to 9 s", took > 6500*time.Millisecond && took < 9*time.Second+2*slack)
		script(r.T, "restart", strconv.Itoa(leader))
		r.inSync(2)
		r.admin("prefer", "topic", r.topic)
		eventually(r.T, "the first leads again", func() bool { return r.describe().Leader == leader })
		r.Step(client+", the first leads again", "log", r.log(0))
	}
}

// pair gives two nodes the parts of leader and follower. Neither leads the
// controllers' quorum, and node 1, where clients begin, does not die.
func (r *rig) pair() (leader, follower int) {
	quorum := r.admin("quorum-leader").Node
	leader = map[int]int{1: 2, 2: 3, 3: 2}[quorum]
	return leader, 6 - quorum - leader
}
