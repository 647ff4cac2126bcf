package anomalies

import (
	"cmp"
	"fmt"
	"slices"
)

// element is what is known of a value that was added to a set.
type element struct {
	added                   int32 // when the first add of it was invoked, Never without any
	known                   int32 // when an add of it, or a read that saw it, first completed
	present, absent         int32 // when the latest read that saw it was invoked, and the latest that did not; none
	addedBy, knownBy        int32 // the operations that these are of
	presentBy, absentBy     int32
	attempts, acked, failed int
	early                   int32 // a read that saw it before it was added, or none
}

// set follows every element of a set over the reads. An element is stable when the
// latest read that could have seen it did, lost when it was known to be there and
// the latest read did not see it, and was never read otherwise. A read that did not
// see an element while it was being added says nothing.
func (a *analysis) set() {
	elements := a.elements()
	reads := a.fullReads()
	for _, id := range Of(Set) {
		a.tallies[id].decided, a.tallies[id].missing = len(reads), "the set was never read"
	}
	a.presence(elements, reads)
	a.absence(elements, reads)
	a.readings(elements, reads)
	a.outcomes(elements)
}

// elements gathers the adds.
func (a *analysis) elements() []element {
	h := a.h
	out := make([]element, h.Values())
	a.writer = filled(h.Values())
	for v := range out {
		out[v] = element{added: Never, known: Never, present: none, absent: none, early: none}
	}
	for i := range h.Ops {
		op := &h.Ops[i]
		for _, s := range h.SendsOf(op) {
			e := &out[s.Value]
			e.attempts++
			if op.Invoked < e.added {
				e.added, e.addedBy = op.Invoked, int32(i)
			}
			switch {
			case op.Type == OK:
				e.acked++
				if op.Completed < e.known {
					e.known, e.knownBy = op.Completed, int32(i)
				}
			case op.Type == Fail:
				e.failed++
			}
			if w := a.writer[s.Value]; w == none || rank(op.Type) > rank(h.Ops[w].Type) {
				a.writer[s.Value] = int32(i)
			}
		}
	}
	return out
}

// fullReads returns the successful reads in order of their invocations.
func (a *analysis) fullReads() (reads []int32) {
	for i := range a.h.Ops {
		if op := &a.h.Ops[i]; op.F == Read && op.Type == OK {
			reads = append(reads, int32(i))
		}
	}
	return reads
}

// presence finds for each element the reads that saw it.
func (a *analysis) presence(elements []element, reads []int32) {
	h := a.h
	for _, i := range reads {
		op := &h.Ops[i]
		for _, r := range h.ReadsOf(op) {
			e := &elements[r.Value]
			if e.added > op.Completed {
				e.early = i
				continue
			}
			if op.Completed < e.known {
				e.known, e.knownBy = op.Completed, i
			}
			e.present, e.presentBy = op.Invoked, i // reads are in order of their invocation
		}
	}
}

// absence finds for each element the latest read that completed after its add began
// and did not see it. Of reads that were invoked after the add those are tried which
// saw it, from the latest on; of the others those that were under way, of which there
// is at most one a process.
func (a *analysis) absence(elements []element, reads []int32) {
	h := a.h
	seen := a.seenIn(len(elements), reads)
	adds := make([]Value, 0, len(elements))
	for v := range elements {
		if elements[v].added != Never {
			adds = append(adds, Value(v))
		}
	}
	slices.SortFunc(adds, func(x, y Value) int { return cmp.Compare(elements[x].added, elements[y].added) })
	next := 0
	var under []int32 // indexes of reads under way when the element was added
	for _, v := range adds {
		e := &elements[v]
		for ; next < len(reads) && h.Ops[reads[next]].Invoked < e.added; next++ {
			under = append(under, int32(next))
		}
		under = slices.DeleteFunc(under, func(r int32) bool { return h.Ops[reads[r]].Completed < e.added })
		saw := seen[v]
		miss := func(r int32) bool {
			for len(saw) > 0 && saw[len(saw)-1] > r {
				saw = saw[:len(saw)-1]
			}
			if len(saw) > 0 && saw[len(saw)-1] == r {
				return false
			}
			e.absent, e.absentBy = h.Ops[reads[r]].Invoked, reads[r]
			return true
		}
		r := int32(len(reads)) - 1
		for r >= int32(next) && !miss(r) {
			r--
		}
		if r < int32(next) {
			for i := len(under) - 1; i >= 0 && !miss(under[i]); i-- {
			}
		}
	}
}

// seenIn returns for each value the indexes of the reads that saw it, in order.
func (a *analysis) seenIn(values int, reads []int32) [][]int32 {
	out := make([][]int32, values)
	for r, i := range reads {
		for _, p := range a.h.ReadsOf(&a.h.Ops[i]) {
			if s := out[p.Value]; len(s) == 0 || s[len(s)-1] != int32(r) {
				out[p.Value] = append(s, int32(r))
			}
		}
	}
	return out
}

// readings judges what single reads hold.
func (a *analysis) readings(elements []element, reads []int32) {
	h := a.h
	in := filled(len(elements)) // the latest read that has the value
	told := filled(len(elements))
	for _, i := range reads {
		op := &h.Ops[i]
		for _, r := range h.ReadsOf(op) {
			v := r.Value
			if in[v] == i && told[v] == none {
				told[v] = i
				if a.found(SetDuplicated, -1) {
					a.keep(SetDuplicated, sample{a.withAdd(v, i), []Value{v}, fmt.Sprintf("%s has %s twice", a.who(i), h.Name(v))})
				}
			}
			in[v] = i
		}
	}
	for v := range elements {
		a.reading(&elements[v], Value(v))
	}
}

// withAdd returns operations about an element, and an add of it where there is one.
func (a *analysis) withAdd(v Value, ops ...int32) []int32 {
	if w := a.writer[v]; w != none {
		return append(ops, w)
	}
	return ops
}

// reading judges that an element was read.
func (a *analysis) reading(e *element, v Value) {
	name := a.h.Name(v)
	if e.early != none && a.found(SetUnexpected, -1) {
		a.keep(SetUnexpected, sample{a.withAdd(v, e.early), []Value{v},
			fmt.Sprintf("%s has %s, which was not added before", a.who(e.early), name)})
	}
	if e.present == none || e.acked > 0 {
		return
	}
	if a.found(SetRecovered, -1) {
		a.keep(SetRecovered, sample{[]int32{e.addedBy, e.presentBy}, []Value{v},
			fmt.Sprintf("%s has %s, whose add did not succeed for certain", a.who(e.presentBy), name)})
	}
	if e.failed == e.attempts && a.found(SetAbortedRead, -1) {
		a.keep(SetAbortedRead, sample{[]int32{e.addedBy, e.presentBy}, []Value{v},
			fmt.Sprintf("%s has %s, whose add had failed", a.who(e.presentBy), name)})
	}
}

// outcomes says of each element whether it stayed.
func (a *analysis) outcomes(elements []element) {
	stable := 0
	for v := range elements {
		e, name := &elements[v], a.h.Name(Value(v))
		switch {
		case e.added == Never:
		case e.present > e.absent:
			stable++
			if e.absent > e.known && a.found(SetStale, -1) {
				a.keep(SetStale, sample{[]int32{e.addedBy, e.knownBy, e.absentBy, e.presentBy}, []Value{Value(v)},
					fmt.Sprintf("%s was known to be there, and %s began later and did not see it", name, a.who(e.absentBy))})
			}
		case e.absent > e.known:
			if a.found(SetLost, -1) {
				a.keep(SetLost, sample{[]int32{e.addedBy, e.knownBy, e.absentBy}, []Value{Value(v)},
					fmt.Sprintf("%s was known to be there, and %s began later and did not see it, nor did any after", name, a.who(e.absentBy))})
			}
		case a.found(SetNeverRead, -1):
			a.keep(SetNeverRead, sample{[]int32{a.writer[v]}, []Value{Value(v)},
				fmt.Sprintf("no read tells whether %s, which %s added, stayed", name, a.who(a.writer[v]))})
		}
	}
	if t := a.tallies[SetNeverRead]; stable == 0 {
		t.unknown = "no element was seen to stay"
	} else {
		t.decided = len(elements)
	}
}
