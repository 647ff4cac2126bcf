package kafka

import (
	"testing"

	"orderlab/model"
	"orderlab/sim"
)

// inject brings a fault about that an operator does.
func (b *bench) inject(kind string, values model.Values) *model.Fault {
	f := &model.Fault{Kind: kind, Values: values}
	b.w.Inject(f)
	return f
}

func node(names ...string) model.Values {
	return model.Values{}.Set(model.ParamNode, model.NodesValue(names...))
}

// A broker that is asked to stop gives its partitions to others first, and leaves
// the in-sync replicas; it ends when all others have said that they know, with their
// next heartbeat. Nobody waits for a session to run out.
func TestControlledShutdown(t *testing.T) {
	b, p := trio(t)
	l, other := p.dial(0), p.dial(1)
	l.produce(-1, 0, 0, 1)
	start := b.sim.Now()
	f := b.inject(faultShutdown, node("broker-0"))
	b.until("another one leads", func() bool { return b.part().leader == 1 })
	if took := b.sim.Now() - start; took > 2*sim.Millisecond || b.sim.Down(b.w.brokers[0].node) || !b.isr(1, 2) {
		t.Errorf("after %v another one leads and %v are in sync", took, b.part().isr)
	}
	b.run(5 * sim.Millisecond)
	if pb := other.produce(-1, 0, 0, 1); pb.err != errNone {
		t.Errorf("a send to the new leader: %v", pb.err)
	}
	b.until("it has ended", func() bool { return b.sim.Down(b.w.brokers[0].node) })
	took := b.sim.Now() - start
	if beat := b.w.cfg.replication.heartbeat; took < 50*sim.Millisecond || took > 2*beat+10*sim.Millisecond {
		t.Errorf("it ended after %v", took)
	}
	b.run(sim.Second)
	b.w.Heal(f)
	b.until("it is in sync again", func() bool { return b.isr(0, 1, 2) })
	if took := b.sim.Now() - start; took > 10*sim.Second || len(b.w.Findings()) > 0 {
		t.Errorf("in sync after %v, findings %v", took, b.w.Findings())
	}
}

// It does not end before the others know, and not before five minutes have passed
// when one of them cannot say so.
func TestControlledShutdownWaits(t *testing.T) {
	b, _ := trio(t, [3]string{"broker", "broker.session.timeout.ms", "20m"})
	b.sim.Block(b.w.brokers[2].node, b.w.controller.node)
	b.inject(faultShutdown, node("broker-0"))
	b.run(stopTimeout - sim.Second)
	if b.sim.Down(b.w.brokers[0].node) || b.part().leader != 1 {
		t.Fatalf("broker-0 is down, or leads")
	}
	b.run(2 * sim.Second)
	if !b.sim.Down(b.w.brokers[0].node) {
		t.Error("broker-0 runs on")
	}
}

// A broker that leads nothing may end at once, as may one that is fenced; and without
// a controlled shutdown nobody is asked, so that its partitions have no leader until
// its session has run out.
func TestShutdownAtOnce(t *testing.T) {
	b, _ := trio(t)
	follower := (b.w.controller.coordinator + 1) % 3
	if follower == 0 {
		follower = 3 - b.w.controller.coordinator
	}
	b.inject(faultShutdown, node(b.sim.NodeName(b.w.brokers[follower].node)))
	b.run(3 * sim.Millisecond)
	if !b.sim.Down(b.w.brokers[follower].node) || !b.w.controller.brokers[follower].fenced || b.part().isr.has(follower) {
		t.Errorf("broker-%d is not down or not fenced, or %v are in sync", follower, b.part().isr)
	}
	b, _ = trio(t, [3]string{"broker", "controlled.shutdown.enable", "false"})
	b.inject(faultShutdown, node("broker-0"))
	b.run(3 * sim.Millisecond)
	if !b.sim.Down(b.w.brokers[0].node) || b.part().leader != 0 {
		t.Errorf("broker-0 runs, or %d leads", b.part().leader)
	}
	start := b.sim.Now()
	b.until("another one leads", func() bool { return b.part().leader == 1 })
	if took := b.sim.Now() - start; took < 6*sim.Second {
		t.Errorf("another one leads after %v", took)
	}
}

// A process that was asked to stop has synced what it wrote: the machine may lose its
// power then.
func TestShutdownSyncs(t *testing.T) {
	b, p := trio(t)
	p.dial(0).produce(-1, 0, 0, 1)
	b.inject(faultShutdown, node("broker-0"))
	b.until("it has ended", func() bool { return b.sim.Down(b.w.brokers[0].node) })
	r := b.replica(0)
	b.w.brokers[0].crashReplica(r, true)
	if r.log.end != 1 || r.watermark != 1 {
		t.Errorf("on disk are %d records, and the high watermark %d", r.log.end, r.watermark)
	}
}

// The last in-sync replica stops too; its partition has no leader then.
func TestShutdownOfLastReplica(t *testing.T) {
	s := newSetup().must("topic", "partitions", "1").must("topic", "replicas", "1")
	s.producers, s.brokers = 0, 1
	b := s.build(t)
	b.run(50 * sim.Millisecond)
	f := b.inject(faultShutdown, node("brokers"))
	b.until("it has ended", func() bool { return b.sim.Down(b.w.brokers[0].node) })
	if b.part().leader != noLeader || !b.isr(0) {
		t.Errorf("%d leads, %v are in sync", b.part().leader, b.part().isr)
	}
	b.w.Heal(f)
	b.until("it leads again", func() bool { return b.part().leader == 0 })
}

// While it shuts down a broker fetches no more what it is not in sync for.
func TestShutdownStopsFetching(t *testing.T) {
	b, p := trio(t, [3]string{"broker", "broker.session.timeout.ms", "20m"})
	b.sim.Block(b.w.brokers[2].node, b.w.controller.node) // so it takes a while
	other := p.dial(1)
	b.inject(faultShutdown, node("broker-0"))
	b.run(10 * sim.Millisecond)
	other.produce(-1, 0, 0, 1)
	b.run(sim.Second)
	if got := b.replica(0).log.end; got != 0 {
		t.Errorf("the broker that shuts down has fetched up to %d", got)
	}
}

// A rolling restart takes the brokers one after another: the next when the last has
// been up for the gap; one that is down already is passed over.
func TestRollingShutdown(t *testing.T) {
	b, p := trio(t)
	b.inject(faultRoll, node("brokers").Set("down", model.DurationValue(int64(3*sim.Second))).
		Set("gap", model.DurationValue(int64(10*sim.Second))))
	for i := range 3 {
		n := b.w.brokers[i].node
		b.until("it stops", func() bool { return b.sim.Down(n) })
		stopped := b.sim.Now()
		b.until("it is up", func() bool { return !b.sim.Down(n) })
		if took := b.sim.Now() - stopped; took != 3*sim.Second {
			t.Errorf("broker-%d was down for %v", i, took)
		}
		for k := range 3 {
			if k != i && b.sim.Down(b.w.brokers[k].node) {
				t.Errorf("broker-%d is down as well", k)
			}
		}
	}
	b.until("all are in sync", func() bool { return b.isr(0, 1, 2) })
	if pb := p.dial(int(b.part().leader)).produce(-1, 0, 0, 1); pb.err != errNone {
		t.Errorf("a send: %v", pb.err)
	}
}
