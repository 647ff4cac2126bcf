package main

import (
	"io"
	"slices"

	"orderlab/checker"
	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
	"orderlab/reports"
)

// linearizable are the guarantees that histories of Jepsen can be judged by, besides
// anomalies, with what they have to be about.
var linearizable = []struct {
	id   string
	kind anomalies.Kind
}{{checker.LinearizableQueue, anomalies.Queue}, {checker.LinearizableState, anomalies.Register}}

// split returns the anomalies and the other guarantees that are asked for. Few queues
// promise to be linearizable, so none is judged by it where nobody asked; registers are,
// because nothing else is known of them.
func (opt *checkOptions) split(kind anomalies.Kind) (patterns, linear []string) {
	if len(opt.guarantees) == 0 && kind == anomalies.Register {
		return nil, []string{checker.LinearizableState}
	}
	for _, id := range opt.guarantees {
		if id == checker.LinearizableQueue || id == checker.LinearizableState {
			linear = append(linear, id)
		} else {
			patterns = append(patterns, id)
		}
	}
	return patterns, linear
}

// jepsenLinear decides linearizable-queue on a history about a queue, or
// linearizable-state on one about registers.
func (opt *checkOptions) jepsenLinear(h *jepsen.History, id string) (g checkedGuarantee, drawn []drawing) {
	g = checkedGuarantee{ID: id, Verdict: string(checker.Unknown), Reason: "the history is of another kind",
		Witness: []checkedOperation{}}
	for _, l := range linearizable {
		if l.id == id && l.kind != h.Kind {
			return g, nil
		}
	}
	o := checker.Options{Budget: opt.search}
	if h.Truncated {
		o.Truncated = "the file is cut off"
	}
	var v checker.Verdict
	var ops []int32
	if id == checker.LinearizableQueue {
		rows, of := checker.QueueOf(&h.History)
		v, ops = checker.New().Check(rows, []string{id}, o)[0], of
		if v.Witness != nil {
			drawn = drawings(rows, &v, o)
		}
	} else {
		r := checker.RegistersOf(&h.History, opt.initial)
		v = r.Check(o)
		if v.Witness != nil {
			diagram := func(w io.Writer) error { return reports.Mermaid(w, witnessed(r.Rows, &v)) }
			picture := func(w io.Writer) error { return r.Picture(w, &v, o) }
			drawn = []drawing{{fileName(id) + ".mmd", diagram}, {fileName(id) + pictureEnding, picture}}
		}
	}
	g.Verdict, g.Count, g.Vacuous, g.Reason = string(v.Status), v.Violations, v.Vacuous, v.Reason
	if v.Witness == nil {
		return g, nil
	}
	g.Text = v.Witness.Text
	jepsenWitness(h, &g, &v, ops)
	return g, drawn
}

// jepsenWitness writes the operations of a witness down. Its rows are those of ops, or
// operations where that is nil.
func jepsenWitness(h *jepsen.History, g *checkedGuarantee, v *checker.Verdict, ops []int32) {
	var values []anomalies.Value
	for _, m := range v.Witness.Messages {
		values = append(values, anomalies.Value(m))
	}
	var shown []int
	for _, row := range v.Witness.Rows {
		i := row
		if ops != nil {
			i = int(ops[row])
		}
		if !slices.Contains(shown, i) {
			shown = append(shown, i)
			g.Witness = append(g.Witness, jepsenOperation(&h.History, i, values))
		}
	}
}
