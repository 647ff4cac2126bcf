package sim

import "fmt"

// Ranges declare which faults a drawn schedule may have.
type Ranges struct {
	// Begin is when faults begin, Last how long those last that do.
	Begin, Last Range
	// Nodes are the names of the nodes that faults may hit.
	Nodes []string
	// Classes are the classes that may come.
	Classes Class
	// Swarm switches each class on or off by a draw: a run with few kinds of
	// faults goes deeper than one with all of them.
	Swarm bool
	// Choices are the kinds that may come; see [DefaultChoices].
	Choices []Choice
	// HealAt is when everything heals, for the system to show that it recovers;
	// 0 is never.
	HealAt Time
}

// Choice is one kind of fault that may come. What it leaves zero is as in Ranges.
type Choice struct {
	Kind FaultKind
	// Least and Most are how often it comes.
	Least, Most int
	Begin, Last Range
	Nodes       []string
	// Low and High bound the parameters: each is drawn between the two. One that
	// is no number is Low's, and OneWay is drawn when they differ.
	Low, High Fault
}

// The draws of a schedule.
var (
	decideSwarm  = NewDecision("schedule.swarm")
	decideCount  = NewDecision("schedule.count")
	decideBegin  = NewDecision("schedule.begin")
	decideLast   = NewDecision("schedule.last")
	decideTarget = NewDecision("schedule.target")
	decidePeer   = NewDecision("schedule.peer")
	decideWay    = NewDecision("schedule.way")
	decideParam  = NewDecision("schedule.parameter")
)

// Draw makes a schedule. A fault's name is its kind with a number, and everything
// about it is drawn under this name: other choices, counts and nodes change
// nothing about it, unless it hit a node that is no longer there.
func (r *Ranges) Draw(src Source) (Schedule, error) {
	var s Schedule
	if len(r.Nodes) == 0 {
		return nil, fmt.Errorf("sim: there are no nodes that a fault could hit")
	}
	for i := range r.Choices {
		c := &r.Choices[i]
		if c.Least < 0 || c.Most < c.Least {
			return nil, fmt.Errorf("sim: %v comes between %d and %d times", c.Kind, c.Least, c.Most)
		}
		class := c.Kind.Class()
		if r.Classes&class == 0 || (r.Swarm && src.Choose(decideSwarm, ID(class), 2) == 0) {
			continue
		}
		count := c.Least + src.Choose(decideCount, Named(c.Kind.String()), c.Most-c.Least+1)
		for k := range count {
			n, err := r.entry(src, c, fmt.Sprintf("%v-%d", c.Kind, k+1))
			if err != nil {
				return nil, err
			}
			s = append(s, n)
		}
	}
	if r.HealAt > 0 {
		at := Trigger{Kind: AtTime, Time: r.HealAt}
		s = append(s, Entry{Name: "recovery", When: at, Fault: Fault{Kind: HealEverything}})
	}
	return s, s.Check()
}

// entry draws one fault.
func (r *Ranges) entry(src Source, c *Choice, name string) (Entry, error) {
	id := Named(name)
	begin, last, nodes := r.Begin, r.Last, r.Nodes
	if c.Begin != (Range{}) {
		begin = c.Begin
	}
	if c.Last != (Range{}) {
		last = c.Last
	}
	if len(c.Nodes) > 0 {
		nodes = c.Nodes
	}
	n := Entry{Name: name, When: Trigger{Kind: AtTime, Time: begin.coarse(src, decideBegin, id)}, Fault: c.Low}
	n.Fault.Kind = c.Kind
	form := c.Kind.form()
	if form == nil {
		return n, fmt.Errorf("sim: there is no fault of kind %d to draw", c.Kind)
	}
	if form.lasts == lasts {
		n.Until = Until{Kind: ForTime, For: max(1, last.coarse(src, decideLast, id))}
	}
	between(src, id, &n.Fault, &c.High)
	if c.Low.OneWay != c.High.OneWay {
		n.Fault.OneWay = src.Choose(decideWay, id, 2) == 1
	}
	switch {
	case c.Kind == Split || c.Kind == RollingRestart:
		n.Fault.Nodes = nodes
	case form.groups == someNodes || form.groups == twoGroups:
		first := pick(src, decideTarget, id, nodes, "")
		n.Fault.Nodes = []string{first}
		if form.groups == twoGroups && len(nodes) > 1 && src.Choose(decidePeer, id, 2) == 0 {
			n.Fault.Peers = []string{pick(src, decidePeer, id, nodes, first)}
		}
	}
	return n, nil
}

// pick draws one of the names other than one: the one with the highest draw of
// its own, so that the others' coming and going changes nothing.
func pick(src Source, d Decision, id ID, names []string, except string) (best string) {
	most := uint64(0)
	for _, name := range names {
		if bits := src.Bits(d, Identity(id, Named(name))); name != except && (best == "" || bits > most) {
			best, most = name, bits
		}
	}
	return best
}

// between draws each parameter between a fault's and another's, in steps that are
// easy to read.
func between(src Source, id ID, low, high *Fault) {
	const hundredth = int64(Whole / 100)
	for k, p := range [...]struct {
		low, high *int64
		step      int64
	}{
		{(*int64)(&low.Factor), (*int64)(&high.Factor), hundredth},
		{(*int64)(&low.Added), (*int64)(&high.Added), int64(Millisecond)},
		{&low.Bandwidth, &high.Bandwidth, 1000},
		{(*int64)(&low.Noise.Loss), (*int64)(&high.Noise.Loss), hundredth / 100},
		{(*int64)(&low.Noise.Duplicate), (*int64)(&high.Noise.Duplicate), hundredth / 100},
		{(*int64)(&low.Noise.Corrupt), (*int64)(&high.Noise.Corrupt), hundredth / 100},
		{(*int64)(&low.Noise.Reorder), (*int64)(&high.Noise.Reorder), hundredth / 100},
		{(*int64)(&low.Noise.Window), (*int64)(&high.Noise.Window), int64(Millisecond)},
		{(*int64)(&low.DownFor), (*int64)(&high.DownFor), int64(Millisecond)},
		{(*int64)(&low.Gap), (*int64)(&high.Gap), int64(Millisecond)},
		{(*int64)(&low.By), (*int64)(&high.By), int64(Millisecond)},
		{&low.PPB, &high.PPB, 1000},
	} {
		if *p.high > *p.low {
			*p.low = coarse(src, decideParam, Identity(id, ID(k)), *p.low, *p.high, p.step)
			if *p.low == 0 { // nothing would be no fault
				*p.low = min(p.step, *p.high)
			}
		}
	}
}

// coarse draws one of low, low+step, ... up to high.
func coarse(src Source, d Decision, id ID, low, high, step int64) int64 {
	s := Uniform(0, (high-low)/step)
	return low + step*s.Sample(src.Bits(d, id))
}

// coarse draws a time of the range in steps of a millisecond.
func (r Range) coarse(src Source, d Decision, id ID) Time {
	return Time(coarse(src, d, id, int64(r.Min), int64(r.Max), int64(Millisecond)))
}

// DefaultChoices returns every fault that needs no knowledge of the system, each
// up to twice, in ranges that a system should survive.
func DefaultChoices() []Choice {
	up, down := Range{100 * Millisecond, 2 * Second}, Range{50 * Millisecond, Second}
	twice := func(k FaultKind, low, high Fault) Choice { return Choice{Kind: k, Most: 2, Low: low, High: high} }
	plain := func(k FaultKind) Choice { return twice(k, Fault{}, Fault{}) }
	slow := Fault{Factor: 2 * Whole}
	slower := Fault{Factor: 20 * Whole}
	return []Choice{
		twice(Partition, Fault{}, Fault{OneWay: true}), plain(Isolate), plain(Split), plain(Clog),
		twice(Flap, Fault{Up: up, Down: down}, Fault{}),
		twice(SlowLink, slow, Fault{Factor: 20 * Whole, Added: 50 * Millisecond}),
		twice(Throttle, Fault{Bandwidth: 100_000}, Fault{Bandwidth: 10_000_000}),
		twice(Noisy, Fault{}, Fault{Noise: Noise{Loss: 5 * Percent, Duplicate: Percent, Corrupt: Percent,
			Reorder: 10 * Percent, Window: 20 * Millisecond}}),
		plain(ResetConns), plain(StallConns),
		twice(DropConns, Fault{Late: Range{0, 2 * Second}}, Fault{}),
		plain(Crash), plain(CrashMachine), plain(PauseNode), twice(SlowCPU, slow, slower),
		{Kind: RollingRestart, Most: 1, Low: Fault{DownFor: Second, Gap: Second},
			High: Fault{DownFor: 5 * Second, Gap: 10 * Second}},
		twice(StepClock, Fault{By: -30 * Second}, Fault{By: 30 * Second}),
		twice(DriftClock, Fault{PPB: -500_000}, Fault{PPB: 500_000}),
		plain(FullDisk), twice(SlowDisk, slow, slower),
	}
}
