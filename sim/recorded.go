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
	answers map[question]*listed
	rest    Source
	used    int
	missing []Answer
	missed  map[question]struct{}
}

// listed is an answer of the list.
type listed struct {
	value uint64
	used  bool
}

// NewReplay returns a source that answers from a list, and what is not in it
// from rest. Of two answers to one question the later counts. A run that differs
// from the one that was recorded asks other questions: [Replay.Missing] tells.
func NewReplay(answers []Answer, rest Source) *Replay {
	r := &Replay{rest: rest, answers: make(map[question]*listed, len(answers)), missed: make(map[question]struct{})}
	kept := make([]listed, len(answers))
	for i, a := range answers {
		kept[i].value = a.Value
		r.answers[question{hashString(a.Decision), a.ID, a.N}] = &kept[i]
	}
	return r
}

// Used returns how many answers of the list were asked for so far.
func (r *Replay) Used() int { return r.used }

// Missing returns the questions that the list did not answer, each once, with the
// answers of the other source.
func (r *Replay) Missing() []Answer { return r.missing }

// Bits implements [Source].
func (r *Replay) Bits(d Decision, id ID) uint64 {
	if v, ok := r.listed(question{d.hash, id, 0}); ok {
		return v
	}
	v := r.rest.Bits(d, id)
	r.miss(question{d.hash, id, 0}, Answer{d.name, id, 0, v})
	return v
}

// Choose implements [Source].
func (r *Replay) Choose(d Decision, id ID, n int) int {
	if v, ok := r.listed(question{d.hash, id, n}); ok {
		return int(v)
	}
	v := r.rest.Choose(d, id, n)
	r.miss(question{d.hash, id, n}, Answer{d.name, id, n, uint64(v)})
	return v
}

// listed returns the answer of the list, if it has one that is possible.
func (r *Replay) listed(q question) (value uint64, ok bool) {
	l := r.answers[q]
	if l == nil || q.n > 0 && l.value >= uint64(q.n) {
		return 0, false
	}
	if !l.used {
		l.used = true
		r.used++
	}
	return l.value, true
}

func (r *Replay) miss(q question, a Answer) {
	if _, known := r.missed[q]; !known {
		r.missed[q] = struct{}{}
		r.missing = append(r.missing, a)
	}
}
