package checker

import (
	"fmt"
	"slices"

	"orderlab/checker/internal/linear"
	"orderlab/model/history"
)

func linearizableState() Guarantee {
	return Guarantee{
		ID: LinearizableState,
		Holds: "The effects of one key at one sink and the reads of its state there have a linearization as the declared " +
			"state machine, or without one as a register: each takes effect at one moment between its begin and its end, " +
			"and a read returns the message that took effect last.",
		Strict: true,
		alone:  true,
		decide: (*Checker).linearizableState,
	}
}

// linearizableState decides each key at each sink on its own. Registers are
// decided by zones. State machines, and registers to which one message may have
// been written twice, are searched by porcupine.
func (c *Checker) linearizableState(opt *Options) Verdict {
	h, r := c.ix.h, &c.s.linear.registers
	m, err := opt.machine()
	if err != nil {
		return Verdict{Status: Unknown, Reason: err.Error()}
	}
	c.begin()
	r.collect(h)
	if m == nil {
		for _, w := range c.s.linear.zones.Check(r.zones, len(r.state)) {
			r.state[r.zones[w.A].Group].wrong = w
		}
	}
	rows := r.rows(h, func(s *register) bool { return s.doubtful(m) })
	var v Verdict
	var open undecided
	for g := range r.state {
		s := &r.state[g]
		if s.reads == 0 && m == nil {
			continue
		}
		v.Decided += int(s.ops)
		if !s.doubtful(m) {
			continue
		}
		w, unknown := c.judgeState(s, r.operations(h, m, rows.of(g)), m, opt.Budget.orDefault())
		if unknown != "" {
			open.note(s.name(h), unknown)
		}
		c.found(&v, w)
	}
	c.conclude(&v)
	if v.Decided == 0 {
		return vacuous("no state of a key was read")
	}
	return open.verdict(v)
}

// machine returns the declared state machine, or nil where there is none.
func (o *Options) machine() (*machine, error) {
	if o.Machine == nil {
		return nil, nil
	}
	return o.Machine.compile()
}

// doubtful says whether the zones alone do not show that a register is right.
func (s *register) doubtful(m *machine) bool {
	return m != nil || s.reads > 0 && (s.ghost || s.twice || s.wrong.A != none)
}

// name returns what a register is called.
func (s *register) name(h *history.History) string {
	if s.sink == history.NoSymbol {
		return "key " + h.KeyName(s.key)
	}
	return fmt.Sprintf("key %s at %s", h.KeyName(s.key), h.SymbolName(s.sink))
}

// judgeState returns what shows that a register or state machine has no
// linearization, nil where it has one, or why that is not known.
func (c *Checker) judgeState(s *register, ops []searchOp, m *machine, budget Budget) (_ *Witness, unknown string) {
	x := &c.ix
	if m == nil && s.ghost {
		if w := x.ghostRead(s, ops); w != nil {
			return w, ""
		}
	}
	if m == nil && !s.twice {
		return x.zoneWitness(s, &c.s.linear.registers, ops), ""
	}
	find := search{ops: ops, model: stateModel(m), budget: budget, machine: m, whole: m != nil,
		what: "a register", name: s.name(x.h)}
	if m != nil {
		find.what = "the declared state machine"
	}
	return find.judge(x)
}

// ghostRead shows a read of what was not written, or only later.
func (x *index) ghostRead(s *register, ops []searchOp) *Witness {
	for i := range ops {
		r := &ops[i]
		if r.do != doRead || r.message == history.NoMessage {
			continue
		}
		rows, early := []int32{r.row}, true
		for j := range ops {
			if o := &ops[j]; o.do == doWrite && o.message == r.message {
				rows, early = append(rows, o.row), early && o.begin > r.end
			}
		}
		if !early {
			continue
		}
		name := x.h.MessageName(r.message)
		text := fmt.Sprintf("a read of %s returned %s, which never took effect there", s.name(x.h), name)
		if len(rows) > 1 {
			text = fmt.Sprintf("a read of %s returned %s before it took effect", s.name(x.h), name)
		}
		w := x.witness([]history.Message{r.message}, rows...)
		w.Text = text
		return w
	}
	return nil
}

// zoneWitness shows two values each of which would have to come before the other.
func (x *index) zoneWitness(s *register, r *registers, ops []searchOp) *Witness {
	a, b := r.messages[s.wrong.A], r.messages[s.wrong.B]
	var candidates []searchOp // writes first, because they are the ones to keep
	for _, do := range []doing{doWrite, doRead} {
		for i := range ops {
			if o := &ops[i]; o.do == do && (o.message == a || o.message == b) {
				candidates = append(candidates, *o)
			}
		}
	}
	kept := linear.Minimal(len(candidates), func(keep []int) bool {
		za, zb := zoneOf(a), zoneOf(b)
		for _, k := range keep {
			z := &za
			if candidates[k].message == b {
				z = &zb
			}
			z.First, z.Last = min(z.First, candidates[k].end), max(z.Last, candidates[k].begin)
		}
		return za.First < zb.Last && zb.First < za.Last
	})
	var rows []int32
	var messages []history.Message
	for _, k := range kept {
		o := &candidates[k]
		rows = append(rows, o.row)
		if o.message != history.NoMessage && !slices.Contains(messages, o.message) {
			messages = append(messages, o.message)
		}
	}
	slices.Sort(messages)
	w := x.witness(messages, rows...)
	w.Text = fmt.Sprintf("at %s, %s was there both before and after %s", s.name(x.h), x.valueName(a), x.valueName(b))
	return w
}

// zoneOf returns the zone of a value of which no operation is known.
func zoneOf(m history.Message) linear.Zone {
	z := linear.Zone{First: linear.Never, Last: linear.Ever}
	if m == history.NoMessage {
		z.First = linear.Ever
	}
	return z
}

func (x *index) valueName(m history.Message) string {
	if m == history.NoMessage {
		return "the state before the first effect"
	}
	return x.h.MessageName(m)
}
