package checker

import (
	"orderlab/checker/internal/linear"
	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

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
func (r *registers) operations(h *history.History, m *machine, rows []int32) []searchOp {
	out := make([]searchOp, len(rows))
	for n, row := range rows {
		i := int(row)
		o := searchOp{do: doWrite, message: h.MessageAt(i), event: none, begin: h.BeginAt(i), end: h.EndAt(i), row: row}
		if h.Kind(i) == history.KindRead {
			o.do = doRead
		}
		if h.OutcomeAt(i) == history.Unknown {
			o.end = linear.Never
		}
		if m != nil && o.do == doWrite {
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

// unseen stands for a message that no read returns.
const unseen = history.NoMessage - 1

// shown returns what a read would have to return after a write.
func (o *searchOp) shown() history.Message {
	if o.seen {
		return o.message
	}
	return unseen
}

// casModel is a register with an initial value, as porcupine sees it. What has no end
// and does not find what it replaces did not take place.
func casModel(initial history.Message) porcupine.Model {
	m := stateModel(nil)
	m.Init = func() any { return stateOf{last: initial} }
	step := m.Step
	m.Step = func(state, input, output any) (bool, any) {
		s, o := state.(stateOf), input.(*searchOp)
		if o.do == doCAS && s.last != o.from {
			return o.end == linear.Never, s
		}
		return step(state, input, output)
	}
	return m
}

// stateModel is a register, or a state machine, as porcupine sees it. What has no
// end and is not allowed did not take place.
func stateModel(m *machine) porcupine.Model {
	initial := stateOf{last: history.NoMessage}
	if m != nil {
		initial.state = m.initial
	}
	return porcupine.Model{
		Init: func() any { return initial },
		Step: func(state, input, _ any) (bool, any) {
			s, o := state.(stateOf), input.(*searchOp)
			switch {
			case o.do == doRead:
				return s.last == o.message, s
			case m == nil:
				return true, stateOf{last: o.shown()}
			}
			if to := m.step(s.state, o.event); to != none {
				return true, stateOf{to, o.shown()}
			}
			return o.end == linear.Never, s
		},
		Equal: func(a, b any) bool { return a == b },
		Hash:  func(s any) uint64 { return uint64(s.(stateOf).last)<<32 | uint64(uint32(s.(stateOf).state)) },
	}
}
