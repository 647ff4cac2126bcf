package main

import (
	"slices"

	"orderlab/checker"
	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
)

// split returns the anomalies that are asked for, and whether linearizable-queue is.
// Few systems promise that, so nobody is judged by it who did not ask.
func (opt *checkOptions) split() (ids []string, queue bool) {
	ids = slices.DeleteFunc(slices.Clone(opt.guarantees), func(id string) bool { return id == checker.LinearizableQueue })
	return ids, len(ids) < len(opt.guarantees)
}

// jepsenQueue decides linearizable-queue on a history about a queue.
func (opt *checkOptions) jepsenQueue(h *jepsen.History) (g checkedGuarantee, drawn []drawing) {
	g = checkedGuarantee{ID: checker.LinearizableQueue, Verdict: string(checker.Unknown),
		Reason: "the history is of another kind", Witness: []checkedOperation{}}
	if h.Kind != anomalies.Queue {
		return g, nil
	}
	rows, ops := checker.QueueOf(&h.History)
	o := checker.Options{Budget: opt.search}
	if h.Truncated {
		o.Truncated = "the file is cut off"
	}
	v := checker.New().Check(rows, []string{checker.LinearizableQueue}, o)[0]
	g.Verdict, g.Count, g.Vacuous, g.Reason = string(v.Status), v.Violations, v.Vacuous, v.Reason
	if v.Witness == nil {
		return g, nil
	}
	g.Text = v.Witness.Text
	var values []anomalies.Value
	for _, m := range v.Witness.Messages {
		values = append(values, anomalies.Value(m))
	}
	var shown []int32
	for _, row := range v.Witness.Rows {
		if i := ops[row]; !slices.Contains(shown, i) {
			shown = append(shown, i)
			g.Witness = append(g.Witness, jepsenOperation(&h.History, int(i), values))
		}
	}
	return g, drawings(rows, &v, o)
}
