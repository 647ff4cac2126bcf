package model

import (
	"slices"

	"orderlab/sim"
)

// FaultDraw is the item of a schedule that stands for faults which the seed draws;
// see [System.Draw].
const FaultDraw = "draw"

// drawClasses are the classes of faults that may be drawn, by their parameter.
var drawClasses = []struct {
	name  string
	class sim.Class
	doc   string
}{
	{"network", sim.NetworkFaults, "Faults of links may come: partitions, clogs, slow and noisy ones."},
	{"connections", sim.ConnectionFaults, "Connections may be reset, lost and held up."},
	{"machines", sim.NodeFaults, "Processes and machines may crash, stand still and be slow."},
	{"clocks", sim.ClockFaults, "Clocks may run fast or slow, or jump."},
	{"disks", sim.DiskFaults, "Disks may be full or slow."},
}

// drawKind describes the item. It is never in a run: the runner puts what is drawn
// in its place.
func drawKind() FaultKind {
	parameters := []Setting{
		{Name: ParamNode, Type: Nodes, Required: true, Doc: "The nodes that may be hit, or all of a role, as brokers."},
		{Name: "within", Type: Duration, Required: true, Min: 1, Doc: "They begin within this time."},
		{Name: "lasting", Type: Span, Required: true, Doc: "How long those last that do, or between what and what."},
		{Name: "most", Type: Integer, Default: IntegerValue(2), Min: 1, Max: 20,
			Doc: "How often each kind of fault comes at most."},
		{Name: "swarm", Type: Boolean, Default: BooleanValue(true),
			Doc: "Each class of faults is left out in half of the runs: few kinds at once go deeper than all."},
	}
	for _, c := range drawClasses {
		parameters = append(parameters, Setting{Name: c.name, Type: Boolean, Default: BooleanValue(true), Doc: c.doc})
	}
	return FaultKind{Name: FaultDraw, Lasting: AtOnce, Draws: true, Parameters: parameters, Check: checkDraw,
		Doc: "Faults that the seed draws: which, when, where and for how long. faults.yaml has what came of it."}
}

func checkDraw(_ *Config, f *Fault, _ *Consumers, _ int) []ConfigError {
	if drawnClasses(f.Values) == 0 {
		return []ConfigError{{Problem: "every class of faults is left out, so that nothing can be drawn"}}
	}
	return nil
}

// drawnClasses returns the classes that are not left out.
func drawnClasses(v Values) sim.Class {
	var out sim.Class
	for _, c := range drawClasses {
		if given, ok := v.Get(c.name); !ok || given.Int != 0 {
			out |= c.class
		}
	}
	return out
}

// DrawnFault is a fault that was drawn: its name among those of the same item, how
// long after the item's trigger it strikes, and how long it lasts, 0 where it
// happens at once.
type DrawnFault struct {
	Name       string
	After, For int64
	Fault      Fault
}

// Draw draws the faults of an item: those of the engine that some of its nodes
// endure, and the system's own of the same names. Everything about one is drawn under
// its own name and the item's, so that it stays the same when other kinds, classes or
// nodes come and go.
func (s *System) Draw(
	f *Fault, item string, src sim.Source, c *Config, consumers *Consumers, producers int,
) ([]DrawnFault, error) {
	resolved := s.Resolve(f, c, consumers, producers)
	r := Resolve(drawKind().Parameters, resolved.Values)
	ranges := sim.Ranges{Begin: sim.Range{Max: sim.Time(r.Int("within"))}, Last: spanOf(resolved.Values, "lasting"),
		Nodes: nodesOf(resolved.Values, ParamNode), Classes: drawnClasses(resolved.Values), Swarm: r.Bool("swarm")}
	for _, choice := range sim.DefaultChoices() {
		if choice.Most > 1 {
			choice.Most = int(r.Int("most"))
		}
		if choice.Nodes = s.enduring(choice.Kind, ranges.Nodes, c, consumers, producers); len(choice.Nodes) > 0 {
			ranges.Choices = append(ranges.Choices, choice)
		}
	}
	schedule, err := ranges.Draw(scoped{src, sim.Named(item)})
	if err != nil {
		return nil, err
	}
	out := make([]DrawnFault, 0, len(schedule))
	for i := range schedule {
		e := &schedule[i]
		out = append(out, DrawnFault{Name: e.Name, After: int64(e.When.Time), For: int64(e.Until.For),
			Fault: Fault{Kind: e.Fault.Kind.String(), Values: valuesOf(s.Kind(e.Fault.Kind.String()), &e.Fault)}})
	}
	return out, nil
}

// enduring returns those of some nodes that endure a fault of the engine.
func (s *System) enduring(
	kind sim.FaultKind, nodes []string, c *Config, consumers *Consumers, producers int,
) []string {
	var out []string
	for i := range s.Roles {
		role := &s.Roles[i]
		if !slices.Contains(role.Endures, kind.String()) {
			continue
		}
		for _, name := range role.Nodes(c, consumers, producers) {
			if slices.Contains(nodes, name) {
				out = append(out, name)
			}
		}
	}
	i := slices.IndexFunc(s.Faults, func(k FaultKind) bool { return k.Name == kind.String() })
	for _, name := range nodes {
		if i < 0 { // no fault of that name is the system's own
			break
		}
		own := &s.Faults[i]
		probe := sim.Fault{Kind: kind, Nodes: []string{name}, Factor: 2 * sim.Whole}
		f := Fault{Kind: own.Name, Values: valuesOf(own, &probe)}
		if own.Check == nil || len(own.Check(c, &f, consumers, producers)) == 0 {
			out = append(out, name)
		}
	}
	if kind == sim.Split && len(out) < 2 {
		return nil
	}
	return out
}

// scoped is a source whose decisions are about an item.
type scoped struct {
	sim.Source
	item sim.ID
}

func (s scoped) Bits(d sim.Decision, id sim.ID) uint64 { return s.Source.Bits(d, s.item.With(id)) }

func (s scoped) Choose(d sim.Decision, id sim.ID, n int) int {
	return s.Source.Choose(d, s.item.With(id), n)
}

// valuesOf returns the parameters that make a fault of the engine: the inverse of
// the kind's Engine.
func valuesOf(kind *FaultKind, f *sim.Fault) Values {
	nodes, peers := ParamBetween, ParamAnd
	if f.OneWay {
		nodes, peers = ParamFrom, ParamTo
	}
	down := spanValue(f.Down)
	if f.Kind == sim.RollingRestart {
		down = DurationValue(int64(f.DownFor))
	}
	given := map[string]Value{
		ParamNode: NodesValue(f.Nodes...), nodes: NodesValue(f.Nodes...), peers: NodesValue(f.Peers...),
		"down": down, "up": spanValue(f.Up), "late": spanValue(f.Late),
		"factor": {Type: Number, Int: int64(f.Factor)}, "added": DurationValue(int64(f.Added)),
		"bandwidth": SizeValue(f.Bandwidth), "loss": {Type: Share, Int: int64(f.Noise.Loss)},
		"duplicate": {Type: Share, Int: int64(f.Noise.Duplicate)}, "corrupt": {Type: Share, Int: int64(f.Noise.Corrupt)},
		"reorder": {Type: Share, Int: int64(f.Noise.Reorder)}, "window": DurationValue(int64(f.Noise.Window)),
		"tell": BooleanValue(f.Tell), "gap": DurationValue(int64(f.Gap)), "by": DurationValue(int64(f.By)),
		"ppm": IntegerValue(f.PPB / 1000),
	}
	var out Values
	for _, p := range kind.Parameters {
		v, ok := given[p.Name]
		empty := v.Int == 0 && v.Text == "" && v.Dist.A == 0 && v.Dist.B == 0
		if ok && (p.Required || !empty) {
			out = out.Set(p.Name, v)
		}
	}
	return out
}

// spanOf returns the range that a Span parameter says.
func spanOf(v Values, name string) sim.Range {
	value, _ := v.Get(name)
	d := value.Dist
	if d.Shape == Uniform {
		return sim.Range{Min: sim.Time(d.A), Max: sim.Time(d.B)}
	}
	return sim.Range{Min: sim.Time(d.A), Max: sim.Time(d.A)}
}

func spanValue(r sim.Range) Value {
	d := Distribution{Shape: Constant, A: int64(r.Min)}
	if r.Max != r.Min {
		d = Distribution{Shape: Uniform, A: int64(r.Min), B: int64(r.Max)}
	}
	return Value{Type: Span, Dist: d}
}
