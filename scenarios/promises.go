package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model"
)

const bounded = "bounded"

// Promises are what a design promises and no history shows by itself: without
// them progress and bounded cannot be decided.
type Promises struct {
	// Progress is how long after its ack, or after the end of the last fault, an
	// acked message may take to be applied, in nanoseconds; 0 promises nothing.
	Progress int64
	// Bounds are the largest values of metrics.
	Bounds []Bound
	// Disposals are the reasons for which a message may be put away without being
	// lost; nil leaves that to the application.
	Disposals []string
}

// Bound is the largest value that a metric may have, in its unit.
type Bound struct {
	Metric string
	Most   int64
}

// promisesValue reads the promises of a case.
func promisesValue(reg *Registry) value[Promises] {
	reason := text()
	if len(reg.Reasons) > 0 {
		reason = choice(reg.Reasons...)
	}
	return mapping("promises", []field[Promises]{
		bind(key{name: progress, example: "30s", doc: "How long after its ack, or after the end of the last fault, an acked " +
			"message may take to be applied: what the guarantee progress is judged by."},
			duration(1), func(p *Promises) *int64 { return &p.Progress }),
		put(key{name: bounded, example: "{lag: 5000}", doc: "The largest values that metrics of the system may have: what the " +
			"guarantee bounded is judged by."},
			mappingOf(integer[int64](0, maxQuantity), "{lag: 5000}"), func(p *Promises, all []named[int64]) {
				for _, b := range all {
					p.Bounds = append(p.Bounds, Bound{b.name, b.value})
				}
			}),
		put(key{name: "disposals", def: "[stale, superseded, dead-letter]", example: "[deduplicated, stale]", doc: "The reasons for which a message " +
			"may be put away without being lost, for the guarantees no-loss, no-gap and progress."},
			list(reason, 0, 100, "[deduplicated, stale]"), func(p *Promises, all []string) {
				p.Disposals = append([]string{}, all...) // an empty list allows none
			}),
	})
}

// promises checks that the system samples the metrics that have bounds.
func (d *decoder) promises(n *node, c *Case) {
	var known []string
	for _, m := range slices.Concat(d.system.Metrics, d.reg.Metrics) {
		known = append(known, m.Name)
	}
	for _, b := range c.Promises.Bounds {
		if !slices.Contains(known, b.Metric) {
			d.ps.add(locate(n, "promises", bounded, b.Metric), "the model of %s does not sample %s%s",
				d.system.Name, quote(b.Metric), didYouMean(b.Metric, known))
		}
	}
}

// promised checks that a case promises what is expected of it.
func (x *expander) promised(c *Case, expect []expected) {
	for _, e := range expect {
		if !c.Promises.Decides(e.Guarantee) {
			form := map[string]string{progress: "progress: 30s", bounded: "bounded: {lag: 5000}"}[e.Guarantee]
			x.d.ps.add(e.at, "%s cannot be decided: nothing is promised; say what, as `promises: {%s}`", e.Guarantee, form)
		}
	}
}

// Decides says whether what is promised is enough to decide a guarantee.
func (p *Promises) Decides(guarantee string) bool {
	switch guarantee {
	case progress:
		return p.Progress > 0
	case bounded:
		return len(p.Bounds) > 0
	}
	return true
}

// decidable are the guarantees of a system that need no promise, or one that some
// case makes.
func decidable(s *model.System, cases []Case) []string {
	return slices.DeleteFunc(slices.Clone(s.Guarantees), func(g string) bool {
		return !slices.ContainsFunc(cases, func(c Case) bool { return c.Promises.Decides(g) })
	})
}

// notJudged says which guarantees of a system the runs of a scenario do not decide,
// and why.
func notJudged(s *model.System, sc *Scenario) []NotJudged {
	var out []NotJudged
	able := decidable(s, sc.Cases)
	for _, g := range s.Guarantees {
		switch {
		case slices.Contains(sc.Guarantees, g):
		case !slices.Contains(able, g):
			out = append(out, NotJudged{g, NothingPromised})
		default:
			out = append(out, NotJudged{g, NotExpected})
		}
	}
	return out
}

// promises writes what a case promises.
func (w *writer) promises(p *Promises) {
	var parts []string
	if p.Progress > 0 {
		parts = append(parts, "progress: "+durations.format(p.Progress))
	}
	var bounds []string
	for _, b := range p.Bounds {
		bounds = append(bounds, fmt.Sprintf("%s: %d", formatText(b.Metric), b.Most))
	}
	if len(bounds) > 0 {
		parts = append(parts, "bounded: {"+strings.Join(bounds, ", ")+"}")
	}
	if p.Disposals != nil {
		parts = append(parts, "disposals: ["+strings.Join(p.Disposals, ", ")+"]")
	}
	if len(parts) > 0 {
		w.line(0, "promises: {%s}", strings.Join(parts, ", "))
	}
}
