package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Version is the version of the language that this package reads.
const Version = 1

const (
	defaultRuns = 20
	// The most seeds that a file may ask for, and the most runs in all.
	maxSeeds = 1_000_000
	maxRuns  = 1_000_000
	// The most of what a file may name.
	maxVars, maxAxes, maxValues, maxStrategies = 100, 16, 1000, 200
)

// header are the parts of a file that stand once. The others, the body, can be
// changed by patches and are read for each case.
type header struct {
	version, runs  int64
	seed           int64
	seeded         bool
	id, sources    []string
	question       string
	plots          []string
	vars           []variable
	axes           []axis
	strategies     []entry
	expect         []expectation
	runsAt, scanAt position
}

// axis is one axis of a scan. Its values are scalars that stand for ${name}, or
// patches with a name.
type axis struct {
	name   string
	at     position
	values []*node
	// patches has the patch of each value, or is nil. An axis of patches
	// multiplies every strategy, an axis of values those that refer to it.
	patches []*node
	// all are the values of the file, also where one of them was chosen from
	// outside.
	all []string
}

func headerFields(reg *Registry) []field[header] {
	plot := text()
	if len(reg.Plots) > 0 {
		plot = choice(reg.Plots...)
	}
	return []field[header]{
		bind(key{name: "orderlab", required: true, example: "1",
			doc: "The version of the language."}, version(), func(h *header) *int64 { return &h.version }),
		bind(key{name: "id", example: "[K6]",
			doc: "What the scenario is called elsewhere."},
			oneOrList(text(), "[K6]"), func(h *header) *[]string { return &h.id }),
		bind(key{name: "question", required: true, example: "How long must new partitions pause?",
			doc: "The question that the scenario answers, in one sentence."},
			text(), func(h *header) *string { return &h.question }),
		bind(key{name: "sources", example: "[E1]",
			doc: "Where the question is from."}, oneOrList(text(), "[E1]"), func(h *header) *[]string { return &h.sources }),
		bind(key{name: "runs", def: "20", example: "20",
			doc: "How many seeds the expectations need: with fewer, a violation that was not seen is unknown, not a failure."},
			integer[int64](1, maxSeeds), func(h *header) *int64 { return &h.runs }),
		bind(key{name: "seed", example: "7",
			doc: "The seed of the run when the command line asks for no other; with it `runs` is 1 unless given."},
			integer[int64](0, maxQuantity), func(h *header) *int64 { return &h.seed }),
		bind(key{name: "plots", example: "[lag-over-time]",
			doc: "The pictures to draw."}, oneOrList(plot, "[lag-over-time]"), func(h *header) *[]string { return &h.plots }),
		{key: key{name: "include", example: "[common.part.yaml]",
			doc: "Files with parts of a scenario, below its own folder: any part of the body, `vars` and `strategies`. " +
				"They are laid one over another, and the scenario over them, as a patch.",
			spec: oneOrList(text(), "[common.part.yaml]").spec}},
		bind(key{name: "vars", example: "{load: 160/s}",
			doc: "Variables with their defaults. ${name} in any value of the body stands for one; `--var name=value` gives it another value."},
			variablesValue(), func(h *header) *[]variable { return &h.vars }),
		bind(key{name: "scan", example: "{after: [5, 6, 8]}",
			doc: "Axes along which everything is repeated, with one result for each point. " +
				"A list of values stands for ${name} and multiplies the strategies that refer to it; " +
				"a mapping of names to patches multiplies all. `--var name=value` keeps one value."},
			axesValue(), func(h *header) *[]axis { return &h.axes }),
		bind(key{name: "strategies", required: true, example: "{naive: {}}",
			doc: "What is compared: each name with a patch of the body. In a patch mappings merge, null removes a key, " +
				"and everything else, lists too, replaces what stood there."},
			strategiesValue(), func(h *header) *[]entry { return &h.strategies }),
		bind(key{name: "expect", example: "{naive: [{per-key-order: violated}]}",
			doc: "What each strategy is expected to keep: a list, of which the first item whose `when` fits a point is judged."},
			expectValue(reg), func(h *header) *[]expectation { return &h.expect }),
	}
}

// version reads the version of the language.
func version() value[int64] {
	v := integer[int64](Version, Version)
	v.read = func(d *decoder, n *node, what string, out *int64) {
		if !d.scalar(n, what) {
			return
		}
		if *out = Version; n.quoted || n.text != strconv.Itoa(Version) {
			d.ps.add(n.at, "%s is %d, the version of the language that this program reads, and here is %s",
				what, Version, quote(n.text))
		}
	}
	return v
}

// otherVersion says whether a value is the number of another version of the language.
func otherVersion(n *node) bool {
	number, err := strconv.ParseUint(n.text, 10, 64)
	return n.shape == shapeScalar && !n.quoted && err == nil && number != Version
}

// header reads the header of a file, and looks over what the body may not have.
func (d *decoder) header(root *node) *header {
	// What stands in included files a null may remove.
	shared := len(d.ps.files) > 1
	h := &header{runs: defaultRuns, runsAt: locate(root, "runs"), scanAt: locate(root, "scan")}
	fields := headerFields(d.reg)
	for _, f := range fields {
		if e := root.entry(f.key.name); e != nil && e.value.shape == shapeNull {
			d.noNull(e.key, e.at, e.value)
		}
	}
	for _, f := range d.body {
		// What a file lacks a patch may still give.
		f.key.required = false
		fields = append(fields, field[header]{key: f.key})
		if e := root.entry(f.key.name); e != nil && !shared && !laidOver(e.value) {
			d.noNull(e.key, e.at, e.value)
		}
	}
	readMapping(d, root, "the scenario", fields, h)
	if h.seeded = root.get("seed") != nil; h.seeded && root.get("runs") == nil {
		h.runs = 1
	}
	d.distinct(h)
	return h
}

// laidOver says whether a part of the body is a patch of something: a workload of
// its preset, a system of a file with a profile.
func laidOver(n *node) bool {
	over := n.get("preset") != nil
	for _, e := range n.entries {
		if p := e.value.get("profile"); p != nil && strings.HasSuffix(p.text, ".yaml") {
			over = true
		}
	}
	return over
}

// distinct reports a name that stands for two things.
func (d *decoder) distinct(h *header) {
	for i := range h.axes {
		if slices.ContainsFunc(h.vars, func(v variable) bool { return v.name == h.axes[i].name }) {
			d.ps.add(h.axes[i].at, "%q is a variable under `vars` and an axis; give one of them another name", h.axes[i].name)
		}
	}
}

// noNull reports keys with nothing in them, where nothing stands above that null
// could remove.
func (d *decoder) noNull(key string, at position, n *node) {
	if n.shape == shapeNull {
		d.ps.add(at, "%q is empty; write a value, or leave it out for the default", key)
	}
	for _, e := range n.entries {
		d.noNull(e.key, e.at, e.value)
	}
	d.noNullInside(n)
}

// noNullInside does so for the items of a list, which are whole: a list replaces
// what stood there. Whoever reads it reports an item that is empty itself.
func (d *decoder) noNullInside(n *node) {
	for _, item := range n.items {
		for _, e := range item.entries {
			d.noNull(e.key, e.at, e.value)
		}
		d.noNullInside(item)
	}
}

func variablesValue() value[[]variable] {
	entries := entriesOf("vars", maxVars, anyValue().spec, "{load: 160/s}")
	return value[[]variable]{entries.spec, func(d *decoder, n *node, what string, out *[]variable) {
		var all []entry
		entries.read(d, n, what, &all)
		for _, e := range all {
			// The name is known even if its value is wrong.
			*out = append(*out, variable{e.key, e.at, e.value})
			d.plain(e.value, "the variable "+e.key)
		}
	}}
}

// plain says whether a node is a single value without references.
func (d *decoder) plain(n *node, what string) bool {
	if n.shape == shapeScalar && refers(n.text) {
		d.ps.misreferred = true
		d.ps.add(n.at, "%s refers to a variable; write its value out", what)
		return false
	}
	return d.scalar(n, what)
}

// entriesOf reads a mapping of names to anything, to be read later.
func entriesOf(title string, most int, item spec, form string) value[[]entry] {
	return value[[]entry]{
		spec{kind: kindNames, item: &item},
		func(d *decoder, n *node, _ string, out *[]entry) {
			switch {
			case n.shape != shapeMap:
				d.ps.add(n.at, "%s is a mapping of names, as %s, and here is %v", title, form, n.shape)
				return
			case len(n.entries) == 0:
				d.ps.add(n.at, "%s is empty; it is a mapping of names, as %s", title, form)
				return
			case len(n.entries) > most:
				d.ps.add(n.entries[most].at, "%s has %d names, more than %d", title, len(n.entries), most)
				return
			}
			for _, e := range n.entries {
				if d.name(e.key, e.at, "a name in "+title) {
					*out = append(*out, e)
				}
			}
		},
	}
}

func axesValue() value[[]axis] {
	patches := spec{kind: kindNames, item: &spec{kind: kindPatch}}
	values := spec{kind: kindList, item: &spec{kind: kindValue}, min: 1}
	either := spec{kind: kindEither, either: []spec{values, patches}}
	entries := entriesOf("scan", maxAxes, either, "{after: [5, 6, 8]}")
	return value[[]axis]{entries.spec, func(d *decoder, n *node, what string, out *[]axis) {
		var all []entry
		entries.read(d, n, what, &all)
		for _, e := range all {
			*out = append(*out, d.axis(e))
		}
	}}
}

func (d *decoder) axis(e entry) axis {
	a := axis{name: e.key, at: e.at}
	switch v := e.value; {
	case len(v.items) > maxValues || len(v.entries) > maxValues:
		d.ps.add(v.at, "the axis %s has more than %d values", a.name, maxValues)
	case v.shape == shapeList && len(v.items) > 0:
		for _, item := range v.items {
			if d.plain(item, "a value of the axis "+a.name) {
				d.axisValue(&a, item)
			}
		}
	case v.shape == shapeMap && len(v.entries) > 0:
		for _, p := range v.entries {
			a.patches = append(a.patches, d.patch(p.value, fmt.Sprintf("%s of the axis %s", clip(p.key), a.name)))
			d.axisValue(&a, &node{shape: shapeScalar, at: p.at, text: p.key, quoted: true})
		}
	default:
		d.ps.add(v.at, "the axis %s is a list of values, as [5, 6, 8], or a mapping of names to patches", a.name)
	}
	return a
}

func (d *decoder) axisValue(a *axis, v *node) {
	if slices.Contains(a.all, v.text) {
		d.ps.add(v.at, "the axis %s has the value %s twice", a.name, quote(v.text))
	}
	a.values, a.all = append(a.values, v), append(a.all, v.text)
}

func strategiesValue() value[[]entry] {
	entries := entriesOf("strategies", maxStrategies, spec{kind: kindPatch}, "{naive: {}}")
	return value[[]entry]{entries.spec, func(d *decoder, n *node, what string, out *[]entry) {
		var all []entry
		entries.read(d, n, what, &all)
		for _, e := range all {
			*out = append(*out, entry{e.key, e.at, d.patch(e.value, "the strategy "+e.key)})
		}
	}}
}

// patch looks over a patch; it is empty when it cannot be used.
func (d *decoder) patch(n *node, what string) *node {
	out := &node{shape: shapeMap, at: n.at}
	if n.shape != shapeMap && n.shape != shapeNull {
		d.ps.add(n.at, "%s is a patch, as {app: {...}}, or {} for none, and here is %v", what, n.shape)
	}
	known := names(keysOf(d.body))
	for _, e := range n.entries {
		if slices.Contains(known, e.key) {
			out.entries = append(out.entries, e)
		} else {
			hint := didYouMean(e.key, known)
			if Nearest(e.key, known) == "" {
				hint += "; a patch repeats the keys from the top of the file, as {system: {kafka: {producer: {acks: 1}}}}"
			}
			d.ps.add(e.at, "%s cannot change %s%s", what, quote(e.key), hint)
		}
	}
	out.walk(d.noNullInside)
	return out
}

// pin puts variables in from outside.
func (h *header) pin(vars []Var) error {
	for i, v := range vars {
		if slices.ContainsFunc(vars[i+1:], func(later Var) bool { return later.Name == v.Name }) {
			continue // the last one counts
		}
		if refers(v.Value) {
			return &VarError{v.Name, "its value refers to another variable"}
		}
		value := &node{shape: shapeScalar, text: v.Value}
		if i := slices.IndexFunc(h.vars, func(x variable) bool { return x.name == v.Name }); i >= 0 {
			h.vars[i].value = value
			continue
		}
		i := slices.IndexFunc(h.axes, func(a axis) bool { return a.name == v.Name })
		if i < 0 {
			return &VarError{v.Name, "the scenario has no variable and no axis of that name" + didYouMean(v.Name, h.names())}
		}
		if err := h.axes[i].pin(value); err != nil {
			return err
		}
	}
	return nil
}

func (h *header) names() []string {
	var out []string
	for _, v := range h.vars {
		out = append(out, v.name)
	}
	for _, a := range h.axes {
		out = append(out, a.name)
	}
	return out
}

func (a *axis) pin(value *node) error {
	if i := slices.Index(a.all, value.text); i >= 0 {
		a.values = a.values[i : i+1]
		if a.patches != nil {
			a.patches = a.patches[i : i+1]
		}
		return nil
	}
	if a.patches != nil {
		return &VarError{a.name, fmt.Sprintf("%s is no value of the axis%s",
			quote(value.text), didYouMean(value.text, a.all))}
	}
	a.values = []*node{value}
	return nil
}
