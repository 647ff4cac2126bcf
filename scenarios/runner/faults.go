package runner

import (
	"fmt"
	"slices"

	"orderlab/model"
	"orderlab/scenarios"
	"orderlab/sim"
)

// strikePlan is an entry of the engine's schedule: a fault of the case, for the
// firing-th time, from 1.
type strikePlan struct {
	fault  int
	firing int
	name   string
}

// strikeRun is a fault that struck, and when it ended; -1 when it has not.
type strikeRun struct {
	strikePlan
	at, end sim.Time
	row     int // of its operation in the history
	mark    int // its place among the run's marks
}

// install hands the faults of the case to the engine. A fault that is repeated is
// an entry for each time, so that what is drawn about one does not depend on the
// others.
func (x *run) install() error {
	if len(x.c.Faults) == 0 {
		return nil
	}
	var schedule sim.Schedule
	names := scenarios.FaultNames(x.c.Faults)
	for i := range x.c.Faults {
		f := &x.c.Faults[i]
		fault, ok := x.engineFault(f)
		if !ok {
			continue
		}
		for k := range max(1, f.Times) {
			p := strikePlan{fault: i, firing: k + 1, name: firingName(names[i], k+1)}
			x.plan = append(x.plan, p)
			entry := sim.Entry{Name: p.name, When: trigger(f, k), Fault: fault, Until: x.until(f, &fault)}
			schedule = append(schedule, entry)
		}
	}
	x.r.sim.Faulted = x.faulted
	if err := x.r.sim.Install(schedule); err != nil {
		return fmt.Errorf("runner: %w", err)
	}
	return nil
}

// engineFault returns what the engine does: the fault itself, or a call of the
// runner for what it does not know. ok is false when none of the nodes is in the
// world, which happens when a smaller world is tried.
func (x *run) engineFault(f *scenarios.ScheduledFault) (fault sim.Fault, ok bool) {
	kind := x.system.Kind(f.Fault.Kind)
	switch {
	case f.Heal == scenarios.HealAll:
		return sim.Fault{Kind: sim.HealEverything}, true
	case kind == nil || kind.Engine == nil:
		return sim.Fault{Kind: sim.Custom, Label: describe(f)}, true
	}
	resolved := x.system.Resolve(&f.Fault, &x.c.Config, &x.c.Consumers, x.c.Workload.Producers)
	given := kind.Engine(resolved.Values)
	fault = given
	fault.Nodes, fault.Peers = x.present(given.Nodes), x.present(given.Peers)
	lone := kind.Name == sim.Split.String() && len(fault.Nodes) < 2
	return fault, len(fault.Nodes) > 0 && (len(fault.Peers) > 0 || len(given.Peers) == 0) && !lone
}

func (x *run) present(names []string) []string {
	var out []string
	for _, n := range names {
		if _, ok := x.r.sim.NodeByName(n); ok {
			out = append(out, n)
		}
	}
	return out
}

// trigger returns when a fault strikes for the k-th time, from 0.
func trigger(f *scenarios.ScheduledFault, k int) sim.Trigger {
	after := sim.Time(f.After + int64(k)*f.Every)
	switch {
	case f.At != "":
		return sim.Trigger{Kind: sim.AtPhase, Name: f.At, After: after}
	case f.When != "":
		return sim.Trigger{Kind: sim.AtHolding, Name: f.When, After: after}
	case f.Point.Name != "":
		return sim.Trigger{Kind: sim.AtPoint, Node: f.Point.Node, Name: f.Point.Name, Count: uint64(f.Point.Pass),
			After: after}
	case f.Events > 0:
		return sim.Trigger{Kind: sim.AtEvents, Count: uint64(f.Events), After: after}
	}
	return sim.Trigger{Kind: sim.AtTime, Time: after}
}

// until returns when a fault ends.
func (x *run) until(f *scenarios.ScheduledFault, fault *sim.Fault) sim.Until {
	kind := x.system.Kind(f.Fault.Kind)
	switch {
	case f.For > 0:
		return sim.Until{Kind: sim.ForTime, For: sim.Time(f.For)}
	case f.Until != "" && x.phase(f.Until):
		return sim.Until{Kind: sim.UntilPhase, Name: f.Until}
	case f.Until != "":
		return sim.Until{Kind: sim.UntilHolding, Name: f.Until}
	case fault.Kind == sim.HealEverything || kind == nil || kind.Lasting == model.AtOnce:
		return sim.Until{}
	}
	return sim.Until{Kind: sim.UntilHealed}
}

// phase says whether the workload has a phase of that name.
func (x *run) phase(name string) bool {
	return slices.ContainsFunc(x.c.Workload.Phases, func(p scenarios.Phase) bool { return p.Name == name })
}

// faulted is called by the engine when a fault begins or ends.
func (x *run) faulted(ev sim.FaultEvent, _ *sim.Entry) {
	p := &x.plan[ev.Entry]
	f := &x.c.Faults[p.fault]
	if ev.Healed {
		x.healed = "end of " + describe(f)
		x.over(ev.Entry, ev.At)
		if x.own(f) {
			x.world.Heal(&f.Fault)
		}
		return
	}
	row := x.r.hist.Len()
	x.note(p, f)
	x.mark(markOf(f))
	mark := len(x.marks) - 1
	x.marks[mark].Fault = true
	if f.Heal != "" {
		x.heal(f.Heal)
		return
	}
	x.struck = append(x.struck, strikeRun{*p, ev.At, -1, row, mark})
	if x.own(f) {
		x.inject(&f.Fault)
	}
}

// own says whether the system's world carries the fault out.
func (x *run) own(f *scenarios.ScheduledFault) bool {
	kind := x.system.Kind(f.Fault.Kind)
	return kind != nil && kind.Engine == nil
}

// over notes when a fault ended.
func (x *run) over(entry int, at sim.Time) {
	for i := range x.struck {
		if s := &x.struck[i]; s.name == x.plan[entry].name && s.end < 0 {
			s.end = at
			x.ended(s)
		}
	}
}

// heal ends the fault of a name, all its firings.
func (x *run) heal(name string) {
	for i := range x.plan {
		if p := &x.plan[i]; x.c.Faults[p.fault].Name == name {
			x.r.sim.Heal(p.name)
		}
	}
}

// inject lets the world carry out a fault, or the application where it does so.
func (x *run) inject(f *model.Fault) {
	if f.Kind == "expand" {
		topic, _ := f.Values.Get("topic")
		count, _ := f.Values.Get("partitions")
		if x.app.Operator.Expand(topic.Text, int(count.Int)) {
			return
		}
	}
	x.world.Inject(f)
}

// markOf is the mark of a fault in a course over time.
func markOf(f *scenarios.ScheduledFault) string {
	if f.Heal != "" {
		return "heal"
	}
	return f.Fault.Kind
}
