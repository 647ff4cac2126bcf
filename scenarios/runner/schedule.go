package runner

import (
	"slices"
	"strconv"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/sim"
)

// Schedule returns the faults that struck in the last run, as YAML that can stand
// under `faults:` of a scenario: with the times at which they struck.
func (r *Runner) Schedule() []byte {
	var out []scenarios.ScheduledFault
	c, h := r.ran, &r.hist
	names := scenarios.FaultNames(c.Faults)
	for i := range h.Len() {
		if h.Kind(i) != history.KindFault {
			continue
		}
		op := h.Op(i)
		f := c.Faults[op.Position]
		if f.Name != "" || r.draws(c, &f) {
			f.Name = firingName(names[op.Position], int(op.Attempt))
		}
		out = append(out, at(f, op.Begin))
	}
	if len(out) == 0 {
		return []byte("[]\n")
	}
	return scenarios.FaultsText(out, "")
}

// draws says whether something about a fault is drawn, so that its name matters.
func (r *Runner) draws(c *scenarios.Case, f *scenarios.ScheduledFault) bool {
	kind := r.reg.System(c.System).Kind(f.Fault.Kind)
	return kind != nil && kind.Draws
}

// drawn returns the case with what a source draws in the place of the items that
// stand for drawn faults.
func (r *Runner) drawn(c *scenarios.Case, src func() sim.Source) (*scenarios.Case, error) {
	is := func(f scenarios.ScheduledFault) bool { return f.Fault.Kind == model.FaultDraw }
	if !slices.ContainsFunc(c.Faults, is) {
		return c, nil
	}
	system, source := r.reg.System(c.System), src()
	out := *c
	out.Faults = nil
	names := scenarios.FaultNames(c.Faults)
	for i := range c.Faults {
		f := &c.Faults[i]
		if !is(*f) {
			out.Faults = append(out.Faults, *f)
			continue
		}
		for k := range max(1, f.Times) {
			name := firingName(names[i], k+1)
			faults, err := system.Draw(&f.Fault, name, source, &c.Config, &c.Consumers, c.Workload.Producers)
			if err != nil {
				return nil, err
			}
			for _, d := range faults {
				one := *f
				one.Name, one.Fault, one.For = name+"."+d.Name, d.Fault, d.For
				one.After += int64(k)*f.Every + d.After
				one.Every, one.Times = 0, 0
				out.Faults = append(out.Faults, one)
			}
		}
	}
	return &out, nil
}

// firingName is the identity of a fault that strikes for the firing-th time, from 1.
func firingName(name string, firing int) string {
	if firing > 1 {
		name += "." + strconv.Itoa(firing)
	}
	return name
}

// at returns a fault that strikes once, at a time.
func at(f scenarios.ScheduledFault, ns int64) scenarios.ScheduledFault {
	f.At, f.After, f.When, f.Point, f.Events = "", ns, "", scenarios.FaultPoint{}, 0
	f.Every, f.Times = 0, 0
	return f
}

// explicitFaults lists the faults that struck in the run, each at the time at which
// it struck and for the time that it lasted.
func (x *run) explicitFaults() []scenarios.ScheduledFault {
	var out []scenarios.ScheduledFault
	for _, s := range x.struck {
		f := at(x.c.Faults[s.fault], int64(s.at))
		f.Name, f.Until = "", ""
		if x.r.draws(x.c, &f) {
			f.Name = s.name
		}
		kind := x.system.Kind(f.Fault.Kind)
		if f.For = int64(s.end - s.at); s.end < 0 || kind == nil || kind.Lasting == model.AtOnce {
			f.For = 0
		}
		out = append(out, f)
	}
	return out
}
