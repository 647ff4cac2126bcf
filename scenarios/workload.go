package scenarios

import (
	"slices"
	"strings"
)

func workloadValue() value[Workload] {
	return checked(mapping("workload", []field[Workload]{
		{key: key{name: "preset", example: "payments", doc: "A workload to begin with; what stands beside it is laid over it as a patch.",
			spec: spec{kind: kindText, enum: PresetNames()}}},
		bind(key{name: "topic", def: "the only topic", example: "orders",
			doc: "Where the messages go."}, text(), func(w *Workload) *string { return &w.Topic }),
		bind(key{name: "keys", required: true, example: "{count: 2000}",
			doc: "The ordering keys, and how a message's key is picked."},
			keysValue(), func(w *Workload) *Keys { return &w.Keys }),
		bind(key{name: "record_size", def: "1KiB", example: "512B",
			doc: "The size of a record's key and value."},
			quantity(&sizes, 1, 1<<20), func(w *Workload) *int64 { return &w.RecordSize }),
		bind(key{name: "phases", required: true, example: "[{name: steady, for: 60s, arrivals: {poisson: 100/s}}]",
			doc: "The parts of the load, one after another."}, phasesValue(), func(w *Workload) *[]Phase { return &w.Phases }),
	}), func(d *decoder, n *node, w *Workload) {
		w.Producers = 1
		for i := range w.Phases {
			w.Producers = max(w.Producers, w.Phases[i].Producers)
			for j, s := range w.Phases[i].Sends {
				w.Producers = max(w.Producers, s.Producer+1)
				if s.Key >= w.Keys.Count && w.Keys.Count > 0 {
					send := n.get("phases").items[i].get("sends").items[j]
					d.ps.add(locate(send, "key"), "there are keys key-0 to key-%d, and here is key-%d", w.Keys.Count-1, s.Key)
				}
			}
		}
	})
}

func keysValue() value[Keys] {
	const maxZipf = 10 * million
	hot := list(titled("hot group", mapping("a hot group", []field[HotKeys]{
		bind(key{name: "keys", required: true, example: "3",
			doc: "How many keys the group has."}, integer[int](1, maxKeys), func(h *HotKeys) *int { return &h.Keys }),
		bind(key{name: "share", required: true, example: "60%",
			doc: "Their share of the messages, together."},
			quantity(&shares, 1, million), func(h *HotKeys) *int64 { return &h.Share }),
	})), 1, 100, "[{keys: 3, share: 60%}]")
	type pick struct {
		Keys
		uniform string
	}
	return into(checked(mapping("keys", []field[pick]{
		bind(key{name: "count", required: true, example: "2000",
			doc: "How many keys there are."}, integer[int](1, maxKeys), func(k *pick) *int { return &k.Count }),
		bind(key{name: "pick", def: "uniform", example: "uniform",
			doc: "Every key is as likely. Give `zipf` or `hot` instead for others."},
			choice("uniform"), func(k *pick) *string { return &k.uniform }),
		bind(key{name: "zipf", example: "1.1",
			doc: "Few keys have most messages: the k-th key a share proportional to k to the power of minus this."},
			number(maxZipf), func(k *pick) *int64 { return &k.Zipf }),
		bind(key{name: "hot", example: "[{keys: 3, share: 60%}]",
			doc: "Groups of hot keys; the other keys share the rest."}, hot, func(k *pick) *[]HotKeys { return &k.Hot }),
	}), func(d *decoder, n *node, k *pick) {
		onlyOne(d, n, "keys", "pick", "zipf", "hot")
		checkHot(d, n, &k.Keys)
	}), func(k pick) Keys { return k.Keys })
}

// onlyOne reports a second one of some keys that exclude each other.
func onlyOne(d *decoder, n *node, what string, keys ...string) {
	first := ""
	for _, k := range keys {
		switch v := n.get(k); {
		case v == nil || v.shape == shapeNull:
		case first == "":
			first = k
		default:
			d.ps.add(locate(n, k), "%s has %s or %s, not both; a patch takes one away with `%s: null`", what, first, k, first)
		}
	}
}

func checkHot(d *decoder, n *node, k *Keys) {
	hot, share := 0, int64(0)
	for _, h := range k.Hot {
		hot, share = hot+h.Keys, share+h.Share
	}
	if len(k.Hot) > 0 && (hot >= k.Count || share > million) {
		d.ps.add(locate(n, "hot"), "the hot groups have %d of %d keys and %s of the messages; leave a key, and at most 100%% in all",
			hot, k.Count, shares.format(share))
	}
}

func phasesValue() value[[]Phase] {
	return checked(list(phaseValue(), 1, maxPhases, "[{name: steady, for: 60s, arrivals: {poisson: 100/s}}]"),
		func(d *decoder, n *node, phases *[]Phase) {
			later := false
			for i, p := range *phases {
				at := n.items[i]
				if slices.ContainsFunc((*phases)[:i], func(q Phase) bool { return q.Name == p.Name }) {
					d.ps.add(locate(at, "name"), "there are two phases %q; a fault could not tell them apart", p.Name)
				}
				if p.Preload > 0 && later {
					d.ps.add(locate(at, "preload"), "a preload stands before all other phases, because the consumers begin after it")
				}
				if len(p.Sends) > 0 && i > 0 {
					d.ps.add(locate(at, "sends"), "sends stand in the first phase, because their times count from the beginning of the run")
				}
				later = later || p.Preload == 0
			}
		})
}

// phaseItem is a phase with what is worked into it.
type phaseItem struct {
	Phase
	total bool
}

func phaseValue() value[Phase] {
	return titled("phase", into(checked(mapping("a phase", []field[phaseItem]{
		bind(key{name: "name", required: true, example: "steady",
			doc: "What the phase is called; faults refer to it."}, name(), func(p *phaseItem) *string { return &p.Name }),
		put(key{name: "preload", example: "60s of work",
			doc: "A backlog: as many messages as the consumers need that long to work off, before anything else."},
			preloadValue(), func(p *phaseItem, b preload) { p.Preload, p.PartitionShares = b.work, b.shares }),
		bind(key{name: "for", example: "120s",
			doc: "How long the phase lasts."}, duration(1), func(p *phaseItem) *int64 { return &p.For }),
		bind(key{name: "until", example: "drained",
			doc: "The phase lasts until every message is settled."},
			choice("drained"), func(p *phaseItem) *string { return &p.Until }),
		bind(key{name: "at_most", example: "600s",
			doc: "How long a phase with `until` lasts at most; it needs one."},
			duration(1), func(p *phaseItem) *int64 { return &p.AtMost }),
		bind(key{name: "producers", def: "1", example: "2",
			doc: "How many producers send."}, integer[int](1, maxProducers), func(p *phaseItem) *int { return &p.Producers }),
		put(key{name: "arrivals", example: "{poisson: 160/s, total: true}",
			doc: "How messages arrive; without it none do."},
			arrivalsValue(), func(p *phaseItem, a arrivals) { p.Arrivals, p.total = a.Arrivals, a.total }),
		bind(key{name: "sends", example: `[{at: 12.5s, message: "producer-0#17", key: key-3}]`,
			doc: "Messages one by one instead of arrivals, in the order of their times. They stand in the first phase, and the run " +
				"does not wait for the consumers. `orderlab shrink` writes them."},
			sendsValue(), func(p *phaseItem) *[]Send { return &p.Sends }),
	}), checkPhase), func(p phaseItem) Phase { return p.Phase }))
}

// checkPhase checks what the keys of a phase mean together.
func checkPhase(d *decoder, n *node, p *phaseItem) {
	given := func(key string) bool { v := n.get(key); return v != nil && v.shape != shapeNull }
	kinds := 0
	for _, key := range []string{"preload", "for", "until"} {
		if given(key) {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		d.ps.add(n.at, "a phase has exactly one of preload, for and until")
	case p.Until != "" && p.AtMost == 0:
		d.ps.add(n.at, "a phase with `until` lacks \"at_most\", as `at_most: 600s`: what never drains would never end")
	case p.Until == "" && given("at_most"):
		d.ps.add(locate(n, "at_most"), "at_most belongs to a phase with `until`")
	case given("sends") && (given("arrivals") || given("producers")):
		d.ps.add(locate(n, "sends"), "a phase has sends or arrivals, not both; sends name their producers")
	case p.Preload > 0 && (given("arrivals") || given("producers") || given("sends")):
		key := "arrivals"
		for _, k := range []string{"producers", "sends"} {
			if given(k) {
				key = k
			}
		}
		d.ps.add(locate(n, key), "a preload has no %s: all producers of the workload send it", key)
	case given("producers") && !given("arrivals"):
		d.ps.add(locate(n, "producers"), "producers without `arrivals` send nothing")
	case len(p.Sends) > 0 && p.Sends[len(p.Sends)-1].At >= max(p.AtMost, p.For):
		d.ps.add(locate(n, "sends"), "the last message is sent at %s, and the phase lasts at most %s",
			durations.format(p.Sends[len(p.Sends)-1].At), durations.format(max(p.AtMost, p.For)))
	}
	if p.Producers = max(1, p.Producers); p.total {
		p.Arrivals.Rate /= int64(p.Producers)
	}
	if a := &p.Arrivals; a.Process != "" && (a.Rate < minRate || a.Rate > maxRate) {
		d.ps.add(locate(n, "arrivals", a.Process), "a producer sends between %s and %s, and here it is %s",
			rates.format(minRate), rates.format(maxRate), rates.format(a.Rate))
	}
}

// The rates of one producer, in millionths of a message a second.
const (
	minRate = 1_000
	maxRate = 10_000_000 * million
)

// preload is a backlog.
type preload struct {
	work   int64
	shares []int64
}

// preloadValue reads `60s of work`, or {work: 60s, partition_shares: [100%, 20%]}.
func preloadValue() value[preload] {
	work := duration(1)
	parts := checked(list(quantity(&shares, 0, million), 1, 4096, "[100%, 20%]"), func(d *decoder, n *node, v *[]int64) {
		if !slices.ContainsFunc(*v, func(share int64) bool { return share > 0 }) {
			d.ps.add(n.at, "at least one partition has a share")
		}
	})
	long := mapping("preload", []field[preload]{
		bind(key{name: "work", required: true, example: "60s",
			doc: "How long the consumers need for it."}, work, func(p *preload) *int64 { return &p.work }),
		bind(key{name: "partition_shares", example: "[100%, 20%, 20%, 20%]",
			doc: "An uneven backlog: the i-th partition gets this share of what it would have of an even one."},
			parts, func(p *preload) *[]int64 { return &p.shares }),
	})
	short := spec{kind: kindDuration, suffix: " of work"}
	return value[preload]{spec{kind: kindEither, either: []spec{short, long.spec}},
		func(d *decoder, n *node, what string, out *preload) {
			if n.shape != shapeScalar {
				long.read(d, n, what, out)
				return
			}
			if !d.scalar(n, what) {
				return
			}
			text, ok := strings.CutSuffix(n.text, " of work")
			if !ok {
				d.ps.add(n.at, "preload is an amount of work, as `60s of work`, and here is %s", quote(n.text))
				return
			}
			work.read(d, &node{shape: shapeScalar, at: n.at, text: text}, what, &out.work)
		}}
}

// arrivals is a stream before it is known how many producers share it.
type arrivals struct {
	Arrivals
	total bool
}

// arrivalsValue reads {poisson: 160/s, total: true} or {constant: 90/min}.
func arrivalsValue() value[arrivals] {
	process := func(name, doc string) field[arrivals] {
		return put(key{name: name, doc: doc, example: "160/s"}, quantity(&rates, 0, 0),
			func(a *arrivals, rate int64) { a.Process, a.Rate = name, rate })
	}
	return checked(mapping("arrivals", []field[arrivals]{
		process("poisson", "At random, with this mean rate."),
		process("constant", "Evenly, at this rate."),
		bind(key{name: "total", def: "false", example: "true",
			doc: "The rate is that of all producers together, rather than of each."},
			boolean(), func(a *arrivals) *bool { return &a.total }),
	}), func(d *decoder, n *node, a *arrivals) {
		onlyOne(d, n, "arrivals", "poisson", "constant")
		if a.Process == "" {
			d.ps.add(n.at, "arrivals lack a process, as {poisson: 160/s}")
		}
	})
}
