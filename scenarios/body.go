package scenarios

import (
	"reflect"
	"slices"
	"strings"

	"orderlab/model"
)

// What a file may leave out, and the most of what it may ask for.
const (
	defaultRecordSize = 1 << 10
	defaultTime       = int64(24 * 3_600_000_000_000)
	defaultEvents     = 500_000_000
	defaultMessages   = 20_000_000
	maxProducers      = 1_000
	maxMembers        = 1_000
	maxKeys           = 1 << 22
	maxPhases         = 100
	maxFaults         = 1_000
	maxMessages       = 1 << 31
)

// bodyFields are the parts that patches change. A part may look at those before
// it.
func bodyFields(reg *Registry) []field[Case] {
	return []field[Case]{
		{key{name: "system", required: true, example: "{kafka: {topics: {orders: {partitions: 4}}}}",
			doc: "The messaging system, by name, with its settings.", spec: systemValue(reg).spec}, readSystem(reg)},
		bind(key{name: "workload", required: true, doc: "What the producers send.",
			example: "{keys: {count: 500}, phases: [{name: steady, for: 60s, arrivals: {poisson: 100/s}}]}"}, workloadValue(),
			func(c *Case) *Workload { return &c.Workload }),
		{key{name: "consumers", required: true, example: "{members: 4, work: {constant: 20ms}}",
			doc:  "Who receives, and how long a message takes them. Any setting of the system's consumers may stand here too.",
			spec: consumersSpec(reg)}, readConsumers(reg)},
		bind(key{name: "app", doc: "What the application adds to the system's client.", example: "{retry: retry-topic, workers: 8}"},
			mapping("app", settingFields(reg.Features, func(v *model.Values) *model.Values { return v })),
			func(c *Case) *model.Values { return &c.App }),
		bind(key{name: "limits", doc: "What a run may take. One that meets a limit is judged unknown, with the reason.",
			example: "{time: 2h}"},
			limitsValue(), func(c *Case) *Limits { return &c.Limits }),
		bind(key{name: "promises", example: "{progress: 30s, bounded: {lag: 5000}}",
			doc: "What the design promises in numbers, for the guarantees progress and bounded."},
			promisesValue(reg), func(c *Case) *Promises { return &c.Promises }),
		{key{name: "faults", example: "[{at: steady, expand: {topic: orders, partitions: 8}}]",
			doc: "What goes wrong, and when.", spec: faultsSpec(reg)}, readFaults(reg)},
	}
}

// readCase reads a whole body, with everything put in, into a case.
func (d *decoder) readCase(n *node, c *Case) {
	d.c, d.system, d.named = c, nil, nil
	c.Limits = Limits{Time: defaultTime, Events: defaultEvents, Messages: defaultMessages}
	c.Workload.RecordSize = defaultRecordSize
	before := d.ps.calls
	readMapping(d, n, "the scenario", d.body, c)
	if d.ps.calls > before {
		return
	}
	slices.SortFunc(c.Config.Sections, func(a, b model.ConfigSection) int { return strings.Compare(a.Name, b.Name) })
	d.check(n, c)
}

func limitsValue() value[Limits] {
	return mapping("limits", []field[Limits]{
		bind(key{name: "time", def: durations.format(defaultTime), example: "2h",
			doc: "Virtual time."}, duration(1), func(l *Limits) *int64 { return &l.Time }),
		bind(key{name: "events", def: "500000000", example: "1000000",
			doc: "Events of the engine."}, integer[int64](1, maxQuantity), func(l *Limits) *int64 { return &l.Events }),
		bind(key{name: "messages", def: "20000000", example: "100000",
			doc: "Messages, which bounds the memory."},
			integer[int64](1, maxMessages), func(l *Limits) *int64 { return &l.Messages }),
	})
}

// consumerBlock is what stands under `consumers`.
type consumerBlock struct {
	model.Consumers
	settings model.Values
}

// consumerFields are what all systems have, and the settings of the system's own
// consumers.
func consumerFields(s *model.System) []field[consumerBlock] {
	fields := []field[consumerBlock]{
		bind(key{name: "group", def: "group", example: "billing",
			doc: "The name of the group; its members are called billing-0, billing-1 and so on."},
			name(), func(c *consumerBlock) *string { return &c.Group }),
		bind(key{name: "members", def: "1", example: "4",
			doc: "How many consumers there are."},
			integer[int](1, maxMembers), func(c *consumerBlock) *int { return &c.Members }),
		bind(key{name: "work", required: true, example: "{constant: 20ms}",
			doc: "How long a consumer works on one message."},
			distribution(), func(c *consumerBlock) *model.Distribution { return &c.Work }),
		bind(key{name: "work_from", example: "42.5s",
			doc: "When the consumers begin to work, since the beginning of the run; until then they wait with the first messages " +
				"that they were handed. Without it, when the preload is stored, or at once."},
			duration(1), func(c *consumerBlock) *int64 { return &c.WorkFrom }),
	}
	section := consumerSection(s)
	fields = append(fields, settingFields(section.Settings,
		func(c *consumerBlock) *model.Values { return &c.settings })...)
	return append(fields, unusedFields[consumerBlock](section.Unused)...)
}

// consumerSection has the settings that may also stand under `consumers`.
func consumerSection(s *model.System) *model.Section {
	for i := range s.Sections {
		if s.Sections[i].Name == s.Consumer {
			return &s.Sections[i]
		}
	}
	return new(model.Section)
}

func consumersSpec(reg *Registry) spec {
	var all [][]key
	for _, s := range reg.Systems {
		all = append(all, keysOf(consumerFields(s)))
	}
	return spec{kind: kindMapping, keys: union(all)}
}

// union joins the keys of several systems. A name that several have is described as
// the first has it, and may be whatever one of them takes.
func union(all [][]key) []key {
	var out []key
	for _, keys := range all {
		for _, k := range keys {
			if i := slices.Index(names(out), k.name); i >= 0 {
				out[i].unite(&k)
			} else {
				out = append(out, k)
			}
		}
	}
	return out
}

// unite lets a key be what another system has under that name as well.
func (k *key) unite(other *key) {
	k.required = k.required && other.required
	a, b := &k.spec, &other.spec
	switch {
	case reflect.DeepEqual(a, b):
	case a.kind == kindMapping && b.kind == kindMapping:
		had := names(a.keys)
		a.keys, a.single = union([][]key{a.keys, b.keys}), a.single && b.single
		for i := range a.keys {
			sub := &a.keys[i]
			sub.required = sub.required && slices.Contains(had, sub.name) && slices.Contains(names(b.keys), sub.name)
		}
	case a.kind == kindEither:
		a.either = append(slices.Clone(a.either), *b)
	default:
		k.spec = spec{kind: kindEither, either: []spec{*a, *b}}
	}
}

func readConsumers(reg *Registry) func(*decoder, *node, *Case) {
	fields := make(map[*model.System][]field[consumerBlock])
	for _, s := range reg.Systems {
		fields[s] = consumerFields(s)
	}
	return func(d *decoder, n *node, c *Case) {
		if d.system == nil {
			return // which keys there are depends on it
		}
		b := consumerBlock{Consumers: model.Consumers{Group: "group", Members: 1}}
		readMapping(d, n, "consumers", fields[d.system], &b)
		c.Consumers = b.Consumers
		given := c.Config.Section(d.system.Consumer).Values
		for _, v := range b.settings {
			if _, twice := given.Get(v.Name); twice {
				d.ps.add(locate(n, v.Name), "%s stands under system.%s.%s as well; give it in one place",
					v.Name, d.system.Name, d.system.Consumer)
			}
			c.Config.SetIn(d.system.Consumer, v.Name, v.Value)
		}
	}
}
