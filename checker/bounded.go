package checker

import "fmt"

func bounded() Guarantee {
	return Guarantee{
		ID:     Bounded,
		Holds:  "No sample of a metric is above the bound that is declared for the metric.",
		decide: (*Checker).bounded,
	}
}

// bounded counts the samples above their bounds. The witness is the first one.
func (c *Checker) bounded(opt *Options) Verdict {
	x := &c.ix
	h := x.h
	if len(opt.Bounds) == 0 {
		return vacuous("no bound was declared")
	}
	var v Verdict
	first, of := none, Bound{}
	for _, b := range opt.Bounds {
		for _, row := range x.samples(b.Metric) {
			v.Decided++
			if h.PositionAt(int(row)) <= b.Most {
				continue
			}
			v.Violations++
			if first == none || x.earlier(row, first) {
				first, of = row, b
			}
		}
	}
	switch {
	case first != none:
		v.Witness = x.witness(nil, first)
		v.Witness.Text = fmt.Sprintf("%s of %s was %d, above its bound of %d", of.Metric, x.holder(first),
			h.PositionAt(int(first)), of.Most)
	case v.Decided == 0:
		return vacuous("no sample of a metric with a bound is recorded")
	}
	return v
}

// holder says what a sample is about.
func (x *index) holder(row int32) string {
	h := x.h
	name := h.ProcessName(h.ProcessAt(int(row)))
	if place := h.PlaceName(h.PlaceAt(int(row))); place != "" {
		name += " in " + place
	}
	return name
}
