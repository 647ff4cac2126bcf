package checker

import (
	"fmt"
	"slices"

	"orderlab/checker/anomalies"
	"orderlab/model/history"
)

// Options say what is allowed and how much work may be done.
type Options struct {
	// Disposals are the reasons for which a message may be disposed without
	// being lost. Nil allows every reason; an empty list allows none.
	Disposals []string
	// Sinks are those at which every acked message has to take effect. Without
	// any, one effect at whatever sink is enough.
	Sinks []string
	// Truncated says why the run ended before everything was settled; empty
	// when it was. What was broken until then stays broken, what was not is
	// unknown.
	Truncated string
	// Budget bounds a search for a linearization; the zero value is DefaultBudget.
	Budget Budget
	// Machine declares the state machine of linearizable-state. Nil makes every
	// key a register.
	Machine *Machine
	Declared
	// Anomalies say how the operations on logs are meant.
	Anomalies anomalies.Options
}

// allows says whether a message may be disposed for a reason.
func (o *Options) allows(reason string) bool {
	return o.Disposals == nil || slices.Contains(o.Disposals, reason)
}

// Checker decides guarantees. It keeps its memory from one history to the next
// and is used by one goroutine.
type Checker struct {
	catalogue []Guarantee
	ix        index
	indexed   bool // ix is built for the history
	s         scratch
	anomalies anomalyState
}

// New returns a checker of all guarantees of the catalogue, and of [Anomalies].
func New() *Checker { return &Checker{catalogue: append(Catalogue(), Anomalies()...)} }

// Check decides the guarantees on a history, in the order given. An id that is
// not [Known] has the verdict Unknown with the reason. Verdicts depend on
// nothing but the history and the options.
func (c *Checker) Check(h *history.History, guarantees []string, opt Options) []Verdict {
	c.index(h, guarantees)
	c.anomalies = anomalyState{}
	out := make([]Verdict, 0, len(guarantees))
	for _, id := range guarantees {
		v := c.decide(id, &opt)
		v.Guarantee = id
		if v.Status == "" {
			v.Status = Holds
			if v.Violations > 0 {
				v.Status = Violated
			}
		}
		if v.Status == Holds && opt.Truncated != "" {
			v.Status, v.Reason, v.Vacuous = Unknown, opt.Truncated, false
		}
		out = append(out, v)
	}
	return out
}

// index reads the history, unless every guarantee reads it by itself.
func (c *Checker) index(h *history.History, guarantees []string) {
	c.ix.h, c.ix.sorted, c.indexed, c.s.reads.ready, c.s.answeredReady = h, false, false, false, false
	for _, id := range guarantees {
		if i := c.find(id); i >= 0 && !c.catalogue[i].alone {
			c.needIndex()
			return
		}
	}
}

// needIndex builds the index, if it does not stand yet, for a check that reads the
// history by itself and found something that it has to look at more closely.
func (c *Checker) needIndex() {
	if !c.indexed {
		c.ix.build(c.ix.h)
		c.indexed = true
	}
}

// find returns the index of a guarantee, or -1.
func (c *Checker) find(id string) int {
	return slices.IndexFunc(c.catalogue, func(g Guarantee) bool { return g.ID == id })
}

func (c *Checker) decide(id string, opt *Options) Verdict {
	if i := c.find(id); i >= 0 {
		return c.catalogue[i].decide(c, opt)
	}
	return Verdict{Status: Unknown, Reason: fmt.Sprintf("no guarantee is called %q", id)}
}

// vacuous is the verdict when there was nothing to decide.
func vacuous(missing string) Verdict { return Verdict{Vacuous: true, Reason: missing} }

// settle turns a verdict that found nothing wrong into Unknown where effects are
// in doubt, and into a vacuous one where nothing was decided.
func (c *Checker) settle(v Verdict, missing string) Verdict {
	switch n := len(c.ix.doubts); {
	case v.Violations > 0:
	case n > 0:
		return Verdict{Status: Unknown, Decided: v.Decided,
			Reason: fmt.Sprintf("%s may or may not have taken place", plural(n, "effect"))}
	case v.Decided == 0:
		return vacuous(missing)
	}
	return v
}
