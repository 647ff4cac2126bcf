package checker

import (
	"fmt"
	"math/big"
	"slices"

	"orderlab/model/history"
)

func conservation() Guarantee {
	return Guarantee{
		ID: Conservation,
		Holds: "The sum of a declared metric is the same at the end as at the beginning: of the first samples of all its " +
			"holders, and of the last ones. A holder is a process, or a process in a place.",
		decide: (*Checker).conservation,
	}
}

// holding is the first and the last sample of a holder.
type holding struct {
	first, last int32
}

// conservation adds up each declared metric. A holder that is sampled once says
// what it held either at the beginning or at the end, so the other sum is unknown.
func (c *Checker) conservation(opt *Options) Verdict {
	x := &c.ix
	h := x.h
	if len(opt.Conserved) == 0 {
		return vacuous("no sum was declared")
	}
	var v Verdict
	half := none
	for _, metric := range opt.Conserved {
		holdings := x.holdings(x.samples(metric))
		sums := [2]big.Int{}
		once := none
		for _, g := range holdings {
			if g.first == g.last {
				once = g.first
				continue
			}
			v.Decided++
			sums[0].Add(&sums[0], big.NewInt(h.PositionAt(int(g.first))))
			sums[1].Add(&sums[1], big.NewInt(h.PositionAt(int(g.last))))
		}
		switch {
		case once != none:
			half = once
		case sums[0].Cmp(&sums[1]) != 0:
			v.Violations++
			if v.Witness == nil {
				v.Witness = x.sumWitness(holdings, metric, &sums)
			}
		}
	}
	switch {
	case v.Violations > 0:
	case half != none:
		return Verdict{Status: Unknown, Decided: v.Decided, Reason: fmt.Sprintf("%s of %s was sampled once, "+
			"so one of the sums is not known", h.SymbolName(h.DetailAt(int(half))), x.holder(half))}
	case v.Decided == 0:
		return vacuous("no sample of a declared sum is recorded")
	}
	return v
}

// holdings returns the holders in the order of their first samples.
func (x *index) holdings(samples []int32) (out []holding) {
	type holder struct {
		process history.Process
		place   history.Place
	}
	number := make(map[holder]int)
	for _, row := range samples {
		who := holder{x.h.ProcessAt(int(row)), x.h.PlaceAt(int(row))}
		i, seen := number[who]
		if !seen {
			i = len(out)
			number[who] = i
			out = append(out, holding{row, row})
		}
		out[i].last = row
	}
	return out
}

// sumWitness shows the holders of whom the metric changed.
func (x *index) sumWitness(holdings []holding, metric string, sums *[2]big.Int) *Witness {
	var rows []int32
	for _, g := range holdings {
		if x.h.PositionAt(int(g.first)) != x.h.PositionAt(int(g.last)) {
			rows = append(rows, g.first, g.last)
		}
	}
	w := x.witness(nil, slices.Clip(rows)...)
	w.Text = fmt.Sprintf("the sum of %s was %s in the beginning and is %s in the end", metric, &sums[0], &sums[1])
	return w
}
