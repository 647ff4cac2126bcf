package kafka

import (
	"fmt"
	"testing"

	"orderlab/model/history"
	"orderlab/sim"
)

// thrown returns what poll has thrown, with the time in seconds and the process.
func (b *bench) thrown() (out []string) {
	for i := range b.hist.Len() {
		if op := b.hist.Op(i); op.Kind == history.KindPoll && op.Outcome == history.Fail {
			out = append(out, fmt.Sprintf("%s %s", b.hist.ProcessName(op.Process), b.hist.SymbolName(op.Detail)))
		}
	}
	return out
}

// With auto.offset.reset=none a partition without a committed position ends the loop of
// the consumer that gets it: its process goes, the group gives the partition to the next,
// and so on until nobody is left.
func TestResetNoneWithoutPosition(t *testing.T) {
	for _, protocol := range []string{"classic", "consumer"} {
		s := newSetup().must("topic", "partitions", "2").must("consumer", "auto.offset.reset", "none").
			must("consumer", "group.protocol", protocol)
		s.consumers = 2
		b := s.build(t)
		b.run(30 * sim.Second)
		wants(t, protocol, fmt.Sprint(b.thrown()),
			"[billing-0 NoOffsetForPartitionException billing-1 NoOffsetForPartitionException]")
		for _, c := range b.w.consumers {
			if !b.sim.Down(c.node) {
				t.Errorf("%s: billing-%d is running", protocol, c.index)
			}
		}
		if seats := len(b.w.group.seats); seats > 0 {
			t.Errorf("%s: %d members are left", protocol, seats)
		}
		if b.w.group.consumers != nil && len(b.w.group.consumers.seats) > 0 {
			t.Errorf("%d members are left", len(b.w.group.consumers.seats))
		}
		if !b.w.Ready() {
			t.Error("a group that nobody is in is waited for")
		}
	}
}

// A process that has ended itself is started again after a while, if something does so,
// and goes on once there is a position.
func TestResetNoneRestarts(t *testing.T) {
	s := newSetup().must("consumer", "auto.offset.reset", "none").must("consumer", "restart.after", "5s").
		must("producer", "linger.ms", "0s")
	s.consumers = 1
	b := s.build(t)
	b.run(18 * sim.Second)
	if n := len(b.thrown()); n < 2 {
		t.Errorf("%d exceptions", n)
	}
	b.w.group.store(membership{}, noGeneration, at(0, 0), errNone)
	b.until("the group is stable", func() bool { return b.w.Ready() && !b.sim.Down(b.w.consumers[0].node) })
	before := len(b.thrown())
	b.send(0, "a")
	b.run(30 * sim.Second)
	if got := fmt.Sprint(b.applied()); got != "[a0]" || len(b.thrown()) != before {
		t.Errorf("%s is applied; exceptions: %v", got, b.thrown())
	}
}

// A position that is out of range is thrown for when everything that is buffered was
// returned. Then the consumer commits, leaves, and its process ends.
func TestResetNoneOutOfRange(t *testing.T) {
	s := newSetup().must("topic", "partitions", "2").must("consumer", "auto.offset.reset", "none").
		must("producer", "linger.ms", "0s").must("consumer", "auto.commit.interval.ms", "60s")
	s.consumers = 1
	b := s.build(t)
	b.w.group.store(membership{}, noGeneration, at(0, 0, 1, 0), errNone)
	b.until("the group is stable", b.w.Ready)
	for _, key := range keyNames[:8] {
		b.send(0, key)
	}
	b.run(sim.Second)
	c := b.w.consumers[0]
	c.part(0).position = 100 // as if the log had been cut
	b.send(0, keyNames[0])
	b.run(sim.Second)
	wants(t, "poll throws", fmt.Sprint(b.thrown()), "[billing-0 OffsetOutOfRangeException]")
	if !b.sim.Down(c.node) || b.w.group.committed[0] == 0 || b.w.group.committed[1] == 0 || len(b.w.group.seats) > 0 {
		t.Errorf("the process is gone: %v; committed %v; %d members", b.sim.Down(c.node), b.w.group.committed, len(b.w.group.seats))
	}
}

// A consumer that cannot commit, because its coordinator does not answer, is closed
// after 30 s all the same.
func TestCloseTimesOut(t *testing.T) {
	s := newSetup().must("consumer", "auto.offset.reset", "none").must("producer", "linger.ms", "0s")
	s.consumers, s.brokers = 1, 1
	b := s.build(t)
	b.w.group.store(membership{}, noGeneration, at(0, 0), errNone)
	b.until("the group is stable", b.w.Ready)
	b.send(0, "a")
	b.run(sim.Second)
	b.sim.Pause(b.w.brokers[0].node)
	c := b.w.consumers[0]
	c.part(0).seeking = beyond
	c.positionsBeyond()
	b.run(29 * sim.Second)
	if b.sim.Down(c.node) {
		t.Error("the process has not waited for its commit")
	}
	b.run(2 * sim.Second)
	if !b.sim.Down(c.node) {
		t.Error("the process is still there")
	}
}
