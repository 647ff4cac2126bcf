package scenarios

import (
	"slices"
	"strings"

	"orderlab/model"
)

// faultItem is one item of `faults`.
type faultItem struct {
	at    *node
	f     ScheduledFault
	kinds []*model.FaultKind
}

func faultFields(s *model.System) []field[faultItem] {
	out := []field[faultItem]{
		bind(key{name: "at", required: true, example: "steady",
			doc: "When it strikes: at the beginning of the phase of that name, or at a time since the beginning of the run."},
			anyValue(), func(f *faultItem) **node { return &f.at }),
		bind(key{name: "after", def: "0s", example: "10s",
			doc: "How long after that."}, duration(0), func(f *faultItem) *int64 { return &f.f.After }),
		bind(key{name: "for", example: "30s",
			doc: "How long it lasts, if it can end; without it it lasts for ever."},
			duration(1), func(f *faultItem) *int64 { return &f.f.For }),
	}
	for i := range s.Faults {
		kind := &s.Faults[i]
		parameters := mapping(kind.Name, settingFields(kind.Parameters, func(v *model.Values) *model.Values { return v }))
		k := key{name: kind.Name, doc: kind.Doc, spec: parameters.spec}
		out = append(out, field[faultItem]{k, func(d *decoder, n *node, f *faultItem) {
			f.kinds = append(f.kinds, kind)
			f.f.Fault = model.Fault{Kind: kind.Name}
			parameters.read(d, n, kind.Name, &f.f.Fault.Values)
		}})
	}
	return out
}

func faultsValue(s *model.System) value[[]ScheduledFault] {
	var kinds []string
	for i := range s.Faults {
		kinds = append(kinds, s.Faults[i].Name)
	}
	item := checked(mapping("a fault", faultFields(s)), func(d *decoder, n *node, f *faultItem) {
		switch {
		case len(f.kinds) == 0:
			d.ps.add(n.at, "an item of faults names a fault; the model of %s has %s", s.Name, strings.Join(kinds, ", "))
		case len(f.kinds) > 1:
			d.ps.add(locate(n, f.kinds[1].Name), "a second fault in one item; begin another item for it")
		default:
			d.trigger(f)
		}
	})
	return list(into(item, func(f faultItem) ScheduledFault { return f.f }), 0, maxFaults,
		"[{at: steady, expand: {topic: orders, partitions: 8}}]")
}

// trigger reads when a fault strikes.
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
