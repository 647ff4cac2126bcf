package runner

import (
	"orderlab/scenarios"
	"orderlab/sim"
)

// scheduleFaults sets the faults going whose trigger is the beginning of the
// named phase; the empty name is the beginning of the run.
func (x *run) scheduleFaults(phase string) {
	now := x.r.sim.Now()
	for i := range x.c.Faults {
		f := &x.c.Faults[i]
		if f.At != phase {
			continue
		}
		x.r.sim.At(now+sim.Time(f.After), func() { x.inject(i, f) })
	}
}

// inject applies a fault, notes it in the history, and has it healed when its
// time is over.
func (x *run) inject(index int, f *scenarios.ScheduledFault) {
	x.note(index, f)
	if x.r.sim.TracesCauses() {
		x.r.sim.Note(describe(f))
	}
	x.mark(f.Fault.Kind)
	if f.Fault.Kind == "expand" {
		topic, _ := f.Fault.Values.Get("topic")
		count, _ := f.Fault.Values.Get("partitions")
		if x.op.Expand(topic.Text, int(count.Int)) {
			return
		}
	}
	x.world.Inject(&f.Fault)
	if f.For > 0 {
		x.r.sim.At(x.r.sim.Now()+sim.Time(f.For), func() {
			if x.r.sim.TracesCauses() {
				x.r.sim.Note("end of " + describe(f))
			}
			x.world.Heal(&f.Fault)
		})
	}
}
