package sim

import "fmt"

// Answer is a decision as it was answered in a run.
type Answer struct {
	// Decision is the decision's name, ID what it was about.
	Decision string
	ID       ID
	// N is the number of alternatives; 0 when 64 bits were asked for.
	N int
	// Value is the alternative, or the bits.
	Value uint64
}

// String returns the answer in words.
func (a Answer) String() string {
	if a.N == 0 {
		return fmt.Sprintf("%s of %x: bits %016x", a.Decision, uint64(a.ID), a.Value)
	}
	return fmt.Sprintf("%s of %x: %d of %d", a.Decision, uint64(a.ID), a.Value, a.N)
}

// question is what a source is asked. Asked twice in a run it has one answer, so
// a list of answers needs every question once.
type question struct {
	decision uint64
	id       ID
	n        int
}

// Recording passes questions on to a source and keeps the answers.
type Recording struct {
	of      Source
	answers []Answer
	known   map[question]struct{}
}

// Record returns a recording of what a source answers from now on.
func Record(of Source) *Recording {
	return &Recording{of: of, known: make(map[question]struct{})}
}

// Answers returns what was asked and answered so far, each question once, in the
// order of first asking. The slice is the recording's.
func (r *Recording) Answers() []Answer { return r.answers }

// Bits implements [Source].
func (r *Recording) Bits(d Decision, id ID) uint64 {
	v := r.of.Bits(d, id)
	r.keep(d, Answer{d.name, id, 0, v})
	return v
}

// Choose implements [Source].
func (r *Recording) Choose(d Decision, id ID, n int) int {
	v := r.of.Choose(d, id, n)
	r.keep(d, Answer{d.name, id, n, uint64(v)})
	return v
}

func (r *Recording) keep(d Decision, a Answer) {
	q := question{d.hash, a.ID, a.N}
	if _, ok := r.known[q]; !ok {
		r.known[q] = struct{}{}
		r.answers = append(r.answers, a)
	}
}

// Replay answers from a list, by the name of the decision and the identity, so
// that a part of a run can be taken away and the rest still gets its answers.
type Replay struct {
	answers map[question]uint64
	rest    Source
	missing []Answer
}

// NewReplay returns a source that answers from a list, and what is not in it
// from rest. A run that differs from the one that was recorded asks other
// questions: [Replay.Missing] tells.
func NewReplay(answers []Answer, rest Source) *Replay {
	r := &Replay{answers: make(map[question]uint64, len(answers)), rest: rest}
	for _, a := range answers {
		r.answers[question{hashString(a.Decision), a.ID, a.N}] = a.Value
	}
	return r
}

// Missing returns the questions that the list did not answer, with the answers
// of the other source.
func (r *Replay) Missing() []Answer { return r.missing }

// Bits implements [Source].
func (r *Replay) Bits(d Decision, id ID) uint64 {
	if v, ok := r.answers[question{d.hash, id, 0}]; ok {
		return v
	}
	v := r.rest.Bits(d, id)
	r.missing = append(r.missing, Answer{d.name, id, 0, v})
	return v
}

// Choose implements [Source].
func (r *Replay) Choose(d Decision, id ID, n int) int {
	if v, ok := r.answers[question{d.hash, id, n}]; ok && v < uint64(n) {
		return int(v)
	}
	v := r.rest.Choose(d, id, n)
	r.missing = append(r.missing, Answer{d.name, id, n, uint64(v)})
	return v
}
