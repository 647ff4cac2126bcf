package scenarios

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

const (
	// maxCases bounds what the axes of a scan multiply to.
	maxCases = 10_000
	// maxNodes bounds the parts of all cases together, which is what takes time.
	maxNodes = 500_000
	// maxQuiet is how many cases of a file that has mistakes are read without
	// finding another one.
	maxQuiet = 500
)

// Var is a variable given from outside: `--var after=5`.
type Var struct{ Name, Value string }

// VarError reports a --var that the scenario has no use for.
type VarError struct {
	Name, Problem string
}

// Error implements error.
func (e *VarError) Error() string { return fmt.Sprintf("--var %s: %s", e.Name, e.Problem) }

// Load reads a scenario. name is what it is called and file how errors name the
// file; vars replace the defaults of `vars` and pin axes of `scan`, the last one
// of a name. The error is [*Errors] for mistakes in the file and [*VarError] for
// a variable that it does not have or a value that an axis does not have. A
// scenario of the library may include parts of its folder there, any other none:
// see [LoadFrom].
func Load(reg *Registry, name, file string, src []byte, vars []Var) (*Scenario, error) {
	return LoadFrom(reg, name, file, src, vars, parts(name))
}

// LoadFrom is Load with the folder in which the scenario's file lies: what it
// includes is read there. A nil folder has nothing to include.
func LoadFrom(reg *Registry, name, file string, src []byte, vars []Var, folder fs.FS) (*Scenario, error) {
	f, err := open(reg, file, src, vars, folder)
	if err != nil {
		return nil, err
	}
	x := f.expander(name)
	x.expand(f.root)
	x.judge(len(vars) > 0)
	if err := f.ps.err(); err != nil {
		return nil, err
	}
	x.sc.Notes = f.ps.notes
	return x.sc, nil
}

// opened is a file that was parsed, with what it includes merged in, and whose
// header was read.
type opened struct {
	ps   *problems
	root *node
	d    *decoder
	h    *header
}

// open reads a file up to where its cases begin.
func open(reg *Registry, name string, src []byte, vars []Var, folder fs.FS) (*opened, error) {
	ps := newProblems(name)
	root := parse(src, ps)
	if root == nil {
		return nil, ps.err()
	}
	if root.shape != shapeMap {
		ps.add(root.at, "a scenario is a mapping, which begins with `orderlab: 1`, and here is %v", root.shape)
		return nil, ps.err()
	}
	if other := root.get("orderlab"); other != nil && otherVersion(other) {
		// What else another language has is no mistake in it.
		ps.add(other.at, "orderlab is the version of the language, of which this program reads %d, and here is %s; "+
			"take a build that reads it, see `orderlab version`", Version, quote(other.text))
		return nil, ps.err()
	}
	ps.own = spans(root, len(ps.files[0].lines), "strategies", "scan")
	d := newDecoder(reg, ps)
	d.includes = &includes{ps: ps, folder: folder, known: make(map[string]*node), left: maxFile - len(src)}
	root = d.includes.all(root, partKeys(d), nil)
	h := d.header(root)
	if err := h.pin(vars); err != nil && len(ps.list) == 0 {
		return nil, err
	}
	return &opened{ps, root, d, h}, nil
}

// expander returns what makes the cases.
func (f *opened) expander(name string) *expander {
	h := f.h
	sc := &Scenario{Name: name, ID: h.id, Question: h.question, Sources: h.sources, Runs: int(h.runs), Plots: h.plots}
	for _, v := range h.vars {
		sc.Settable = append(sc.Settable, Settable{v.name, []string{v.value.text}})
	}
	for _, a := range h.axes {
		sc.Settable = append(sc.Settable, Settable{a.name, a.all})
	}
	if h.seeded {
		seed := uint64(h.seed)
		sc.Seed = &seed
	}
	return &expander{d: f.d, h: h, used: make(map[string]bool), sc: sc}
}

// expander makes the cases of a scenario.
type expander struct {
	d      *decoder
	h      *header
	sc     *Scenario
	used   map[string]bool // the variables and axes that something refers to
	broken []bool          // the cases that have mistakes
	// nodes counts the parts of all cases so far; stop ends the work.
	nodes int
	stop  bool
	quiet int // cases since the last new mistake
}

// expand makes the cases: each strategy at each point of the axes that it uses.
func (x *expander) expand(root *node) {
	d := x.d
	base := &node{shape: shapeMap, at: root.at}
	for _, e := range root.entries {
		if slices.ContainsFunc(d.body, func(f field[Case]) bool { return f.key.name == e.key }) {
			base.entries = append(base.entries, e)
		}
	}
	strategies := x.h.strategies
	if len(strategies) == 0 {
		// There is nothing to run, but the body has mistakes of its own.
		strategies = []entry{{"", root.at, &node{shape: shapeMap}}}
	}
	for _, s := range strategies {
		x.sc.Strategies = append(x.sc.Strategies, s.key)
		x.patches(base, s, nil)
	}
	d.ps.end()
	d.c, d.system = nil, nil
	if !x.stop && !d.ps.misreferred {
		x.unused()
	}
	if runs := int(x.h.runs) * len(x.sc.Cases); runs > maxRuns {
		at := x.h.scanAt
		if x.h.runsAt != root.at {
			at = x.h.runsAt
		}
		d.ps.add(at, "%d cases with %d runs each make %d runs, more than %d", len(x.sc.Cases), x.h.runs, runs, maxRuns)
	}
}

// spans returns the lines that keys of the root take up.
func spans(root *node, lines int, keys ...string) []span {
	var out []span
	for i, e := range root.entries {
		if !slices.Contains(keys, e.key) {
			continue
		}
		last := lines
		if i+1 < len(root.entries) {
			last = root.entries[i+1].at.line - 1
		}
		out = append(out, span{e.at.line, last})
	}
	return out
}

// unused reports axes and variables that do nothing.
func (x *expander) unused() {
	for _, a := range x.h.axes {
		if len(a.all) > 0 && a.patches == nil && !x.used[a.name] {
			x.d.ps.add(a.at, "no strategy refers to the axis %q; write ${%s} where its values belong", a.name, a.name)
		}
	}
	for _, v := range x.h.vars {
		if !x.used[v.name] {
			x.d.ps.add(v.at, "nothing refers to the variable %q; write ${%s} where it belongs", v.name, v.name)
		}
	}
}

// patches goes through the axes of patches. They apply in the order of the file,
// and the strategy after them. chosen has the value of each axis so far, -1 for
// an axis of values.
func (x *expander) patches(tree *node, strategy entry, chosen []int) {
	at := len(chosen)
	switch {
	case x.stop:
	case at == len(x.h.axes):
		merged := merge(tree, strategy.value)
		size, refs := 0, make(map[string]bool)
		merged.walk(func(n *node) {
			size++
			for _, name := range references(n) {
				refs[name], x.used[name] = true, true
			}
		})
		x.values(merged, size, refs, strategy.key, chosen, 0)
	case x.h.axes[at].patches == nil:
		x.patches(tree, strategy, append(chosen, -1))
	default:
		for i, p := range x.h.axes[at].patches {
			x.patches(merge(tree, p), strategy, append(slices.Clone(chosen), i))
		}
	}
}

// values goes through the axes of values that the tree refers to.
func (x *expander) values(tree *node, size int, refs map[string]bool, strategy string, chosen []int, at int) {
	if at == len(x.h.axes) {
		x.one(tree, size, strategy, chosen)
		return
	}
	a := &x.h.axes[at]
	if a.patches != nil || !refs[a.name] {
		x.values(tree, size, refs, strategy, chosen, at+1)
		return
	}
	for i := range a.values {
		if x.stop {
			return
		}
		next := slices.Clone(chosen)
		next[at] = i
		x.values(tree, size, refs, strategy, next, at+1)
	}
}

// one makes one case.
func (x *expander) one(tree *node, size int, strategy string, chosen []int) {
	d := x.d
	x.nodes += size
	switch {
	case len(x.sc.Cases) == maxCases:
		d.ps.add(x.h.scanAt, "strategies and axes multiply to more than %d cases", maxCases)
	case x.nodes > maxNodes && len(x.sc.Cases) > 0:
		d.ps.add(x.h.scanAt, "a file of this size multiplies to too many cases; after %d they have %d parts",
			len(x.sc.Cases), x.nodes)
	}
	if x.stop = x.stop || d.ps.enough() || len(x.sc.Cases) == maxCases || x.nodes > maxNodes; x.stop {
		return
	}
	c := Case{Scenario: x.sc.Name, Strategy: strategy, Point: Point{}}
	vars := slices.Clone(x.h.vars)
	for i, at := range chosen {
		if at < 0 {
			continue
		}
		a := &x.h.axes[i]
		c.Point = append(c.Point, Coordinate{a.name, a.values[at].scalar()})
		if a.patches == nil {
			vars = append(vars, variable{a.name, a.at, a.values[at]})
		}
	}
	d.ps.begin(c.label())
	s := substitution{vars: vars, unknown: x.unknown, wrong: d.ps.add}
	before, known := d.ps.calls, len(d.ps.list)
	d.readCase(x.complete(&s, s.apply(tree)), &c)
	if x.quiet++; len(d.ps.list) > known {
		x.quiet = 0
	}
	x.stop = x.stop || known > 0 && x.quiet > maxQuiet
	switch {
	case x.sc.System == "":
		x.sc.System = c.System
	case c.System != "" && c.System != x.sc.System:
		d.ps.add(locate(tree, "system", c.System), "a scenario has one system, and this is a second one beside %s",
			x.sc.System)
	}
	if strategy != "" {
		x.sc.Cases, x.broken = append(x.sc.Cases, c), append(x.broken, d.ps.calls > before)
	}
}

// unknown reports a reference to nothing.
func (x *expander) unknown(name string, at position) {
	x.d.ps.misreferred = true
	switch {
	case x.d.ps.full():
		return
	case name == "":
		x.d.ps.add(at, "${} names no variable")
		return
	}
	if slices.ContainsFunc(x.h.axes, func(a axis) bool { return a.name == name }) {
		x.d.ps.add(at, "%q is an axis of patches, which has no value to put in; only a list of values has", name)
		return
	}
	x.d.ps.add(at, "nothing is called %s; name it under `vars` or `scan`%s", quote(name), didYouMean(name, x.h.names()))
}

// label names the case in messages.
func (c *Case) label() string {
	var b strings.Builder
	fmt.Fprintf(&b, "strategy %s", c.Strategy)
	for i, p := range c.Point {
		fmt.Fprintf(&b, "%s %s = %v", [2]string{" at", ","}[min(i, 1)], p.Axis, p.Value)
	}
	return clip(b.String())
}
