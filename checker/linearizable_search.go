package checker

import (
	"fmt"
	"slices"

	"orderlab/checker/internal/linear"
	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

// searchOp is an operation as porcupine is told of it. One that has no end may
// have taken place or not: it may do so after everything else, and what is not
// possible then did not happen.
type searchOp struct {
	do         doing
	message    history.Message // what it puts in, takes out or returns
	event      int32           // of a state machine, or none
	begin, end int64
	row        int32
	position   int64 // in a log
}

// doing is what an operation does.
type doing uint8

const (
	doWrite   doing = iota // to a register, or a transition of a state machine
	doRead                 // the last write
	doEnqueue              //
	doDequeue              // a message
	doEmpty                // dequeue nothing, because nothing is there
	doOpen                 // dequeue the first message, if there is one
	doAppend               // to a log, at its position
	doReadEnd              // the end of a log at its position
)

// search looks for a linearization of the operations on one thing.
type search struct {
	ops    []searchOp
	model  porcupine.Model
	budget Budget
	what   string // the thing is one of these: a register
	name   string
	// left is how many steps may still be spent on making a witness smaller.
	left int
}

// judge returns what shows that there is no linearization, nil where there is one,
// or why that is not known.
func (s *search) judge(x *index) (_ *Witness, unknown string) {
	for i := range s.ops {
		if o := &s.ops[i]; o.end < o.begin {
			return nil, x.backwards(o.row).Reason
		}
	}
	switch s.ask(s.ops) {
	case porcupine.Ok:
		return nil, ""
	case porcupine.Unknown:
		return nil, s.budget.exceeded(len(s.ops))
	}
	s.left = s.budget.Steps
	return s.witness(x, s.smallest()), ""
}

// ask asks porcupine.
func (s *search) ask(ops []searchOp) porcupine.CheckResult {
	return linearize(s.model, operationsOf(ops), s.budget)
}

// operationsOf writes operations down for porcupine, each with a client of its own.
func operationsOf(ops []searchOp) []porcupine.Operation {
	list := make([]porcupine.Operation, len(ops))
	for i := range ops {
		list[i] = porcupine.Operation{ClientId: i, Input: &ops[i], Call: ops[i].begin, Return: ops[i].end}
	}
	return list
}

// illegal says whether operations certainly have no linearization, as far as the
// steps that are left show.
func (s *search) illegal(ops []searchOp) bool {
	budget := Budget{min(s.left, s.budget.Steps/trials), s.budget.Bytes}
	model, step := s.model, s.model.Step
	model.Step = func(state, input, output any) (bool, any) {
		s.left--
		return step(state, input, output)
	}
	return linearize(model, operationsOf(ops), budget) == porcupine.Illegal
}

// trials is how many searches that do not end may be made for a smaller witness.
const trials = 20

// smallest returns the fewest operations that have no linearization: of those
// until the first moment at which there is none, and of the messages that are
// needed, the ones that have to be known. Of the others it is enough that they may
// have taken place at any time. Dequeues of which nothing is known stay, because
// they might explain what is wrong. A search that does not end within the budget
// leaves more than the fewest.
func (s *search) smallest() []searchOp {
	ops := slices.Clone(s.needed(s.untilWrong()))
	known := linear.Minimal(len(ops), func(keep []int) bool { return s.illegal(knowing(ops, keep, keep)) })
	if !s.illegal(knowing(ops, known, known)) {
		return ops
	}
	// Of what is known, the ends that were cut off are known as well. Dequeues that
	// are not known need not have happened at all.
	s.restore(ops)
	for i := 0; i < len(known); {
		rest := slices.Delete(slices.Clone(known), i, i+1)
		if s.illegal(knowing(ops, rest, known)) {
			known = rest
		} else {
			i++
		}
	}
	last := linear.Ever
	for _, k := range known {
		last = max(last, ops[k].end)
	}
	var out []searchOp
	for i, o := range ops {
		if slices.Contains(known, i) || o.do == doOpen && o.begin < last {
			out = append(out, o)
		}
	}
	return out
}

// untilWrong cuts operations off where they first have no linearization: of what
// had not ended by then it is only known that it may happen.
func (s *search) untilWrong() []searchOp {
	var ends []int64
	for i := range s.ops {
		ends = append(ends, s.ops[i].end)
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	n, _ := slices.BinarySearchFunc(ends[:len(ends)-1], true, func(end int64, _ bool) int {
		if s.illegal(cutOff(s.ops, end)) {
			return 0
		}
		return -1
	})
	if out := cutOff(s.ops, ends[n]); s.illegal(out) {
		return out
	}
	return s.ops
}

// restore gives operations the ends back that were cut off.
func (s *search) restore(ops []searchOp) {
	ends := make(map[int32]int64)
	for i := range s.ops {
		ends[s.ops[i].row] = s.ops[i].end
	}
	for i := range ops {
		ops[i].end = ends[ops[i].row]
	}
}

// cutOff returns what was known of operations at a time.
func cutOff(ops []searchOp, at int64) (out []searchOp) {
	for _, o := range ops {
		if o.end > at {
			if o.do == doRead || o.do == doEmpty {
				continue
			}
			o.end = linear.Never
		}
		out = append(out, o)
	}
	return out
}

// forget makes the operation one of which nobody knows when it took place, and
// whether it did; false where then nothing is left of it.
func (o *searchOp) forget() bool {
	switch o.do {
	case doRead, doEmpty:
		return false
	case doDequeue:
		o.do = doOpen
	}
	o.begin, o.end = linear.Ever, linear.Never
	return true
}

// needed leaves out the messages of a queue without which there is no
// linearization either: where there is one, it is still one without everything
// that is about some of the messages.
func (s *search) needed(ops []searchOp) []searchOp {
	var messages []history.Message
	for i := range ops {
		switch o := &ops[i]; o.do {
		case doWrite, doRead:
			return ops
		case doEnqueue, doDequeue:
			if !slices.Contains(messages, o.message) {
				messages = append(messages, o.message)
			}
		}
	}
	of := func(keep []int) (out []searchOp) {
		for _, o := range ops {
			if o.do == doEmpty || o.do == doOpen ||
				slices.ContainsFunc(keep, func(k int) bool { return messages[k] == o.message }) {
				out = append(out, o)
			}
		}
		return out
	}
	if out := of(linear.Minimal(len(messages), func(keep []int) bool { return s.illegal(of(keep)) })); s.illegal(out) {
		return out
	}
	return ops
}

// knowing returns operations of which only some are known. Writes and enqueues of
// messages that nothing known is about make no difference, and dequeues beyond
// those that may have happened did not.
func knowing(ops []searchOp, known, happened []int) (out []searchOp) {
	of := make([]uint8, len(ops))
	about := map[history.Message]bool{}
	for _, k := range happened {
		of[k] = 1
	}
	for _, k := range known {
		of[k] = 2
		about[ops[k].message] = true
	}
	for i, o := range ops {
		switch {
		case o.do == doOpen || of[i] == 2:
		case o.do == doDequeue && len(happened) > len(known) && of[i] == 0:
			continue
		case o.event == none && !about[o.message] && of[i] == 0 || !o.forget():
			continue
		}
		out = append(out, o)
	}
	return out
}

// witness says that operations have no linearization.
func (s *search) witness(x *index, ops []searchOp) *Witness {
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
	w.Text = fmt.Sprintf("in no order do the operations on %s make a run of %s", s.name, s.what)
	if len(ops) == 1 {
		w.Text = fmt.Sprintf("what happened at %s can happen in no run of %s", s.name, s.what)
	}
	return w
}
