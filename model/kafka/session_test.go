package kafka

import (
	"testing"

	"orderlab/sim"
)

// A member whose session runs out is removed, which begins a rebalance. Heartbeats
// and commits keep it alive, and so does a parked join.
func TestSession(t *testing.T) {
	b, p := groupWorld(t)
	lines := stable(t, p, 3)
	for range 3 {
		b.run(8 * sim.Second)
		lines[0].askGroup(frameHeartbeat, 0, 1, nil)
		lines[1].commit(1, 1, 1, 5)
		if state(p) == groupPreparing {
			break
		}
	}
	g := b.w.group
	if state(p) != groupPreparing || len(g.seats) != 2 || g.seat(member(2)) != nil {
		t.Fatalf("state %d, %d members", state(p), len(g.seats))
	}
	lines[1].group(frameJoin, 1, 1, owning(1))
	for range 2 {
		b.run(8 * sim.Second)
		lines[0].askGroup(frameHeartbeat, 0, 1, nil)
	}
	if g.seat(member(1)) == nil {
		t.Error("a member expired while its join was parked")
	}
}

// A rebalance takes out who has not joined when its time-out is over, though the
// member is alive.
func TestRebalanceTimeout(t *testing.T) {
	b, p := groupWorld(t)
	lines := stable(t, p, 2)
	began := b.sim.Now()
	lines[1].group(frameJoin, 1, 1, owning(1))
	for range 4 {
		b.run(7 * sim.Second)
		lines[0].askGroup(frameHeartbeat, 0, 1, nil)
	}
	body := lines[1].waitGroup()
	if waited := b.sim.Now() - began; waited < 30*sim.Second || waited > 30*sim.Second+10*sim.Millisecond {
		t.Errorf("the rebalance took %v", waited)
	}
	if body.generation != 2 || !body.leader || len(body.members) != 1 {
		t.Errorf("generation %d, leader %v, %d members", body.generation, body.leader, len(body.members))
	}
	if err := lines[0].askGroup(frameHeartbeat, 0, 1, nil).err; err != errUnknownMember {
		t.Errorf("the member that was taken out is told %v", err)
	}
}

// A member that does not send its sync in time is taken out.
func TestSyncTimeout(t *testing.T) {
	b, p := groupWorld(t)
	lines := stable(t, p, 2)
	lines[1].group(frameJoin, 1, 1, owning(1))
	lines[0].askGroup(frameJoin, 0, 1, owning(0))
	lines[1].wait()
	lines[0].group(frameSync, 0, 2, nil)
	for range 5 {
		b.run(7 * sim.Second)
		lines[0].askGroup(frameHeartbeat, 0, 2, nil)
		lines[1].askGroup(frameHeartbeat, 1, 2, nil)
	}
	g := b.w.group
	if g.seat(member(1)) != nil || g.seat(member(0)) == nil {
		t.Errorf("after the time-out there are %d members", len(g.seats))
	}
}

// Leaving begins a rebalance. A group that the last member has left is empty in a
// generation of its own.
func TestLeave(t *testing.T) {
	b, p := groupWorld(t)
	lines := stable(t, p, 2)
	lines[1].group(frameLeave, 1, 1, nil)
	if b.run(5 * sim.Millisecond); state(p) != groupPreparing {
		t.Error("leaving began no rebalance")
	}
	lines[0].group(frameLeave, 0, 1, nil)
	b.run(5 * sim.Millisecond)
	if g := b.w.group; state(p) != groupEmpty || g.generation != 2 {
		t.Errorf("after all have left: state %d, generation %d", state(p), g.generation)
	}
}

// A coordinator works on one request of a connection at a time: a heartbeat
// behind a parked join waits for its answer.
func TestOneRequestAtATime(t *testing.T) {
	_, p := groupWorld(t)
	lines := stable(t, p, 2)
	lines[0].group(frameJoin, 0, 1, owning(0))
	lines[0].group(frameHeartbeat, 0, 1, nil)
	if !lines[0].silent(5 * sim.Second) {
		t.Error("the heartbeat overtook the parked join")
	}
	lines[1].group(frameJoin, 1, 1, owning(1))
	if f := lines[0].wait(); f.Kind != frameJoin|reply {
		t.Errorf("the first answer is of kind %d", f.Kind)
	}
	if body := lines[0].waitGroup(); body.err != errIllegalGeneration {
		t.Errorf("the heartbeat of the old generation is answered with %q", body.err)
	}
}
