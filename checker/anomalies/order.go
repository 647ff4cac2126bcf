package anomalies

import (
	"fmt"
	"slices"
)

// inside looks at the order of what single operations poll and send.
func (a *analysis) inside() {
	h := a.h
	for _, id := range []string{IntPollSkip, IntNonmonotonicPoll} {
		a.tallies[id].missing = "no operation polls two values of a key"
	}
	for _, id := range []string{IntSendSkip, IntNonmonotonicSend} {
		a.tallies[id].missing = "no operation sends two values to a key"
	}
	// By key: the latest value and the list it stood in, and the latest operation
	// during which the key moved.
	value, list, moved := make([]Value, len(h.Keys)), filled(len(h.Keys)), filled(len(h.Keys))
	for i := range h.Ops {
		op := &h.Ops[i]
		if op.F != Assign && op.F != Subscribe && op.F != Release {
			for _, k := range h.ListedOf(op) {
				moved[k] = int32(i)
			}
		}
		polls, sends := int32(2*i), int32(2*i+1)
		for _, r := range h.ReadsOf(op) {
			k := h.keyOf[r.Value]
			if list[k] == polls && moved[k] != int32(i) {
				a.step(int32(i), value[k], r.Value, IntPollSkip, IntNonmonotonicPoll)
			}
			value[k], list[k] = r.Value, polls
		}
		if op.Type == Pending {
			continue
		}
		for _, s := range h.SendsOf(op) {
			k := h.keyOf[s.Value]
			if list[k] == sends {
				a.step(int32(i), value[k], s.Value, IntSendSkip, IntNonmonotonicSend)
			}
			value[k], list[k] = s.Value, sends
		}
	}
}

// step judges two successive values of one operation.
func (a *analysis) step(op int32, v, w Value, skip, back string) {
	a.tallies[skip].decided++
	a.tallies[back].decided++
	d := a.delta(v, w)
	id := skip
	switch {
	case d == 1:
		return
	case d < 1:
		id = back
	}
	if a.found(id, a.h.keyOf[v]) {
		verb := "polls"
		if id == IntSendSkip || id == IntNonmonotonicSend {
			verb = "sends"
		}
		a.keep(id, sample{a.evidence(op).order(v, w).ops, []Value{v, w},
			fmt.Sprintf("%s %s %s and then %s of key %s%s", a.who(op), verb, a.place(v), a.place(w), a.h.Keys[a.h.keyOf[v]],
				a.between(v, w, d))})
	}
}

// between says what is wrong with a step: what it leaves out, or that it goes back.
func (a *analysis) between(v, w Value, d int) string {
	switch {
	case d < 0:
		return ", which lies before it"
	case d == 0:
		return ", at the same place"
	}
	skipped := a.entries[a.groups[a.group[a.last[v]]+1]]
	if d == 2 {
		return fmt.Sprintf(", and leaves out %s (offset %d)", a.h.Name(skipped.value), skipped.offset)
	}
	return fmt.Sprintf(", and leaves out %d offsets, the first with %s (offset %d)", d-1, a.h.Name(skipped.value), skipped.offset)
}

// along follows each process and looks at the order of what its successive
// operations poll and send.
func (a *analysis) along() {
	h := a.h
	for _, id := range []string{PollSkip, NonmonotonicPoll} {
		a.tallies[id].missing = "no process polls a key again"
	}
	a.tallies[NonmonotonicSend].missing = "no process sends to a key again"
	polls, sends := newTrail(len(h.Keys)), newTrail(len(h.Keys))
	for _, ops := range a.byProcess() {
		polls.forget()
		sends.forget()
		for _, i := range ops {
			a.follow(i, polls, sends)
		}
	}
}

// byProcess returns the operations of each process in order.
func (a *analysis) byProcess() [][]int32 {
	counts := make([]int, len(a.h.Processes))
	for i := range a.h.Ops {
		counts[a.h.Ops[i].Process]++
	}
	all := make([]int32, len(a.h.Ops))
	out := make([][]int32, len(counts))
	for p, n := range counts {
		out[p], all = all[:0:n], all[n:]
	}
	for i := range a.h.Ops {
		p := a.h.Ops[i].Process
		out[p] = append(out[p], int32(i))
	}
	return out
}

// trail is what a process polled or sent last, by key.
type trail struct {
	value []Value
	op    []int32
	known []int32 // generation in which the key's entry was made
	now   int32   // the generation; entries of others are forgotten
}

func newTrail(keys int) *trail {
	return &trail{value: make([]Value, keys), op: make([]int32, keys), known: make([]int32, keys)}
}

// forget drops all keys.
func (t *trail) forget() { t.now++ }

// retain drops all keys but some.
func (t *trail) retain(keys []Key) {
	kept := slices.DeleteFunc(slices.Clone(keys), func(k Key) bool { return t.known[k] != t.now })
	t.now++
	for _, k := range kept {
		t.known[k] = t.now
	}
}

// drop drops some keys.
func (t *trail) drop(keys []Key) {
	for _, k := range keys {
		t.known[k] = 0
	}
}

func (t *trail) last(k Key) (v Value, op int32, ok bool) {
	return t.value[k], t.op[k], t.known[k] == t.now
}

func (t *trail) set(k Key, v Value, op int32) { t.value[k], t.op[k], t.known[k] = v, op, t.now }

// follow judges one operation against the trails of its process, and prolongs them.
func (a *analysis) follow(i int32, polls, sends *trail) {
	op := &a.h.Ops[i]
	if op.Type != OK && op.Type != Info && op.F != Poll && op.F != Send && op.F != Txn {
		return
	}
	switch op.F {
	case Assign, Subscribe:
		polls.retain(a.h.ListedOf(op))
		sends.retain(a.h.ListedOf(op))
	case Release:
		polls.drop(a.h.ListedOf(op))
	case Crash:
		polls.forget()
		sends.forget()
	case Send, Poll, Txn:
		a.pollsAgain(i, polls)
		if op.Type == OK || op.Type == Info {
			a.sendsAgain(i, sends)
		}
	}
}

// pollsAgain compares the first value of each key that an operation polls with the
// last one of the successful operation before it that polled the key. What an
// operation that failed was handed is judged and not remembered: its process has to
// go back.
func (a *analysis) pollsAgain(i int32, polls *trail) {
	h := a.h
	op := &h.Ops[i]
	reads := h.ReadsOf(op)
	for j, r := range reads {
		k := h.keyOf[r.Value]
		v, before, ok := polls.last(k)
		if ok && before != i && !a.pollsBefore(reads[:j], k) {
			a.resume(before, i, v, r.Value)
		}
		if op.Type == OK {
			polls.set(k, r.Value, i)
		}
	}
}

// pollsBefore says whether a key is among the reads that an unsuccessful operation
// made before; a successful one says so in its trail.
func (a *analysis) pollsBefore(reads []Place, k Key) bool {
	for j := len(reads) - 1; j >= 0; j-- {
		if a.h.keyOf[reads[j].Value] == k {
			return true
		}
	}
	return false
}

func (a *analysis) resume(before, op int32, v, w Value) {
	a.tallies[PollSkip].decided++
	a.tallies[NonmonotonicPoll].decided++
	d := a.delta(v, w)
	id := PollSkip
	switch {
	case d == 1:
		return
	case d < 1:
		id = NonmonotonicPoll
	}
	key := a.h.keyOf[v]
	if a.found(id, key) {
		a.keep(id, sample{a.evidence(before, op).order(v, w).ops, []Value{v, w},
			fmt.Sprintf("process %s was handed %s of key %s last and goes on with %s%s",
				a.h.Processes[a.h.Ops[op].Process], a.place(v), a.h.Keys[key], a.place(w), a.between(v, w, d))})
	}
}

func (a *analysis) sendsAgain(i int32, sends *trail) {
	h := a.h
	for _, s := range h.SendsOf(&h.Ops[i]) {
		k := h.keyOf[s.Value]
		v, before, ok := sends.last(k)
		sends.set(k, s.Value, i)
		if !ok || before == i {
			continue
		}
		a.tallies[NonmonotonicSend].decided++
		if d := a.delta(v, s.Value); d < 1 && a.found(NonmonotonicSend, k) {
			a.keep(NonmonotonicSend, sample{a.evidence(before, i).order(v, s.Value).ops, []Value{v, s.Value},
				fmt.Sprintf("process %s sent %s to key %s and then %s%s",
					h.Processes[h.Ops[i].Process], a.place(v), h.Keys[k], a.place(s.Value), a.between(v, s.Value, d))})
		}
	}
}
