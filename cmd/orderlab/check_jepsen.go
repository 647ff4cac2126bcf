package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"orderlab/checker"
	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
	"orderlab/reports"
	"orderlab/scenarios/result"
)

// checkJepsen reads and judges a history as Jepsen records it. It is valid when it
// shows no anomaly but those that are allowed; a history without operations, and one
// that leaves something unknown, is not known to be.
func (opt *checkOptions) checkJepsen(file string) (*checked, error) {
	f, err := openHistory(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lenient := jepsen.Options{AllowTruncated: opt.allowTruncated, Memory: opt.bound(f, nil)}
	h, err := jepsen.Read(f, historyName(file), lenient)
	if err != nil {
		return nil, err
	}
	out := &checked{Operations: len(h.Ops), Truncated: h.Truncated, Guarantees: []checkedGuarantee{}}
	valid, known := true, h.Kind != 0
	ids, linear := opt.split(h.Kind)
	if len(ids) > 0 || len(linear) == 0 {
		for _, found := range anomalies.Check(&h.History, h.Kind, ids, opt.meant) {
			if h.Truncated {
				found.CutOff()
			}
			g := checkedGuarantee{ID: found.ID, Verdict: string(found.Status), Count: found.Count, Allowed: found.Allowed,
				Vacuous: found.Vacuous, Reason: found.Reason, Text: found.Text, Witness: []checkedOperation{}}
			for _, i := range found.Witness {
				g.Witness = append(g.Witness, jepsenOperation(&h.History, i, found.Values))
			}
			if len(g.Witness) > 0 {
				out.drawings = append(out.drawings, jepsenDiagram(g))
			}
			out.Guarantees = append(out.Guarantees, g)
		}
	}
	for _, id := range linear {
		g, drawn := opt.jepsenLinear(h, id)
		out.Guarantees, out.drawings = append(out.Guarantees, g), append(out.drawings, drawn...)
	}
	for i := range out.Guarantees {
		g := &out.Guarantees[i]
		valid = valid && (g.Verdict != string(checker.Violated) || g.Allowed)
		known = known && g.Verdict != string(checker.Unknown)
	}
	if known || !valid {
		out.Valid = &valid
	}
	return out, nil
}

// jepsenDiagram returns the diagram of an anomaly: what each process did, one after the
// other.
func jepsenDiagram(g checkedGuarantee) drawing {
	w := &result.Witness{Text: g.Text}
	for i := range g.Witness {
		op := g.Witness[i].Operation
		var about []string
		for _, s := range []string{op.Place, op.Message, op.Detail} {
			if s != "" {
				about = append(about, s)
			}
		}
		if op.Place != "" && op.Position != nil {
			about[0] = fmt.Sprintf("%s@%d", op.Place, *op.Position)
		}
		// A kind of its own, which has no columns: a process both sends and polls.
		op.Kind, op.Detail = op.Kind+":", strings.Join(about, " ")
		op.Place, op.Message, op.Position = "", "", nil
		w.Operations = append(w.Operations, op)
	}
	return drawing{fileName(g.ID) + ".mmd", func(out io.Writer) error {
		return reports.Mermaid(out, &result.Guarantee{ID: g.ID, Verdict: g.Verdict, Witness: w})
	}}
}

// jepsenOperation describes an operation. Values are those that matter.
func jepsenOperation(h *anomalies.History, i int, values []anomalies.Value) checkedOperation {
	op := &h.Ops[i]
	out := checkedOperation{Line: int(op.Line), Operation: result.Operation{
		Kind: op.F.String(), Outcome: op.Type.String(), Process: h.Processes[op.Process], Begin: op.Begin}}
	if op.Type != anomalies.Pending {
		out.EndLine, out.End = int(op.EndLine), &op.End
	}
	sends, reads := h.SendsOf(op), h.ReadsOf(op)
	if op.F == anomalies.CAS && len(sends) == 1 && len(reads) == 1 {
		out.Place = h.Keys[h.KeyOf(sends[0].Value)]
		out.Detail = fmt.Sprintf("from %s to %s", h.Name(reads[0].Value), h.Name(sends[0].Value))
		return out
	}
	if len(sends)+len(reads) == 1 {
		only := append(slices.Clone(sends), reads...)[0]
		out.Place, out.Message = h.Keys[h.KeyOf(only.Value)], h.Name(only.Value)
		if only.Offset != anomalies.NoOffset {
			out.Position = &only.Offset
		}
		return out
	}
	var parts []string
	for _, list := range []struct {
		verb   string
		places []anomalies.Place
	}{{"sends", sends}, {"is handed", reads}} {
		if text := placesText(h, list.places, values); text != "" {
			parts = append(parts, list.verb+" "+text)
		}
	}
	out.Detail = strings.Join(parts, ", ")
	return out
}

// mostPlaces is how many values are written out; of more those that matter.
const mostPlaces = 8

func placesText(h *anomalies.History, places []anomalies.Place, values []anomalies.Value) string {
	var b strings.Builder
	key := anomalies.Key(-1)
	left := 0
	for _, p := range places {
		if len(places) > mostPlaces && !slices.Contains(values, p.Value) {
			left++
			continue
		}
		if k := h.KeyOf(p.Value); k != key && h.Keys[k] != "" {
			key = k
			fmt.Fprintf(&b, " %s:", h.Keys[k])
		}
		fmt.Fprintf(&b, " %s", h.Name(p.Value))
		if p.Offset != anomalies.NoOffset {
			fmt.Fprintf(&b, "@%d", p.Offset)
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, " and %d more", left)
	}
	return strings.TrimPrefix(b.String(), " ")
}
