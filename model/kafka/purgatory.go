package kafka

import (
	"slices"

	"orderlab/sim"
)

// purgatory has the time-outs of a kind of delayed operation. The clock that it goes
// by is read in whole milliseconds, so an operation is given up at a tick, up to 1 ms
// before its time has passed in full. (The threads that do so take no time here.)
//
// Reference: Kafka, DelayedOperationPurgatory, one for produce requests and one for
// fetches, each with a SystemTimer; Time.hiResClockMs.
type purgatory struct {
	kind   sim.Kind // of the timer
	wheels timingWheels
	timer  sim.TimerID
	at     int64 // what the timer is set for, in ms; -1 is nothing
	due    []uint32
}

// decideTick draws where in a millisecond of true time the clock of a broker ticks.
var decideTick = sim.NewDecision("kafka.broker.tick")

// startPurgatories gives a new process its purgatories.
func (b *broker) startPurgatories() {
	b.fetches.kind, b.produces.kind = timerParked, timerStored
	for _, p := range []*purgatory{&b.fetches, &b.produces} {
		p.timer, p.at = sim.NoTimer, -1
		p.wheels.reset(int64(b.clock() / sim.Millisecond))
	}
}

// clock is the broker's monotonic clock.
func (b *broker) clock() sim.Time { return b.w.sim.Monotonic(b.node) + b.tick }

// park has an operation given up after a time. It returns the task by which that is
// taken back, or noTask when there is nothing to wait for.
//
// Reference: Kafka, DelayedOperationPurgatory.tryCompleteElseWatch.
func (b *broker) park(p *purgatory, wait sim.Time, arg uint32) (task int32) {
	task = p.wheels.add(int64(b.clock()/sim.Millisecond)+int64(wait/sim.Millisecond), arg)
	if p.wheels.next != p.at {
		b.watchWheels(p)
	}
	return task
}

// watchWheels sets the timer for the next bucket.
func (b *broker) watchWheels(p *purgatory) {
	b.w.sim.Cancel(p.timer)
	if p.at = p.wheels.next; p.at >= 0 {
		p.timer = b.w.sim.After(b.node, max(0, sim.Time(p.at)*sim.Millisecond-b.clock()), p.kind, 0)
	}
}

// comeUp takes out of a purgatory what has waited long enough.
func (b *broker) comeUp(p *purgatory) (due []uint32) {
	p.timer = sim.NoTimer
	p.due = p.wheels.turn(int64(b.clock()/sim.Millisecond), p.due[:0])
	b.watchWheels(p)
	return p.due
}

// expireFetches answers the fetches that have waited long enough.
//
// Reference: Kafka, DelayedFetch.
func (b *broker) expireFetches() {
	for _, id := range b.comeUp(&b.fetches) {
		b.bodies().fetch.At(id).task = noTask
		b.completeFetch(id)
	}
}

// expireProduces answers the produce requests that have waited for replication for
// as long as their producer will.
func (b *broker) expireProduces() {
	for _, id := range b.comeUp(&b.produces) {
		b.bodies().produce.At(id).task = noTask
		b.expireProduce(id)
	}
}

// expireProduce answers a produce request as it is: a batch that is not replicated
// has run out of time, and may be so yet.
//
// Reference: Kafka, DelayedProduce (acksPending, REQUEST_TIMED_OUT).
func (b *broker) expireProduce(id uint32) {
	body := b.bodies().produce.At(id)
	for i := range body.batches {
		pb := &body.batches[i]
		if r := b.leading(pb.partition); r != nil {
			at := slices.IndexFunc(r.waiters, func(w waiter) bool { return w.request == id && w.batch == int32(i) })
			if at >= 0 {
				r.waiters = slices.Delete(r.waiters, at, at+1)
				pb.err = errRequestTimedOut
			}
		}
	}
	body.waiting = 0
	b.answerProduce(id)
}
