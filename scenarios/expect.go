package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model"
)

// rule is one item of a strategy's expectations.
type rule struct {
	at     position
	when   []condition
	expect []Expectation
}

// condition asks for an axis to have one of some values.
type condition struct {
	axis   string
	values []string
}

// expectations reads `expect` and gives every case what is expected of it: the
// first rule whose `when` fits. All cases decide the same guarantees: those of
// any expectation, or all that the system can decide when there is none.
func (d *decoder) expectations(sc *Scenario, h *header) {
	system := d.reg.System(sc.System)
	if system == nil {
		return
	}
	rules := make(map[string][]rule)
	for _, e := range h.expect {
		if !slices.Contains(sc.Strategies, e.key) {
			d.ps.add(e.at, "there is no strategy %q%s", e.key, didYouMean(e.key, sc.Strategies))
			continue
		}
		rules[e.key] = d.rules(e.value, h, system)
		for _, r := range rules[e.key] {
			for _, x := range r.expect {
				if !slices.Contains(sc.Guarantees, x.Guarantee) {
					sc.Guarantees = append(sc.Guarantees, x.Guarantee)
				}
			}
		}
	}
	if len(sc.Guarantees) == 0 {
		sc.Guarantees = system.Guarantees
	}
	for i := range sc.Cases {
		c := &sc.Cases[i]
		c.Guarantees = sc.Guarantees
		for _, r := range rules[c.Strategy] {
			if r.fits(c.Point) {
				c.Expect = r.expect
				break
			}
		}
	}
}

func (d *decoder) rules(n *node, h *header, s *model.System) []rule {
	items := n.items
	switch n.shape {
	case shapeMap:
		items = []*node{n}
	case shapeList:
	default:
		d.ps.add(n.at, "expectations are a list, as [{per-key-order: holds}]")
	}
	var out []rule
	for _, item := range items {
		r := rule{at: item.at}
		d.object(item, "an expectation", []field{{"when", false, func(n *node) { r.when = d.conditions(n, h) }}},
			func(e entry) bool {
				if !slices.Contains(s.Guarantees, e.key) {
					return false
				}
				if d.scalar(e.value, e.key) {
					if v := e.value.text; v != "holds" && v != "violated" {
						d.ps.add(e.value.at, "an expectation is holds or violated, and here is %q", v)
					}
					r.expect = append(r.expect, Expectation{e.key, e.value.text})
				}
				return true
			}, s.Guarantees...)
		if len(r.expect) == 0 && item.shape == shapeMap && len(d.ps.list) == 0 {
			d.ps.add(item.at, "an expectation names a guarantee; %s decides %s", s.Name, strings.Join(s.Guarantees, ", "))
		}
		out = append(out, r)
	}
	return out
}

func (d *decoder) conditions(n *node, h *header) []condition {
	var out []condition
	for _, e := range d.named(n, "when") {
		i := slices.IndexFunc(h.axes, func(a axis) bool { return a.name == e.key })
		if i < 0 {
			d.ps.add(e.at, "there is no axis %q%s", e.key, didYouMean(e.key, h.names()))
			continue
		}
		c := condition{axis: e.key}
		items := e.value.items
		if e.value.shape == shapeScalar {
			items = []*node{e.value}
		}
		for _, item := range items {
			if d.scalar(item, "a value of an axis") {
				c.values = append(c.values, fmt.Sprint(item.scalar()))
			}
		}
		out = append(out, c)
	}
	return out
}

// fits says whether every condition names an axis that the point has, with a
// value that it has there.
func (r *rule) fits(p Point) bool {
	for _, c := range r.when {
		i := slices.IndexFunc(p, func(x Coordinate) bool { return x.Axis == c.axis })
		if i < 0 || !slices.Contains(c.values, fmt.Sprint(p[i].Value)) {
			return false
		}
	}
	return true
}
