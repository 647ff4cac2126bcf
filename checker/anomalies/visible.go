package anomalies

import "fmt"

// logs looks for offsets with several values, and values with several offsets.
func (a *analysis) logs() {
	wrong, twice := a.tallies[InconsistentOffsets], a.tallies[Duplicate]
	wrong.decided, wrong.missing = len(a.groups)-1, "no offset is known"
	twice.missing = wrong.missing
	for g := range len(a.groups) - 1 {
		i := a.groups[g]
		e := a.entries[i]
		if a.groups[g+1] == i+1 || !a.found(InconsistentOffsets, e.key) {
			continue
		}
		other := a.entries[i+1]
		a.keep(InconsistentOffsets, sample{a.evidence().entry(i).entry(i + 1).ops, []Value{e.value, other.value},
			fmt.Sprintf("offset %d of key %s holds %s and %s", e.offset, a.h.Keys[e.key],
				a.h.Name(e.value), a.h.Name(other.value))})
	}
	for v, i := range a.first {
		if i == none {
			continue
		}
		twice.decided++
		j := a.last[v]
		if i == j || !a.found(Duplicate, a.entries[i].key) {
			continue
		}
		a.keep(Duplicate, sample{a.evidence().entry(i).entry(j).ops, []Value{Value(v)},
			fmt.Sprintf("%s stands at offset %d and at offset %d", a.name(Value(v)), a.entries[i].offset, a.entries[j].offset)})
	}
}

// visible looks for values that are polled and should not be, and for those that
// should be and are not.
func (a *analysis) visible() {
	h := a.h
	aborted, own, phantom := a.tallies[G1a], a.tallies[PrecommittedRead], a.tallies[Phantom]
	aborted.missing, own.missing, phantom.missing = "nothing was polled", "no operation sends and polls", "nothing was polled"
	sender := filled(h.Values()) // the latest operation that sent a value
	for i := range h.Ops {
		op := &h.Ops[i]
		sends, reads := h.SendsOf(op), h.ReadsOf(op)
		for _, s := range sends {
			sender[s.Value] = int32(i)
		}
		if len(sends) > 0 && (op.F == Txn || len(reads) > 0) {
			own.decided++
		}
		phantom.decided += len(reads)
		if op.Type == OK {
			aborted.decided += len(reads)
		}
		for _, r := range reads {
			a.polled(int32(i), r.Value, sender[r.Value] == int32(i))
		}
	}
	a.unseen()
	empty := a.tallies[EmptyHistory]
	empty.decided = 1
	for i := range h.Ops {
		if f := h.Ops[i].F; f == Send || f == Poll || f == Txn {
			return
		}
	}
	a.found(EmptyHistory, -1)
	a.keep(EmptyHistory, sample{text: "nothing is sent or polled, so the history shows nothing"})
}

// polled judges that operation i was handed v; own says that it sent v itself.
func (a *analysis) polled(i int32, v Value, own bool) {
	w, key := a.writer[v], a.h.keyOf[v]
	if w == none {
		if a.found(Phantom, key) {
			a.keep(Phantom, sample{[]int32{i}, []Value{v}, fmt.Sprintf("%s was handed %s, which no operation sent", a.who(i), a.name(v))})
		}
		return
	}
	if a.h.Ops[w].Type == Fail && a.h.Ops[i].Type == OK && a.found(G1a, key) {
		a.keep(G1a, sample{[]int32{w, i}, []Value{v},
			fmt.Sprintf("%s was handed %s, whose send had failed (%s)", a.who(i), a.name(v), a.who(w))})
	}
	if own && a.found(PrecommittedRead, key) {
		a.keep(PrecommittedRead, sample{[]int32{i}, []Value{v},
			fmt.Sprintf("%s was handed %s, which it sent itself and had not committed", a.who(i), a.name(v))})
	}
}

// unseen looks for values that were sent with success and that no successful
// operation polled.
func (a *analysis) unseen() {
	t := a.tallies[Unseen]
	t.missing = "no send succeeded"
	for v, w := range a.writer {
		if w == none || a.h.Ops[w].Type != OK {
			continue
		}
		t.decided++
		if a.okReader[v] == none && a.found(Unseen, a.h.keyOf[v]) {
			a.keep(Unseen, sample{[]int32{w}, []Value{Value(v)},
				fmt.Sprintf("%s was sent by %s and no successful operation polled it", a.name(Value(v)), a.who(w))})
		}
	}
}

// lost looks for values that lie before one that was polled, were committed, and
// were not polled.
//
// A value at several offsets is judged at its last, and proves what lies before its
// first: so no choice among the offsets makes a loss.
func (a *analysis) lost() {
	t := a.tallies[LostWrite]
	t.missing = "no value that was polled has an offset"
	for from := 0; from < len(a.entries); {
		to, bound := from, none // the entry of the polled value whose first place is the furthest
		for ; to < len(a.entries) && a.entries[to].key == a.entries[from].key; to++ {
			if v := a.entries[to].value; a.okReader[v] != none && a.first[v] == int32(to) {
				bound = int32(to)
			}
		}
		if bound != none {
			a.lostBefore(int32(from), bound)
		}
		from = to
	}
}

func (a *analysis) lostBefore(from, bound int32) {
	t := a.tallies[LostWrite]
	for i := from; i < a.groups[a.group[bound]+1]; i++ {
		v := a.entries[i].value
		if a.last[v] != i {
			continue
		}
		t.decided++
		w := a.writer[v]
		if a.okReader[v] != none || w == none || !a.committed[w] || !a.found(LostWrite, a.entries[i].key) {
			continue
		}
		behind := a.entries[bound]
		a.keep(LostWrite, sample{a.evidence(a.okReader[behind.value]).took(w).entry(i).entry(bound).ops,
			[]Value{v, behind.value},
			fmt.Sprintf("%s at offset %d was committed and never polled, though %s at offset %d behind it was",
				a.name(v), a.entries[i].offset, a.h.Name(behind.value), behind.offset)})
	}
}
