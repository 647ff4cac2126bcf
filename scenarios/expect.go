package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model"
)

// The verdicts that can be expected.
const (
	holds    = "holds"
	violated = "violated"
)

// expectation is what a file expects of one strategy.
type expectation struct {
	strategy string
	at       position
	rules    []rule
}

// rule is one item of a strategy's expectations.
type rule struct {
	at     position
	when   []condition
	expect []expected
	judged bool // some case met it
}

// condition asks for an axis to have one of some values.
type condition struct {
	axis   string
	at     position
	values []*node
	texts  map[string]bool
}

// expected is a verdict with the place where it stands.
type expected struct {
	Expectation
	at position
}

// guarantees are what any system of the registry can decide, in order.
func guarantees(reg *Registry) []string {
	var out []string
	for _, s := range reg.Systems {
		for _, g := range s.Guarantees {
			if !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	return out
}

func expectValue(reg *Registry) value[[]expectation] {
	all := oneOrRules(ruleValue(reg))
	entries := entriesOf("expect", maxStrategies, all.spec, "{naive: [{per-key-order: violated}]}")
	return value[[]expectation]{entries.spec, func(d *decoder, n *node, what string, out *[]expectation) {
		var found []entry
		entries.read(d, n, what, &found)
		for _, e := range found {
			x := expectation{strategy: e.key, at: e.at}
			all.read(d, e.value, "expect."+e.key, &x.rules)
			*out = append(*out, x)
		}
	}}
}

// oneOrRules reads a list of rules, or one alone.
func oneOrRules(item value[rule]) value[[]rule] {
	const maxRules = 100
	all := list(item, 1, maxRules, "[{per-key-order: holds}]")
	return value[[]rule]{
		spec{kind: kindEither, either: []spec{all.spec, item.spec}},
		func(d *decoder, n *node, what string, out *[]rule) {
			if n.shape == shapeMap {
				n = &node{shape: shapeList, at: n.at, items: []*node{n}}
			}
			all.read(d, n, what, out)
		},
	}
}

func ruleValue(reg *Registry) value[rule] {
	known := guarantees(reg)
	fields := []field[rule]{
		{key{name: "when", example: "{after: 8}", doc: "The points that the item is about: axes with a value or a list of values. " +
			"Without it the item is about every point.",
			spec: spec{kind: kindNames, item: &spec{kind: kindEither, either: []spec{
				{kind: kindValue}, {kind: kindList, item: &spec{kind: kindValue}, min: 1}}}}},
			func(d *decoder, n *node, r *rule) { r.when = d.conditions(n) }},
	}
	for _, g := range known {
		doc := "`holds` must hold in every run, `violated` must be seen in one."
		if meaning := reg.Meanings[g]; meaning != "" {
			doc = strings.Join(strings.Fields(meaning), " ") + " " + doc
		}
		k := key{name: g, doc: doc, example: holds,
			spec: spec{kind: kindText, enum: []string{holds, violated}}}
		fields = append(fields, field[rule]{k, func(d *decoder, n *node, r *rule) {
			x := expected{Expectation: Expectation{Guarantee: g}, at: n.at}
			choice(holds, violated).read(d, n, g, &x.Verdict)
			r.expect = append(r.expect, x)
		}})
	}
	v := titled("expectation", mapping("an expectation", fields))
	read := v.read
	v.read = func(d *decoder, n *node, what string, out *rule) {
		out.at = n.at
		if d.onlyRecorded(n, reg, known) {
			return
		}
		before := d.ps.calls
		read(d, n, what, out)
		// In the order of the file, and each at its key.
		slices.SortStableFunc(out.expect, func(a, b expected) int { return index(n, a.Guarantee) - index(n, b.Guarantee) })
		for i := range out.expect {
			out.expect[i].at = locate(n, out.expect[i].Guarantee)
		}
		if len(out.expect) == 0 && d.ps.calls == before {
			d.ps.add(n.at, "an expectation names a guarantee: %s", oneOf(known))
		}
	}
	return v
}

// onlyRecorded reports what is expected though no model records what it is decided by.
func (d *decoder) onlyRecorded(n *node, reg *Registry, known []string) (found bool) {
	for _, e := range n.entries {
		if slices.Contains(reg.Recorded, e.key) && !slices.Contains(known, e.key) {
			d.ps.add(e.at, "no model records what %s is decided by; `orderlab check` decides it, on recorded "+
				"histories", e.key)
			found = true
		}
	}
	return found
}

// index returns the number of a key in a mapping.
func index(n *node, key string) int {
	return slices.IndexFunc(n.entries, func(e entry) bool { return e.key == key })
}

func (d *decoder) conditions(n *node) []condition {
	if n.shape != shapeMap || len(n.entries) == 0 {
		d.ps.add(n.at, "when is a mapping of axes to values, as {after: 8}, and here is %v", n.shape)
		return nil
	}
	var out []condition
	for _, e := range n.entries {
		c := condition{axis: e.key, at: e.at, texts: make(map[string]bool)}
		items := e.value.items
		if e.value.shape != shapeList {
			items = []*node{e.value}
		}
		for _, item := range items {
			if d.scalar(item, "a value of the axis "+clip(e.key)) {
				c.values, c.texts[item.text] = append(c.values, item), true
			}
		}
		out = append(out, c)
	}
	return out
}

// judge gives every case what is expected of it: the first rule whose `when`
// fits. All cases decide the same guarantees: those of any expectation, or all
// that the system can decide when there is none. Pinned says that variables were
// given from outside, so that the cases are not all that the file has.
func (x *expander) judge(pinned bool) {
	system := x.d.reg.System(x.sc.System)
	if system == nil {
		return
	}
	for i := range x.h.expect {
		x.expectation(&x.h.expect[i], system)
	}
	if len(x.sc.Guarantees) == 0 {
		x.sc.Guarantees = decidable(system, x.sc.Cases)
	}
	x.sc.NotJudged = notJudged(system, x.sc)
	for i := range x.sc.Cases {
		x.sc.Cases[i].Guarantees = x.sc.Guarantees
		x.sc.Cases[i].Expect = x.expected(i)
	}
	if len(x.d.ps.list) == 0 && !pinned {
		x.unreached()
	}
}

// expectation checks what a strategy is expected to keep.
func (x *expander) expectation(e *expectation, s *model.System) {
	ps := x.d.ps
	if named := len(x.h.strategies) > 0; named && !slices.Contains(x.sc.Strategies, e.strategy) {
		ps.add(e.at, "there is no strategy %s%s", quote(e.strategy), didYouMean(e.strategy, x.sc.Strategies))
	}
	for _, r := range e.rules {
		for _, c := range r.when {
			x.condition(&c)
		}
		for _, v := range r.expect {
			if !slices.Contains(s.Guarantees, v.Guarantee) {
				ps.add(v.at, "the model of %s cannot decide %s; it decides %s",
					s.Name, v.Guarantee, strings.Join(s.Guarantees, ", "))
			} else if !slices.Contains(x.sc.Guarantees, v.Guarantee) {
				x.sc.Guarantees = append(x.sc.Guarantees, v.Guarantee)
			}
		}
	}
}

// condition checks that an axis exists and can have the values.
func (x *expander) condition(c *condition) {
	i := slices.IndexFunc(x.h.axes, func(a axis) bool { return a.name == c.axis })
	if i < 0 {
		var axes []string
		for _, a := range x.h.axes {
			axes = append(axes, a.name)
		}
		x.d.ps.add(c.at, "there is no axis %s%s", quote(c.axis), didYouMean(c.axis, axes))
		return
	}
	for _, v := range c.values {
		if all := x.h.axes[i].all; !slices.Contains(all, v.text) {
			x.d.ps.add(v.at, "the axis %s is never %s%s", c.axis, quote(v.text), didYouMean(v.text, all))
		}
	}
}

// expected returns what is expected of a case.
func (x *expander) expected(number int) []Expectation {
	c := &x.sc.Cases[number]
	i := slices.IndexFunc(x.h.expect, func(e expectation) bool { return e.strategy == c.Strategy })
	if i < 0 {
		return nil
	}
	for j := range x.h.expect[i].rules {
		r := &x.h.expect[i].rules[j]
		if !r.fits(c.Point) {
			continue
		}
		r.judged = true
		if !x.broken[number] {
			x.promised(c, r.expect)
			x.settled(c, r.expect)
		}
		var out []Expectation
		for _, v := range r.expect {
			out = append(out, v.Expectation)
		}
		return out
	}
	return nil
}

// fits says whether every condition names an axis that the point has, with a
// value that it has there.
func (r *rule) fits(p Point) bool {
	for _, c := range r.when {
		i := slices.IndexFunc(p, func(x Coordinate) bool { return x.Axis == c.axis })
		if i < 0 || !c.texts[fmt.Sprint(p[i].Value)] {
			return false
		}
	}
	return true
}

// unreached reports rules that are never judged.
func (x *expander) unreached() {
	for _, e := range x.h.expect {
		var points []Point
		for i := range x.sc.Cases {
			if x.sc.Cases[i].Strategy == e.strategy {
				points = append(points, x.sc.Cases[i].Point)
			}
		}
		for _, r := range e.rules {
			if r.judged {
				continue
			}
			if slices.ContainsFunc(points, r.fits) {
				x.d.ps.add(r.at, "never judged: an item above it fits every point that this one fits; the first that fits counts")
				continue
			}
			x.d.ps.add(r.at, "never judged: no point of the strategy %s fits%s", e.strategy, unusedAxis(&r, points))
		}
	}
}

// unusedAxis says which axis of a rule the strategy does not use.
func unusedAxis(r *rule, points []Point) string {
	for _, c := range r.when {
		if !slices.ContainsFunc(points, func(p Point) bool {
			return slices.ContainsFunc(p, func(x Coordinate) bool { return x.Axis == c.axis })
		}) {
			return fmt.Sprintf("; it does not refer to the axis %s", c.axis)
		}
	}
	return ""
}
