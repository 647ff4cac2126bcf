package explore

import (
	"context"
	"fmt"
	"slices"

	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// ShrinkOptions say what to shrink to.
type ShrinkOptions struct {
	// Guarantee is the one that must stay broken; empty takes the first of the
	// case's that the run breaks.
	Guarantee string
	// Trials bounds the number of runs; 0 is [DefaultTrials].
	Trials int
	// Progress is called after each trial.
	Progress func(ShrinkProgress)
}

// DefaultTrials is how many runs a shrinking makes at most.
const DefaultTrials = 20_000

// ShrinkProgress tells how far a shrinking is.
type ShrinkProgress struct {
	Trials, Messages, Faults, Consumers int
}

// Shrunk is the smallest failing run that was found.
type Shrunk struct {
	// Case sends every message and lets every fault strike at a time of its own.
	Case *scenarios.Case
	Seed uint64
	// Guarantee is what the run breaks; Run is the run, with its witness.
	Guarantee string
	Run       result.Run
	// From and To are what the run had before and after.
	From, To Size
	// Trials is how many runs it took. Stopped says that the trials or the
	// context came to an end before nothing more could be taken out.
	Trials  int
	Stopped bool
}

// Size is what a run has.
type Size struct{ Messages, Faults, Consumers int }

func sizeOf(c *scenarios.Case) Size {
	return Size{len(c.Workload.Phases[0].Sends), len(c.Faults), c.Consumers.Members}
}

// NotBrokenError says that there is nothing to shrink.
type NotBrokenError struct {
	Seed      uint64
	Guarantee string // empty: none is broken
}

// Error implements error.
func (e *NotBrokenError) Error() string {
	if e.Guarantee == "" {
		return fmt.Sprintf("the run of seed %d breaks no guarantee, so there is nothing to shrink; try another seed", e.Seed)
	}
	return fmt.Sprintf("the run of seed %d does not break %s, so there is nothing to shrink; try another seed", e.Seed, e.Guarantee)
}

// shrinker is the state of a shrinking.
type shrinker struct {
	ctx    context.Context
	r      *runner.Runner
	seed   uint64
	opt    ShrinkOptions
	lostAt string // the hop at which the guarantee's order was lost
	best   *scenarios.Case
	trials int
	err    error
}

// Shrink looks for the smallest run that breaks the same guarantee at the same
// hop. It makes every message and every fault of the run explicit, and then takes
// out faults, consumers and messages, one by one and in halves, and moves what is
// left closer together, until nothing more can go. Everything that is decided
// about what stays is decided as in the original run.
//
// The error is a [*NotBrokenError], or one of the program as [Sweep] gives it.
// When the context ends, the smallest run so far is returned, marked stopped.
func Shrink(
	ctx context.Context, reg *scenarios.Registry, c *scenarios.Case, seed uint64, opt ShrinkOptions,
) (*Shrunk, error) {
	if opt.Trials <= 0 {
		opt.Trials = DefaultTrials
	}
	s := &shrinker{ctx: ctx, r: runner.New(reg), seed: seed, opt: opt}
	if err := s.begin(c); err != nil {
		return nil, err
	}
	from := sizeOf(s.best)
	s.choose()
	s.settle(func() {
		s.settle(s.pass)
		s.dropConsumers()
	})
	if s.err != nil {
		return nil, s.err
	}
	stopped := s.giveUp()
	out, err := one(context.WithoutCancel(ctx), s.r, s.best, seed, false, runner.Options{Witness: true})
	return &Shrunk{Case: s.best, Seed: seed, Guarantee: s.opt.Guarantee, Run: out, From: from, To: sizeOf(s.best),
		Trials: s.trials, Stopped: stopped}, err
}

// begin makes the original run, and makes it explicit.
func (s *shrinker) begin(c *scenarios.Case) error {
	out, err := one(s.ctx, s.r, c, s.seed, false, runner.Options{})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(out.Verdicts, func(v result.Verdict) bool {
		return v.Status == result.Violated && (s.opt.Guarantee == "" || v.Guarantee == s.opt.Guarantee)
	})
	if i < 0 {
		return &NotBrokenError{s.seed, s.opt.Guarantee}
	}
	s.opt.Guarantee, s.lostAt = out.Verdicts[i].Guarantee, out.Verdicts[i].LostAt
	explicit, err := s.r.Explicit(s.ctx, c, s.seed)
	if err != nil {
		return err
	}
	explicit.Guarantees = []string{s.opt.Guarantee}
	s.best = explicit
	if !s.breaks(explicit) && s.err == nil {
		return fmt.Errorf("the run of seed %d with explicit messages and faults does not break %s as the original does",
			s.seed, s.opt.Guarantee)
	}
	return s.err
}

// settle repeats a step until it makes nothing smaller.
func (s *shrinker) settle(step func()) {
	for before := -1; before != s.weight() && !s.giveUp(); {
		before = s.weight()
		step()
	}
}

// weight falls with every step of shrinking.
func (s *shrinker) weight() int {
	size := sizeOf(s.best)
	return size.Messages + size.Faults + size.Consumers
}

func (s *shrinker) giveUp() bool {
	return s.err != nil || s.trials >= s.opt.Trials || s.ctx.Err() != nil
}

// breaks says whether the case breaks the guarantee at the same hop.
func (s *shrinker) breaks(c *scenarios.Case) bool {
	if s.giveUp() {
		return false
	}
	s.trials++
	out, err := one(s.ctx, s.r, c, s.seed, false, runner.Options{})
	if err != nil {
		if s.ctx.Err() == nil {
			s.err = err
		}
		return false
	}
	v := &out.Verdicts[0]
	ok := v.Status == result.Violated && v.LostAt == s.lostAt
	if s.opt.Progress != nil {
		size := sizeOf(s.best)
		s.opt.Progress(ShrinkProgress{s.trials, size.Messages, size.Faults, size.Consumers})
	}
	return ok
}

// try keeps the case if it still breaks the guarantee.
func (s *shrinker) try(c *scenarios.Case) bool {
	if !s.breaks(c) {
		return false
	}
	s.best = c
	return true
}

// copied returns the smallest case so far to be changed: its sends and faults
// must be replaced, not written to.
func (s *shrinker) copied() *scenarios.Case {
	c := *s.best
	c.Workload.Phases = slices.Clone(c.Workload.Phases)
	return &c
}

func (s *shrinker) sends() []scenarios.Send { return s.best.Workload.Phases[0].Sends }

func (s *shrinker) dropFaults() {
	all := s.best.Faults
	minimize(len(all), 1, func(kept []int) bool {
		c := s.copied()
		c.Faults = pick(all, kept)
		return s.try(c)
	}, s.giveUp)
}

// dropMessages takes messages out, in pieces of at least a number of them.
func (s *shrinker) dropMessages(piece int) {
	all := s.sends()
	minimize(len(all), piece, func(kept []int) bool {
		c := s.copied()
		c.Workload.Phases[0].Sends = pick(all, kept)
		return s.try(c)
	}, s.giveUp)
}

func pick[T any](all []T, kept []int) []T {
	out := make([]T, len(kept))
	for i, k := range kept {
		out[i] = all[k]
	}
	return out
}

// dropConsumers takes the last consumer out for as long as that works.
func (s *shrinker) dropConsumers() {
	for s.best.Consumers.Members > 1 {
		c := s.copied()
		c.DropConsumer()
		if !s.try(c) {
			return
		}
	}
}

// dropWait lets the consumers work from the beginning.
func (s *shrinker) dropWait() {
	if s.best.Consumers.WorkFrom > 0 {
		c := s.copied()
		c.Consumers.WorkFrom = 0
		s.try(c)
	}
}
