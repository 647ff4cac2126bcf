package checker

import (
	"fmt"

	"orderlab/model/history"
)

// Options say what is allowed and how much work may be done.
type Options struct {
	// Disposals are the reasons for which a message may be disposed without
	// being lost. Empty allows every reason.
	Disposals []string
	// Truncated says why the run ended before everything was settled; empty
	// when it was. What was broken until then stays broken, what was not is
	// unknown.
	Truncated string
	// Budget bounds the work of linearizability for each place, in steps of the
	// model; 0 is DefaultBudget.
	Budget int
}

// DefaultBudget is the number of model steps that linearizability may take for
// one place. Steps do not depend on the machine, so neither do verdicts.
const DefaultBudget = 2_000_000

// Checker decides guarantees. It keeps its memory from one history to the next
// and is used by one goroutine.
type Checker struct {
	ix    index
	order orderScratch
}

// New returns a checker.
func New() *Checker { return new(Checker) }

// Check decides the guarantees on a history, in the order given. An id that is
// not [Known] has the verdict Unknown with the reason.
func (c *Checker) Check(h *history.History, guarantees []string, opt Options) []Verdict {
	c.ix.build(h)
	out := make([]Verdict, 0, len(guarantees))
	for _, id := range guarantees {
		v := c.decide(h, id, &opt)
		v.Guarantee = id
		switch {
		case v.Status != "":
		case v.Violations > 0:
			v.Status = Violated
		default:
			v.Status = Holds
		}
		if v.Status == Holds && opt.Truncated != "" {
			v.Status, v.Reason, v.Vacuous = Unknown, opt.Truncated, false
		}
		out = append(out, v)
	}
	return out
}

func (c *Checker) decide(h *history.History, id string, opt *Options) Verdict {
	switch id {
	case PerKeyOrder:
		return c.perKeyOrder(h)
	case NoRegression:
		return c.noRegression(h)
	case PerKeyRealtimeOrder:
		return c.realtimeOrder(h)
	case NoLoss:
		return c.noLoss(h, opt)
	case NoDuplicates:
		return c.noDuplicates(h)
	case PartitionOrder:
		return c.partitionOrder(h)
	case LinearizableLog:
		return c.linearizableLog(h, opt)
	}
	return Verdict{Status: Unknown, Reason: fmt.Sprintf("no guarantee is called %q", id)}
}

// vacuous is the verdict when there was nothing to decide.
func vacuous(missing string) Verdict { return Verdict{Vacuous: true, Reason: missing} }

// message returns the message's identity as it is written: producer#index.
func message(h *history.History, m history.Message) string {
	info := h.Message(m)
	return fmt.Sprintf("%s#%d", h.ProcessName(info.Producer), info.Index)
}
