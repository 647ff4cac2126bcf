package scenarios

import (
	"fmt"
	"slices"

	"orderlab/model"
)

// Version is the version of the language that this package reads.
const Version = 1

// maxCases bounds what the axes of a scan multiply to.
const maxCases = 10_000

// Var is a variable given from outside: `--var after=5`.
type Var struct{ Name, Value string }

// bodyKeys are the keys that patches change; the others stand once for the file.
var bodyKeys = []string{"system", "workload", "consumers", "app", "faults", "limits"}

// header are the parts of a file that stand once.
type header struct {
	vars       []variable
	axes       []axis
	strategies []entry
	expect     []entry
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
}

// Load reads a scenario. name is what it is called and how errors name the file;
// vars replace the defaults of `vars` and pin axes of `scan`. The error is
// [*Errors] for mistakes in the file and [*VarError] for a variable that it does
// not have.
func Load(reg *model.Registry, name, file string, src []byte, vars []Var) (*Scenario, error) {
	ps := new(problems)
	root := parse(src, ps)
	if root == nil || len(ps.list) > 0 {
		return nil, ps.err(file, src)
	}
	d := &decoder{ps: ps, reg: reg}
	sc := &Scenario{Name: name, Runs: defaultRuns}
	var h header
	d.header(root, sc, &h)
	if len(ps.list) > 0 {
		return nil, ps.err(file, src)
	}
	if err := h.pin(vars); err != nil {
		return nil, err
	}
	d.expand(root, sc, &h)
	d.expectations(sc, &h)
	if err := ps.err(file, src); err != nil {
		return nil, err
	}
	return sc, nil
}

// VarError reports a --var that the scenario has no use for.
type VarError struct {
	Name, Problem string
}

// Error implements error.
func (e *VarError) Error() string { return fmt.Sprintf("--var %s: %s", e.Name, e.Problem) }

func (d *decoder) header(root *node, sc *Scenario, h *header) {
	version := int64(0)
	runs := int64(defaultRuns)
	var plots []string
	ignore := func(*node) {}
	fields := []field{
		{"orderlab", true, d.integer(&version, "orderlab, the version of the language,", 1, Version)},
		{"id", false, d.texts(&sc.ID, "id")},
		{"question", true, d.text(&sc.Question, "question")},
		{"sources", false, d.texts(&sc.Sources, "sources")},
		{"runs", false, d.integer(&runs, "runs", 1, 1_000_000)},
		{"plots", false, d.texts(&plots, "plots")},
		{"vars", false, func(n *node) { d.vars(n, h) }},
		{"scan", false, func(n *node) { d.scan(n, h) }},
		{"strategies", true, func(n *node) { h.strategies = d.named(n, "strategies") }},
		{"expect", false, func(n *node) { h.expect = d.named(n, "expect") }},
	}
	for _, key := range bodyKeys {
		fields = append(fields, field{key, false, ignore})
	}
	d.object(root, "a scenario", fields, nil)
	sc.Runs, sc.Plots = int(runs), plots
	for _, s := range h.strategies {
		sc.Strategies = append(sc.Strategies, s.key)
		if s.value.shape != shapeMap && s.value.shape != shapeNull {
			d.ps.add(s.value.at, "a strategy is a patch, as {app: {...}}, or {} for none, and here is %v", s.value.shape)
			continue
		}
		for _, e := range s.value.entries {
			if !slices.Contains(bodyKeys, e.key) {
				d.ps.add(e.at, "a strategy cannot change %q%s", e.key, didYouMean(e.key, bodyKeys))
			}
		}
	}
}

// named reads a mapping of any names.
func (d *decoder) named(n *node, what string) []entry {
	if n.shape != shapeMap || len(n.entries) == 0 {
		d.ps.add(n.at, "%s maps names to what they mean, and here is %v", what, n.shape)
		return nil
	}
	return n.entries
}

func (d *decoder) vars(n *node, h *header) {
	for _, e := range d.named(n, "vars") {
		if d.scalar(e.value, "a variable") {
			h.vars = append(h.vars, variable{e.key, e.value})
		}
	}
}

func (d *decoder) scan(n *node, h *header) {
	for _, e := range d.named(n, "scan") {
		a := axis{name: e.key, at: e.at}
		switch v := e.value; {
		case v.shape == shapeList && len(v.items) > 0:
			for _, item := range v.items {
				if d.scalar(item, "a value of an axis") {
					a.values = append(a.values, item)
				}
			}
		case v.shape == shapeMap && len(v.entries) > 0:
			for _, p := range v.entries {
				a.values = append(a.values, &node{shape: shapeScalar, at: p.at, text: p.key, quoted: true})
				a.patches = append(a.patches, p.value)
			}
		default:
			d.ps.add(v.at, "an axis is a list of values, as [5, 6, 8], or maps names to patches")
		}
		h.axes = append(h.axes, a)
	}
}

// pin puts variables in from outside.
func (h *header) pin(vars []Var) error {
	for _, v := range vars {
		value := &node{shape: shapeScalar, at: position{1, 1}, text: v.Value}
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
	var names []string
	for i, v := range a.values {
		names = append(names, v.text)
		if v.text == value.text {
			a.values = a.values[i : i+1]
			if a.patches != nil {
				a.patches = a.patches[i : i+1]
			}
			return nil
		}
	}
	if a.patches != nil {
		return &VarError{a.name, fmt.Sprintf("%q is no value of the axis%s", value.text, didYouMean(value.text, names))}
	}
	a.values = []*node{value}
	return nil
}

// expand makes the cases: each strategy at each point of the axes that it uses.
func (d *decoder) expand(root *node, sc *Scenario, h *header) {
	base := &node{shape: shapeMap, at: root.at}
	for _, e := range root.entries {
		if slices.Contains(bodyKeys, e.key) {
			base.entries = append(base.entries, e)
		}
	}
	used := make(map[string]bool)
	for _, s := range h.strategies {
		d.walk(base, s, h, used, nil, 0, sc)
	}
	for _, a := range h.axes {
		if a.patches == nil && !used[a.name] {
			d.ps.add(a.at, "no strategy refers to the axis %q; write ${%s} where its values belong", a.name, a.name)
		}
	}
	for _, v := range h.vars {
		if !used[v.name] {
			d.ps.add(v.value.at, "nothing refers to the variable %q; write ${%s} where it belongs", v.name, v.name)
		}
	}
}

// walk goes through the axes of patches, and then through those of values.
func (d *decoder) walk(base *node, strategy entry, h *header, used map[string]bool, chosen []int, depth int, sc *Scenario) {
	if depth < len(h.axes) {
		a := &h.axes[depth]
		if a.patches == nil {
			d.walk(base, strategy, h, used, append(chosen, -1), depth+1, sc)
			return
		}
		for i := range a.values {
			d.walk(merge(base, a.patches[i]), strategy, h, used, append(chosen, i), depth+1, sc)
		}
		return
	}
	merged := base
	if strategy.value.shape == shapeMap {
		merged = merge(base, strategy.value)
	}
	for i := range h.axes {
		if h.axes[i].patches == nil && merged.uses(h.axes[i].name) {
			used[h.axes[i].name] = true
		}
	}
	for _, v := range h.vars {
		used[v.name] = used[v.name] || merged.uses(v.name)
	}
	d.points(merged, strategy.key, h, chosen, 0, sc)
}

// points goes through the axes of values that the tree refers to.
func (d *decoder) points(tree *node, strategy string, h *header, chosen []int, depth int, sc *Scenario) {
	if len(sc.Cases) >= maxCases {
		if len(sc.Cases) == maxCases {
			d.ps.add(h.axes[0].at, "the axes multiply to more than %d cases", maxCases)
		}
		return
	}
	if depth < len(h.axes) {
		a := &h.axes[depth]
		if a.patches != nil || !tree.uses(a.name) {
			d.points(tree, strategy, h, chosen, depth+1, sc)
			return
		}
		for i := range a.values {
			next := slices.Clone(chosen)
			next[depth] = i
			d.points(tree, strategy, h, next, depth+1, sc)
			if len(d.ps.list) > maxErrors {
				return
			}
		}
		return
	}
	d.one(tree, strategy, h, chosen, sc)
}

// one makes one case.
func (d *decoder) one(tree *node, strategy string, h *header, chosen []int, sc *Scenario) {
	c := Case{Scenario: sc.Name, Strategy: strategy, Point: Point{}}
	vars := slices.Clone(h.vars)
	for i, at := range chosen {
		if at < 0 {
			continue
		}
		v := h.axes[i].values[at]
		c.Point = append(c.Point, Coordinate{h.axes[i].name, v.scalar()})
		if h.axes[i].patches == nil {
			vars = append(vars, variable{h.axes[i].name, v})
		}
	}
	tree = substitute(tree, vars, func(name string, at position) {
		d.ps.add(at, "nothing is called %q; name it under `vars` or `scan`%s", name, didYouMean(name, h.names()))
	})
	d.body(tree, &c)
	sc.System = c.System
	sc.Cases = append(sc.Cases, c)
}
