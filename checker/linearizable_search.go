package checker

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

// searchOp is an operation as porcupine is told of it. One that has no end may
// have taken place or not: it may do so after everything else, and what is not
// possible then did not happen.
type searchOp struct {
	do         doing
	message    history.Message // what it puts in, takes out or returns
	from       history.Message // what a cas replaces
	event      int32           // of a state machine, or none
	begin, end int64
	row        int32
	position   int64 // in a log
	seen       bool  // a read returns what it writes
	cannot     bool  // what it says cannot be, beside what others say
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
	doCAS                  // write if the last write is another one
	doAppend               // to a log, at its position
	doReadEnd              // the end of a log at its position
)

// search looks for a linearization of the operations on one thing.
type search struct {
	ops     []searchOp
	model   porcupine.Model
	budget  Budget
	machine *machine // the state machine, or nil
	// whole says that what else was done can explain an operation, so that nothing is
	// left out because of its message.
	whole bool
	what  string // the thing is one of these: a register
	name  string
	// left is how many steps may still be spent on making a witness smaller; spent
	// says that a search for that did not end.
	left  int
	spent bool
	wrong *impasse // where nothing explains the operations any more, once it is known
	// among are the operations among which those of the witness were looked for.
	among []searchOp
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
	s.left = patience * s.budget.Steps
	return s.witness(x, s.smallest()), ""
}

// ask asks porcupine, and follows the operations in time where porcupine does not know.
func (s *search) ask(ops []searchOp) porcupine.CheckResult {
	show(ops)
	if result := linearize(s.model, operationsOf(ops), s.budget); result != porcupine.Unknown {
		return result
	}
	c := course{ops: ops, step: s.model.Step, left: s.budget}
	switch found, _ := c.follow(s.model.Init()); found {
	case never:
		return porcupine.Illegal
	case possibly:
		return porcupine.Ok
	}
	return porcupine.Unknown
}

// show marks the writes that are read: of the others a state need not say which one
// was last.
func show(ops []searchOp) {
	read := make(map[history.Message]bool)
	for i := range ops {
		switch o := &ops[i]; o.do {
		case doRead:
			read[o.message] = true
		case doCAS:
			read[o.from] = true
		}
	}
	for i := range ops {
		ops[i].seen = read[ops[i].message]
	}
}

// operationsOf writes operations down for porcupine, each with a client of its own.
func operationsOf(ops []searchOp) []porcupine.Operation {
	list := make([]porcupine.Operation, len(ops))
	for i := range ops {
		list[i] = porcupine.Operation{ClientId: i, Input: &ops[i], Call: ops[i].begin, Return: ops[i].end}
	}
	return list
}

// witness says that operations have no linearization.
func (s *search) witness(x *index, ops []searchOp) *Witness {
	var rows []int32
	for i := range ops {
		rows = append(rows, ops[i].row)
	}
	about := ops
	if s.whole {
		about = s.among // what the others did, whenever it was, explains nothing
	}
	w := x.witness(messagesOf(about), rows...)
	w.Text = fmt.Sprintf("in no order do the operations on %s make a run of %s", s.name, s.what)
	if o := s.refused(ops); o != nil {
		w.Text = fmt.Sprintf("%s took effect on %s in state %s, in which the declared state machine does not allow it",
			x.h.MessageName(o.message), s.name, s.states())
	} else if len(ops) == 1 {
		w.Text = fmt.Sprintf("what happened at %s can happen in no run of %s", s.name, s.what)
	}
	if s.spent {
		w.NotMinimal = true
		w.Text += "; fewer operations may show it too: the search for them ended at its budget"
	}
	return w
}

// messagesOf returns the messages that operations are about.
func messagesOf(ops []searchOp) (out []history.Message) {
	for i := range ops {
		if m := ops[i].message; m != history.NoMessage {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// refused returns the effect that a state machine does not allow in any state that it
// found, if it is one of the operations.
func (s *search) refused(ops []searchOp) *searchOp {
	if s.wrong == nil || s.machine == nil || s.ops[s.wrong.op].do != doWrite {
		return nil
	}
	for i := range ops {
		if ops[i].row == s.ops[s.wrong.op].row {
			return &ops[i]
		}
	}
	return nil
}

// states names the states in which nothing explained the operations any more.
func (s *search) states() string {
	var names []string
	for _, state := range s.wrong.states {
		if name := s.machine.states[state.(stateOf).state]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " or ")
}
