package kafka

import (
	"slices"

	"orderlab/sim"
)

// judgePair is a partition with two replicas, of which broker 0 leads and broker 1
// follows, and a producer of which each record is a batch.
func judgePair(j *judge, settings ...string) (leader, follower sim.NodeID) {
	s := newSetup().must("topic", "partitions", "1").must("topic", "replicas", "2").
		must("broker", "replica.lag.time.max.ms", "3s").
		must("producer", "batch.size", alone).must("producer", "linger.ms", "0s")
	for i := 0; i < len(settings); i += 3 {
		s.must(settings[i], settings[i+1], settings[i+2])
	}
	j.in(s.build(j))
	j.run(50 * sim.Millisecond)
	connect(j.bench)
	return j.w.brokers[0].node, j.w.brokers[1].node
}

// prefer gives the partition back to broker 0.
func (j *judge) prefer() {
	j.Helper()
	j.inSync(2)
	j.w.controller.rebalance()
	j.until("the first leads again", func() bool { return j.w.brokers[0].leading(0) != nil })
	j.run(sim.Second)
}

// The leader takes a record that its follower has not got, and dies; the follower
// leads, until the first is back.
func judgeLeaderDies(j *judge) {
	for _, acks := range []string{"1", "all"} {
		client := "acks " + acks
		leader, follower := judgePair(j, "producer", "acks", acks, "producer", "request.timeout.ms", "4s")
		j.sendAs(0, "a", "before")
		j.run(sim.Second)
		j.sim.Pause(follower)
		j.sendAs(0, "a", "waited for")
		j.run(300 * sim.Millisecond)
		j.sendAs(0, "a", "last")
		j.run(300 * sim.Millisecond)
		acked := len(j.sends()) == 3
		j.sim.Crash(leader)
		began := j.sim.Now()
		j.sim.Resume(follower)
		j.sendAs(0, "a", "after")
		j.ended(4)
		took := j.sim.Now() - began
		j.Measured(client, []any{"ms", took / sim.Millisecond}, "last was acked before the leader died", acked,
			"sends", j.sends(), "log", j.stored(0),
			"after is acked after 7 to 11 s", took > 6500*sim.Millisecond && took < 11*sim.Second)
		j.sim.Restart(leader, 0)
		j.prefer()
		j.Step(client+", the first leads again", "log", j.stored(0))
	}
}

// A record is stored and not acked, because too few replicas stay in sync; the
// producer gives up the request and sends it again.
func judgeUnderMinISR(j *judge) {
	for _, idempotence := range []string{"false", "true"} {
		_, follower := judgePair(j, "topic", "min.insync.replicas", "2", "producer", "enable.idempotence", idempotence,
			"producer", "request.timeout.ms", "6s")
		j.sim.Pause(follower)
		j.sendAs(0, "a", "0")
		j.inSync(1)
		j.run(5 * sim.Second)
		acked, readable := len(j.sends()) == 1, j.stored(0)[:j.w.leader(0).watermark]
		j.sim.Resume(follower)
		j.inSync(2)
		j.ended(1)
		j.run(sim.Second)
		j.Step("idempotence "+idempotence, "acked with one in sync", acked, "readable then", readable,
			"sends", j.sends(), "log", j.stored(0))
	}
}

// A leader goes on alone, and dies while its follower, which is not in sync, is there
// again.
func judgeUncleanElection(j *judge) {
	for _, unclean := range []string{"false", "true"} {
		client := "unclean " + unclean
		leader, follower := judgePair(j, "broker", "unclean.leader.election.enable", unclean, "producer", "request.timeout.ms", "4s")
		j.sendAs(0, "a", "before")
		j.ended(1)
		j.sim.Pause(follower)
		j.sendAs(0, "a", "x")
		j.ended(2)
		j.sendAs(0, "a", "last")
		j.ended(3)
		j.inSync(1)
		j.sim.Crash(leader)
		j.sim.Resume(follower)
		if unclean == "true" {
			j.until("the follower leads", func() bool { return j.w.brokers[1].leading(0) != nil })
		} else {
			j.until("there is no leader", func() bool { return j.part().leader == noLeader })
			j.sim.Restart(leader, 0)
		}
		j.sendAs(0, "a", "after")
		j.ended(4)
		j.Step(client, "sends", j.sends(), "log", slices.Clone(j.stored(0)))
		if unclean == "true" {
			j.sim.Restart(leader, 0)
		}
		j.prefer()
		j.Step(client+", the first leads again", "log", j.stored(0))
	}
}
