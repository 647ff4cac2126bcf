package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"orderlab/model"
)

// faultItem is one item of `faults`.
type faultItem struct {
	at    *node
	f     ScheduledFault
	kinds []string
}

func faultFields(s *model.System) []field[faultItem] {
	out := append(triggerFields(), endFields()...)
	kinds := s.Kinds()
	for i := range kinds {
		kind := &kinds[i]
		parameters := mapping(kind.Name, settingFields(kind.Parameters, func(v *model.Values) *model.Values { return v }))
		k := key{name: kind.Name, doc: kind.Doc, spec: parameters.spec}
		out = append(out, field[faultItem]{k, func(d *decoder, n *node, f *faultItem) {
			f.kinds = append(f.kinds, kind.Name)
			f.f.Fault = model.Fault{Kind: kind.Name}
			parameters.read(d, n, kind.Name, &f.f.Fault.Values)
		}})
	}
	return out
}

// triggerFields say when a fault strikes.
func triggerFields() []field[faultItem] {
	return []field[faultItem]{
		bind(key{name: "name", example: "cut",
			doc: "What the fault is called, for `heal`. What is drawn about a fault depends on its name; " +
				"without one it is called after what it does."},
			name(), func(f *faultItem) *string { return &f.f.Name }),
		bind(key{name: "at", example: "steady",
			doc: "When it strikes: at the beginning of the phase of that name, or at a time since the beginning of the run."},
			anyValue(), func(f *faultItem) **node { return &f.at }),
		put(key{name: "after", def: "0s", example: "10s",
			doc: "How long after that, or alone: after so many events of the engine, as `5000 events`."},
			afterValue(), func(f *faultItem, a after) { f.f.After, f.f.Events = a.time, a.events }),
		bind(key{name: "when", example: "rebalance",
			doc: "When it strikes: as soon as this is so. Each system has conditions of its own."},
			name(), func(f *faultItem) *string { return &f.f.When }),
		bind(key{name: "point", example: `{node: broker-0, name: "after append, before ack"}`,
			doc: "When it strikes: as the node passes this point of its code. Each system has points of its own."},
			pointValue(), func(f *faultItem) *FaultPoint { return &f.f.Point }),
		bind(key{name: "every", example: "30s",
			doc: "It strikes again after this time, and again: `times` times in all, or as often as fits into the phase of `at`."},
			duration(1), func(f *faultItem) *int64 { return &f.f.Every }),
		bind(key{name: "times", example: "3",
			doc: "How often it strikes, with `every`."},
			integer[int](1, maxFaults), func(f *faultItem) *int { return &f.f.Times }),
	}
}

// endFields say when a fault ends.
func endFields() []field[faultItem] {
	return []field[faultItem]{
		bind(key{name: "for", example: "30s",
			doc: "How long it lasts. Without `for` and `until` a fault that can last does so for ever, or until it is healed."},
			duration(1), func(f *faultItem) *int64 { return &f.f.For }),
		bind(key{name: "until", example: "settle",
			doc: "The phase at whose beginning it ends, or the condition."},
			name(), func(f *faultItem) *string { return &f.f.Until }),
		bind(key{name: "heal", example: "cut",
			doc: "Not a fault but the end of one: of that with this name, or of `all`, which also takes back those that have not struck."},
			name(), func(f *faultItem) *string { return &f.f.Heal }),
	}
}

// after is a time, or a number of events.
type after struct{ time, events int64 }

func afterValue() value[after] {
	time, count := duration(0), integer[int64](1, maxQuantity)
	events := spec{kind: kindEvents}
	return value[after]{spec{kind: kindEither, either: []spec{time.spec, events}},
		func(d *decoder, n *node, what string, out *after) {
			if !d.scalar(n, what) {
				return
			}
			if number, ok := strings.CutSuffix(n.text, " events"); ok {
				count.read(d, &node{shape: shapeScalar, at: n.at, text: number}, what, &out.events)
				return
			}
			time.read(d, n, what, &out.time)
		}}
}

func pointValue() value[FaultPoint] {
	return mapping("point", []field[FaultPoint]{
		bind(key{name: "node", required: true, example: "broker-0",
			doc: "The node that passes it."}, name(), func(p *FaultPoint) *string { return &p.Node }),
		bind(key{name: "name", required: true, example: `"after append, before ack"`,
			doc: "The point."}, text(), func(p *FaultPoint) *string { return &p.Name }),
		bind(key{name: "pass", def: "1", example: "3",
			doc: "The how-manieth time it is passed."},
			integer[int](1, 1_000_000_000), func(p *FaultPoint) *int { return &p.Pass }),
	})
}

func faultsValue(s *model.System) value[[]ScheduledFault] {
	item := checked(mapping("a fault", append(faultFields(s), refusals(s)...)),
		func(d *decoder, n *node, f *faultItem) { d.faultItem(n, s, f) })
	return list(into(item, func(f faultItem) ScheduledFault { return f.f }), 0, maxFaults,
		"[{at: steady, expand: {topic: orders, partitions: 8}}]")
}

// refusals are the faults of the engine that no node of a system goes through.
func refusals(s *model.System) []field[faultItem] {
	var out []field[faultItem]
	known := s.Kinds()
	for _, k := range model.EngineFaults() {
		if len(s.Roles) == 0 || slices.ContainsFunc(known, func(o model.FaultKind) bool { return o.Name == k.Name }) {
			continue
		}
		out = append(out, field[faultItem]{key{name: k.Name}, func(d *decoder, n *node, f *faultItem) {
			f.kinds = append(f.kinds, k.Name)
			d.ps.add(n.at, "no node in the model of %s goes through %q as a real one does", s.Name, k.Name)
		}})
	}
	return out
}

// faultItem checks what the keys of an item mean together.
func (d *decoder) faultItem(n *node, s *model.System, f *faultItem) {
	given := func(key string) bool { v := n.get(key); return v != nil && v.shape != shapeNull }
	var triggers []string
	for _, t := range []string{"at", "when", "point"} {
		if given(t) {
			triggers = append(triggers, t)
		}
	}
	if f.f.Events > 0 {
		triggers = append(triggers, "after")
	}
	switch {
	case given("heal") && (len(f.kinds) > 0 || given("for") || given("until") || given("every") || given("name")):
		d.ps.add(locate(n, "heal"), "an item with `heal` has a trigger and nothing else")
	case len(f.kinds) == 0 && f.f.Heal == "":
		d.ps.add(n.at, "an item of faults names a fault; the model of %s has %s", s.Name, strings.Join(faultNames(s), ", "))
	case len(f.kinds) > 1:
		d.ps.add(locate(n, f.kinds[1]), "a second fault in one item; begin another item for it")
	case len(triggers) == 0:
		d.ps.add(n.at, "nothing says when the fault strikes: at a phase or a time (`at: steady`), `when` something is so, "+
			"at a `point`, or `after: 5000 events`")
	case len(triggers) > 1:
		d.ps.add(locate(n, triggers[1]), "a fault waits for one thing, and here are %s", strings.Join(triggers, " and "))
	case given("for") && given("until"):
		d.ps.add(locate(n, "until"), "a fault ends after a time or at a moment, not both; leave out `for` or `until`")
	case given("times") && !given("every"):
		d.ps.add(locate(n, "times"), "times belongs to `every`, as {at: steady, every: 30s, times: 3}")
	case given("every") && !given("at"):
		d.ps.add(locate(n, "every"), "every counts from a phase or a time; give it with `at`")
	case given("at"):
		d.trigger(f)
	}
	if f.f.Point.Name != "" {
		f.f.Point.Pass = max(1, f.f.Point.Pass)
	}
}

func faultNames(s *model.System) []string {
	var out []string
	for _, k := range s.Kinds() {
		out = append(out, k.Name)
	}
	return out
}

// trigger reads the phase or the time at which a fault strikes.
func (d *decoder) trigger(f *faultItem) {
	phases := d.c.Workload.phaseNames()
	if len(phases) == 0 || slices.Contains(phases, "") {
		return // the phases have mistakes of their own
	}
	if slices.Contains(phases, f.at.text) {
		f.f.At = f.at.text
		return
	}
	t, err := durations.parse(f.at.text)
	if err != nil {
		d.ps.add(f.at.at, "at is the name of a phase or a time since the beginning, and %s is neither%s",
			quote(f.at.text), didYouMean(f.at.text, phases))
		return
	}
	f.f.After += t
}

func (w *Workload) phaseNames() []string {
	out := make([]string, len(w.Phases))
	for i := range w.Phases {
		out[i] = w.Phases[i].Name
	}
	return out
}

func faultsSpec(reg *Registry) spec {
	var all [][]key
	for _, s := range reg.Systems {
		all = append(all, keysOf(faultFields(s)))
	}
	return spec{kind: kindList, item: &spec{kind: kindMapping, keys: union(all), title: "fault"}}
}

func readFaults(reg *Registry) func(*decoder, *node, *Case) {
	values := make(map[*model.System]value[[]ScheduledFault])
	for _, s := range reg.Systems {
		values[s] = faultsValue(s)
	}
	return func(d *decoder, n *node, c *Case) {
		if d.system != nil {
			values[d.system].read(d, n, "faults", &c.Faults)
		}
	}
}

// maxAutoName is how many characters of what a fault does become its name.
const maxAutoName = 48

// FaultNames returns the names of the faults of a schedule, each different from
// the others. A fault without a name of its own is called after its kind and the
// nodes that it is about, so its name does not depend on the others.
func FaultNames(faults []ScheduledFault) []string {
	out := make([]string, len(faults))
	taken := make(map[string]bool)
	for i := range faults {
		if out[i] = faults[i].Name; out[i] != "" {
			taken[out[i]] = true
		}
	}
	for i := range faults {
		if out[i] != "" {
			continue
		}
		name := autoName(&faults[i])
		out[i] = name
		for k := 2; taken[out[i]]; k++ {
			out[i] = name + "-" + strconv.Itoa(k)
		}
		taken[out[i]] = true
	}
	return out
}

func autoName(f *ScheduledFault) string {
	if f.Heal != "" {
		return "heal." + f.Heal
	}
	name := f.Fault.Kind
	for _, v := range f.Fault.Values {
		if v.Value.Type == model.Nodes && v.Value.Text != "" {
			name += "." + strings.ReplaceAll(v.Value.Text, ",", "+")
		}
	}
	if runes := []rune(name); len(runes) > maxAutoName {
		return string(runes[:maxAutoName])
	}
	return name
}
