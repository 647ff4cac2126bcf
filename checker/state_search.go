package checker

import (
	"fmt"
	"slices"

	"orderlab/checker/internal/linear"
	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

// stateOp is an effect or a read as an operation on a register or state machine.
type stateOp struct {
	message    history.Message // what it writes or returns
	read       bool
	maybe      bool  // it may not have taken place
	event      int32 // of the state machine, or none
	begin, end int64
	row        int32
}

// rows returns the operations on the registers that are wanted, by register.
func (r *registers) rows(h *history.History, wanted func(*register) bool) stateRows {
	want := make([]bool, len(r.state))
	any := false
	for g := range r.state {
		want[g] = wanted(&r.state[g])
		any = any || want[g]
	}
	r.ends = resize(r.ends, len(r.state)+1, 0)
	if !any {
		return stateRows{r.ends, nil}
	}
	each := func(do func(g, row int32)) {
		for i := range h.Len() {
			if g := r.at(h, i); g != none && want[g] {
				do(g, int32(i))
			}
		}
	}
	total := int32(0)
	each(func(g, _ int32) { r.ends[g+1]++; total++ })
	for g := range r.state {
		r.ends[g+1] += r.ends[g]
	}
	r.list = grow(r.list, int(total))
	each(func(g, row int32) { r.list[r.ends[g]] = row; r.ends[g]++ })
	return stateRows{r.ends, r.list}
}

// at returns the register of a row that is an operation on one, or none.
func (r *registers) at(h *history.History, i int) int32 {
	var key history.Key
	switch k := h.Kind(i); {
	case k == history.KindApply && h.OutcomeAt(i) != history.Fail:
		key = h.KeyOf(h.MessageAt(i))
	case k == history.KindRead && h.OutcomeAt(i) == history.OK && h.PositionAt(i) != history.NoPosition:
		key = history.Key(h.PositionAt(i))
	default:
		return none
	}
	if key == history.NoKey {
		return none
	}
	g, _ := r.keys.number(int(r.sinks[h.DetailAt(i)]), int(key))
	return g
}

// stateRows are the rows of registers.
type stateRows struct{ ends, list []int32 }

func (s stateRows) of(g int) []int32 {
	from := int32(0)
	if g > 0 {
		from = s.ends[g-1]
	}
	return s.list[from:s.ends[g]]
}

// operations returns rows as operations.
func (r *registers) operations(h *history.History, m *machine, rows []int32) []stateOp {
	out := make([]stateOp, len(rows))
	for n, row := range rows {
		i := int(row)
		o := stateOp{message: h.MessageAt(i), read: h.Kind(i) == history.KindRead, event: none,
			begin: h.BeginAt(i), end: h.EndAt(i), row: row}
		if h.OutcomeAt(i) == history.Unknown {
			o.maybe, o.end = true, linear.Never
		}
		if m != nil && !o.read {
			o.event = m.event(h.MessageName(o.message))
		}
		out[n] = o
	}
	return out
}

// stateOf is the state of a register or a state machine.
type stateOf struct {
	state int32
	last  history.Message
}

// stateModel is a register, or a state machine, as porcupine sees it. What may
// not have taken place and is not allowed did not.
func stateModel(m *machine) porcupine.Model {
	initial := stateOf{last: history.NoMessage}
	if m != nil {
		initial.state = m.initial
	}
	return porcupine.Model{
		Init: func() any { return initial },
		Step: func(state, input, _ any) (bool, any) {
			s, o := state.(stateOf), input.(*stateOp)
			switch {
			case o.read:
				return s.last == o.message, s
			case m == nil:
				return true, stateOf{last: o.message}
			}
			if to := m.step(s.state, o.event); to != none {
				return true, stateOf{to, o.message}
			}
			return o.maybe, s
		},
		Equal: func(a, b any) bool { return a == b },
		Hash:  func(s any) uint64 { return uint64(s.(stateOf).last)<<32 | uint64(uint32(s.(stateOf).state)) },
	}
}

// searchState asks porcupine for a linearization.
func searchState(ops []stateOp, m *machine, budget Budget) porcupine.CheckResult {
	list := make([]porcupine.Operation, len(ops))
	for i := range ops {
		list[i] = porcupine.Operation{ClientId: i, Input: &ops[i], Call: ops[i].begin, Return: ops[i].end}
	}
	return linearize(stateModel(m), list, budget)
}

// smallest returns the fewest operations that have no linearization: of those
// until the first moment at which there is none, the ones that have to be known.
// Of the others it is enough that effects may have taken place at any time. A
// search that does not end within the budget leaves more than the fewest.
func smallest(ops []stateOp, m *machine, budget Budget) []stateOp {
	illegal := func(ops []stateOp) bool { return searchState(ops, m, budget) == porcupine.Illegal }
	ops = untilWrong(ops, m, illegal)
	kept := linear.Minimal(len(ops), func(keep []int) bool { return illegal(knowing(ops, keep, m)) })
	out := make([]stateOp, 0, len(kept))
	for _, k := range kept {
		out = append(out, ops[k])
	}
	if !illegal(knowing(ops, kept, m)) {
		return ops
	}
	return out
}

// untilWrong cuts operations off where they first have no linearization: of what
// had not ended by then it is only known that it may happen.
func untilWrong(ops []stateOp, m *machine, illegal func([]stateOp) bool) []stateOp {
	var ends []int64
	for i := range ops {
		ends = append(ends, ops[i].end)
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	cut := func(end int64) (out []stateOp) {
		for _, o := range ops {
			switch {
			case o.end > end && o.read || o.begin > end && m != nil:
				continue
			case o.end > end:
				o.maybe, o.end = true, linear.Never
			}
			out = append(out, o)
		}
		return out
	}
	n, _ := slices.BinarySearchFunc(ends[:len(ends)-1], true, func(end int64, _ bool) int {
		if illegal(cut(end)) {
			return 0
		}
		return -1
	})
	if out := cut(ends[n]); illegal(out) {
		return out
	}
	return ops
}

// knowing returns operations of which only some are known: there are no other
// reads, and other effects may have taken place at any time. Of a register those
// that nobody read make no difference.
func knowing(ops []stateOp, keep []int, m *machine) (out []stateOp) {
	known := make([]bool, len(ops))
	read := map[history.Message]bool{}
	for _, k := range keep {
		known[k] = true
		read[ops[k].message] = read[ops[k].message] || ops[k].read
	}
	for i, o := range ops {
		switch {
		case known[i]:
		case o.read || m == nil && !read[o.message]:
			continue
		default:
			o.maybe, o.begin, o.end = true, linear.Ever, linear.Never
		}
		out = append(out, o)
	}
	return out
}

// searchedWitness says that operations have no linearization.
func (x *index) searchedWitness(s *register, ops []stateOp, m *machine) *Witness {
	var rows []int32
	var messages []history.Message
	for i := range ops {
		o := &ops[i]
		rows = append(rows, o.row)
		if o.message != history.NoMessage && !slices.Contains(messages, o.message) {
			messages = append(messages, o.message)
		}
	}
	slices.Sort(messages)
	w := x.witness(messages, rows...)
	what := "a register"
	if m != nil {
		what = "the declared state machine"
	}
	w.Text = fmt.Sprintf("in no order do the operations on %s make a run of %s", s.name(x.h), what)
	if len(ops) == 1 {
		w.Text = fmt.Sprintf("what happened at %s can happen in no run of %s", s.name(x.h), what)
	}
	return w
}
