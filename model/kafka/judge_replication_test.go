package kafka

import (
	"orderlab/model"
	"orderlab/sim"
)

// judgeTrio is a partition with three replicas, a lag time of 3 s, a producer of
// which each record is a batch, and another with acks=1. Broker 2 is the follower
// that is to be stopped.
func judgeTrio(j *judge, settings ...[3]string) {
	s := newSetup().must("topic", "partitions", "1").must("topic", "replicas", "3").
		must("broker", "replica.lag.time.max.ms", "3s").must("broker", "broker.session.timeout.ms", "18s").
		must("producer", "batch.size", alone).must("producer", "linger.ms", "0s")
	for _, v := range settings {
		s.must(v[0], v[1], v[2])
	}
	s.producers = 2
	s.own = map[string]model.Values{"producer-1": model.Values{}.Set("acks", model.TextValue("1")).
		Set("enable.idempotence", model.BooleanValue(false))}
	j.in(s.build(j))
	j.run(50 * sim.Millisecond)
	connect(j.bench)
}

func (j *judge) inSync(n int) {
	j.Helper()
	j.until("the replicas are in sync", func() bool { return j.part().isr.size() == n })
}

// A follower is stopped: acks=all waits for it until it has left. With nothing to
// fetch it stays in sync, and leaves at the next look once there is something.
func judgeISRShrink(j *judge) {
	judgeTrio(j, [3]string{"topic", "min.insync.replicas", "2"})
	lag, follower := j.w.cfg.replication.lagMax, j.w.brokers[2].node
	send := func() sim.Time {
		began, sends := j.sim.Now(), len(j.sends())
		j.sendAs(0, "a", "x")
		j.ended(sends + 1)
		return j.sim.Now() - began
	}
	for i, name := range []string{"first", "second", "third"} {
		j.run(sim.Time(i) * 700 * sim.Millisecond) // the leader looks at other times
		send()
		j.sim.Pause(follower)
		took := send()
		j.Measured(name+" time", []any{"ms", took / sim.Millisecond}, "in sync", j.part().isr.size(),
			"acked after 1 to 1.5 lag times", took > lag-sim.Second/2 && took < lag*3/2+10*sim.Millisecond)
		j.sim.Resume(follower)
		j.inSync(3)
	}
	send()
	j.run(sim.Second)
	j.sim.Pause(follower)
	j.run(lag * 8 / 5)
	j.Step("nothing to fetch for 1.6 lag times", "in sync", j.part().isr.size())
	took := send()
	j.Measured("something to fetch", []any{"ms", took / sim.Millisecond}, "in sync", j.part().isr.size(),
		"acked within 0.5 lag times", took < lag/2+10*sim.Millisecond)
}

// The broker refuses the first batch, as too few are in sync, and takes the second,
// which is on its way already.
func judgeNotEnoughReplicas(j *judge) {
	for _, c := range []struct {
		client, idempotence string
		known               bool
	}{{"idempotence false", "false", true}, {"idempotence true", "true", true}, {"idempotence true, new producer", "true", false}} {
		judgeTrio(j, [3]string{"topic", "min.insync.replicas", "3"}, [3]string{"producer", "enable.idempotence", c.idempotence},
			[3]string{"producer", "delivery.timeout.ms", "16s"}, [3]string{"producer", "request.timeout.ms", "15s"})
		sends, leader := 2, j.w.brokers[0].node
		if c.known {
			j.sendAs(0, "a", "first")
			j.ended(1)
			sends++
		}
		j.sim.Pause(j.w.brokers[2].node)
		j.sendAs(1, "a", "x")
		j.inSync(2)
		conn := j.w.producers[0].peers[0].conn
		j.sim.Stall(leader, conn)
		j.sendAs(0, "a", "0")
		j.run(100 * sim.Millisecond)
		j.w.cfg.minISR = 2
		j.sendAs(0, "a", "1")
		j.run(100 * sim.Millisecond)
		j.sim.Unstall(leader, conn)
		j.ended(sends)
		j.Step(c.client, "sends", j.sends(), "log", j.stored(0))
	}
}
