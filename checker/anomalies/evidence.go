package anomalies

import (
	"fmt"
	"slices"
)

// evidence collects operations that are enough to show a case.
type evidence struct {
	a   *analysis
	ops []int32
}

func (a *analysis) evidence(ops ...int32) *evidence { return &evidence{a, ops} }

// entry adds what shows that an entry is there.
func (e *evidence) entry(i int32) *evidence {
	at := &e.a.entries[i]
	e.ops = append(e.ops, at.by)
	op := &e.a.h.Ops[at.by]
	if op.Type != OK && !slices.Contains(e.a.h.ReadsOf(op), Place{at.value, at.offset}) {
		e.took(at.by)
	}
	return e
}

// took adds what shows that an operation took effect.
func (e *evidence) took(op int32) *evidence {
	e.ops = append(e.ops, op)
	if o := &e.a.h.Ops[op]; o.Type != OK {
		if r := e.a.provenBy(o); r != none {
			e.ops = append(e.ops, r)
		}
	}
	return e
}

// order adds what shows the places of two values, and of one between them where
// there is any.
func (e *evidence) order(v, w Value) *evidence {
	i, j := e.a.last[v], e.a.last[w]
	e.entry(i).entry(j)
	if g := e.a.group[i]; g+1 < e.a.group[j] {
		e.entry(e.a.groups[g+1])
	}
	return e
}

// conflicts adds what shows that the offsets between two entries, all of which hold
// several values, do.
func (e *evidence) conflicts(i, j int32) *evidence {
	a := e.a
	for g := a.group[i] + 1; g < a.group[j]; g++ {
		e.entry(a.groups[g]).entry(a.groups[g] + 1)
	}
	return e
}

// smallest returns the case with the fewest operations, each of which is needed.
func smallest(h *History, kind Kind, id string, t *tally, opt Options) sample {
	var best sample
	for i, s := range t.samples {
		if i == 0 || len(s.ops) < len(best.ops) {
			best = s
		}
	}
	best.ops = shrink(best.ops, func(ops []int32) bool {
		return search(h.part(ops), kind, opt)[id].count > 0
	})
	return best
}

// maxShrunk bounds the operations of a case of which each is tried to be left out:
// the time is their square.
const maxShrunk = 1000

// shrink leaves out operations as long as the rest shows the case.
func shrink(ops []int32, shows func([]int32) bool) []int32 {
	if len(ops) > maxShrunk {
		return ops
	}
	rest := make([]int32, 0, len(ops))
	for again := true; again; {
		again = false
		for i := 0; i < len(ops); i++ {
			rest = append(append(rest[:0], ops[:i]...), ops[i+1:]...)
			if shows(rest) {
				ops, rest = append(ops[:0:0], rest...), ops[:0:0]
				again = true
				i--
			}
		}
	}
	return ops
}

// name writes a value with its key.
func (a *analysis) name(v Value) string {
	return fmt.Sprintf("%s of key %s", a.h.Name(v), a.h.Keys[a.h.keyOf[v]])
}

// at writes the offset of an entry.
func (a *analysis) at(i int32) string { return fmt.Sprintf("offset %d", a.entries[i].offset) }

// place writes a value with its offset, where that is known.
func (a *analysis) place(v Value) string {
	if i := a.last[v]; i != none {
		return fmt.Sprintf("%s (%s)", a.h.Name(v), a.at(i))
	}
	return a.h.Name(v)
}

// who writes an operation: process and what it did.
func (a *analysis) who(op int32) string {
	o := &a.h.Ops[op]
	article := "a"
	if f := o.F.String(); f[0] == 'a' || f[0] == 'e' {
		article = "an"
	}
	return fmt.Sprintf("%s %s of process %s", article, o.F, a.h.Processes[o.Process])
}
