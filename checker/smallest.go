package checker

import (
	"slices"

	"orderlab/checker/internal/linear"
	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

// illegal says whether operations certainly have no linearization, as far as the
// steps that are left show.
func (s *search) illegal(ops []searchOp) bool {
	show(ops)
	budget := Budget{min(s.left, max(s.budget.Steps/trials, 8*len(ops))), s.budget.Bytes}
	c := course{ops: ops, step: s.model.Step, left: budget}
	found, _ := c.follow(s.model.Init())
	s.left -= budget.Steps - max(c.left.Steps, 0)
	if found != tooMany {
		return found == never
	}
	model, step := s.model, s.model.Step
	model.Step = func(state, input, output any) (bool, any) {
		s.left--
		return step(state, input, output)
	}
	budget.Steps = min(budget.Steps, s.left)
	result := linearize(model, operationsOf(ops), budget)
	s.spent = s.spent || result == porcupine.Unknown
	return result == porcupine.Illegal
}

// trials is how many searches that do not end may be made for a smaller witness.
const trials = 20

// patience is how many times as many steps may be spent on making a witness smaller
// as on finding out that there is one.
const patience = 4

// mostExplained is how many operations a state machine may have for those that began
// only after nothing explained them any more to be looked at as well.
const mostExplained = 60

// smallest returns the fewest operations that have no linearization: of those until
// the first moment at which there is none, and of the messages that are needed, the
// ones that have to be known. Of the others it is enough that they may have taken
// place at any time. Dequeues of which nothing is known stay, because they might
// explain what is wrong. A search that does not end within the budget leaves more
// than the fewest, and spent says so.
func (s *search) smallest() []searchOp {
	ops := slices.Clone(s.untilWrong())
	known := linear.Minimal(len(ops), func(keep []int) bool { return s.illegal(knowing(ops, keep, keep)) })
	if !s.illegal(knowing(ops, known, known)) {
		known = all(len(ops))
	}
	// Of what is known, the ends that were cut off are known as well. Dequeues that
	// are not known need not have happened at all.
	s.restore(ops)
	s.among = ops
	s.spent = false // from here on it counts
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

// all returns the numbers below n.
func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// untilWrong cuts operations off where they first have no linearization: of what had
// not ended by then it is only known that it may happen. What led back to a state that
// was there before is left out, and what is not about a message that is needed. What
// begins later, about the same messages or in a short life of a state machine, stays:
// it says that it was not earlier.
func (s *search) untilWrong() []searchOp {
	show(s.ops)
	c := course{ops: s.ops, step: s.model.Step, left: s.budget}
	found, wrong := c.follow(s.model.Init())
	if found != never {
		return s.needed(s.untilIllegal())
	}
	if s.whole && len(wrong.path) > mostExplained {
		// Values that come again and again: that their writes are left out is no loss.
		again := course{ops: s.ops, step: s.model.Step, left: s.budget, repeats: true}
		if _, less := again.follow(s.model.Init()); len(less.path) > 0 {
			wrong = less
		}
	}
	s.wrong = &wrong
	led := make([]searchOp, 0, len(wrong.path))
	for _, i := range wrong.path {
		led = append(led, s.ops[i])
	}
	led = s.needed(cutOff(led, wrong.at))
	about := make(map[history.Message]bool)
	for i := range led {
		about[led[i].message] = true
	}
	var later []searchOp
	for _, o := range cutOff(s.ops, wrong.at) {
		if o.begin > wrong.at && (s.whole || about[o.message]) {
			later = append(later, o)
		}
	}
	if s.whole && len(led)+len(later) > mostExplained {
		later = nil
	}
	for _, ops := range [][]searchOp{append(led, later...), cutOff(s.ops, wrong.at)} {
		if s.illegal(ops) {
			return ops
		}
	}
	return s.ops
}

// untilIllegal is untilWrong where too many operations overlap to follow them.
func (s *search) untilIllegal() []searchOp {
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

// needed leaves out the messages of a queue or register without which there is no
// linearization either: where there is one, it is still one without everything
// that is about some of the messages.
func (s *search) needed(ops []searchOp) []searchOp {
	if s.whole {
		return ops
	}
	number := map[history.Message]int{}
	for i := range ops {
		if m := ops[i].message; m != history.NoMessage {
			if _, ok := number[m]; !ok {
				number[m] = len(number)
			}
		}
	}
	messages := len(number)
	wanted := make([]bool, messages)
	of := func(keep []int) (out []searchOp) {
		clear(wanted)
		for _, k := range keep {
			wanted[k] = true
		}
		for _, o := range ops {
			if o.message == history.NoMessage || wanted[number[o.message]] {
				out = append(out, o)
			}
		}
		return out
	}
	if out := of(linear.Minimal(messages, func(keep []int) bool { return s.illegal(of(keep)) })); s.illegal(out) {
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
