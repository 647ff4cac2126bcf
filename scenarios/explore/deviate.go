package explore

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// DeviateOptions bound an exploration.
type DeviateOptions struct {
	// Seed is that of the run from which the others deviate.
	Seed uint64
	// Deviations is how many answers may differ at once, Decisions how many of the
	// decisions of a run, from the first, may be answered otherwise; Runs bounds the
	// runs in any case.
	Deviations, Decisions, Runs int
	// Names are those of the decisions that may be; empty for all.
	Names []string
	// Workers is how many runs go on at once; 0 means one for each processor.
	Workers int
	// Progress is called now and then with the number of runs made, by one goroutine
	// at a time.
	Progress func(runs int)
}

// Deviated is what an exploration found.
type Deviated struct {
	// Asked is how many decisions the run of the seed asks, Branched how many of them
	// were answered otherwise.
	Asked, Branched int
	// Names are the names of the decisions that the run of the seed asks.
	Names []string
	// Runs were made, and Distinct of them have a trace of their own.
	Runs, Distinct int
	// Whole is the number of deviations up to which all runs were made.
	Whole int
	// Guarantees are those of the case, in its order.
	Guarantees []DeviatedGuarantee
	// Interrupted says that the context ended first.
	Interrupted bool
}

// DeviatedGuarantee is what became of one guarantee.
type DeviatedGuarantee struct {
	ID string
	// Violated and Decided count distinct runs.
	Violated, Decided int
	// Changes are the fewest answers that break it, as they are, and Was those of the
	// seed; nil where no run does. Empty ones say that the run of the seed breaks it.
	Changes, Was []runner.Answer
}

// The draws of a distribution that are tried: at 0.1 % and at 99.9 % of the range of the
// 64 bits from which samplers make a value. One is its short end and the other its long
// one; the very ends of some distributions are beyond what happens in years.
const (
	lowEnd  = 0x004189374bc6a7ef
	highEnd = 0xffbe76c8b4395810
)

// mostChoices bounds the alternatives of one decision; of more the first, the middle
// one and the last are tried.
const mostChoices = 8

// otherwise returns the other answers to a decision that are tried.
func otherwise(a runner.Answer) []runner.Answer {
	var values []uint64
	switch {
	case a.N == 0:
		values = []uint64{lowEnd, highEnd}
	case a.N <= mostChoices:
		for v := range a.N {
			values = append(values, uint64(v))
		}
	default:
		values = []uint64{0, uint64(a.N / 2), uint64(a.N - 1)}
	}
	var out []runner.Answer
	for _, v := range values {
		if v != a.Value {
			b := a
			b.Value = v
			out = append(out, b)
		}
	}
	return out
}

// path is a run that was made, by the answers in which it differs from the seed's.
type path struct {
	changes, was []runner.Answer
	// asked are the decisions of the run that may be answered otherwise, next is the
	// first of them for which that is to be tried: those before it have been, in
	// another path.
	next  int
	asked []runner.Answer
}

// Deviate explores the runs of a case that differ from the run of one seed in a few
// answers: every run with one decision answered otherwise, every run with two, and so
// on up to a bound. A draw of a distribution is answered by its short and its long end,
// a choice by its alternatives. Two runs with the same trace are one, and nothing is
// tried on top of an answer that changes no event.
//
//	run of the seed --> d1 otherwise --> d1 and d2, d1 and d3, ...
//	                \-> d2 otherwise --> d2 and d3, ...
//
// It is exhaustive within its bounds, and what it counts are no rates: the answers are
// picked, not drawn. The result depends on the bounds alone. An error is a fault of the
// program.
func Deviate(ctx context.Context, reg *scenarios.Registry, c *scenarios.Case, opt DeviateOptions) (*Deviated, error) {
	x := &deviation{ctx: ctx, reg: reg, c: c, opt: opt, seen: make(map[[16]byte]bool), out: &Deviated{}}
	for _, id := range c.Guarantees {
		x.out.Guarantees = append(x.out.Guarantees, DeviatedGuarantee{ID: id})
	}
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	for range workers {
		x.runners = append(x.runners, runner.New(reg))
	}
	level := []path{{}}
	if err := x.runAll(&level); err != nil || x.out.Interrupted {
		return x.out, err
	}
	for depth := 1; depth <= opt.Deviations && len(level) > 0; depth++ {
		whole, err := x.deepen(&level, depth == opt.Deviations)
		if err != nil || x.out.Interrupted || !whole {
			return x.out, err
		}
		x.out.Whole = depth
	}
	x.out.Whole = opt.Deviations // also where there was nothing left to answer otherwise
	return x.out, nil
}

// deviation is the state of an exploration.
type deviation struct {
	ctx     context.Context
	reg     *scenarios.Registry
	c       *scenarios.Case
	opt     DeviateOptions
	runners []*runner.Runner
	seen    map[[16]byte]bool
	out     *Deviated
}

// batch is how many runs are made before what they found is taken in, in order.
const batch = 512

// deepen makes all runs with one more deviation than those of a level, and puts those
// in its place. It says whether the bound of runs allowed all.
func (x *deviation) deepen(level *[]path, last bool) (whole bool, err error) {
	var next, todo []path
	flush := func() error {
		err := x.runAll(&todo)
		if !last {
			next = append(next, todo...)
		}
		todo = nil
		return err
	}
	for i := range *level {
		p := &(*level)[i]
		for at := p.next; at < len(p.asked); at++ {
			for _, a := range otherwise(p.asked[at]) {
				if x.out.Runs+len(todo) >= x.opt.Runs {
					return false, flush()
				}
				todo = append(todo, path{
					changes: append(slices.Clone(p.changes), a), was: append(slices.Clone(p.was), p.asked[at]), next: at + 1,
				})
			}
			if len(todo) >= batch {
				if err := flush(); err != nil || x.out.Interrupted {
					return false, err
				}
			}
		}
		p.asked = nil
	}
	err = flush()
	*level = next
	return true, err
}

// runAll makes the runs of paths, on all workers, takes in what they found in the
// order of the paths, and leaves those that are new.
func (x *deviation) runAll(paths *[]path) error {
	all := *paths
	runs, errs := make([]result.Run, len(all)), make([]error, len(all))
	var wg sync.WaitGroup
	for w, r := range x.runners {
		wg.Go(func() {
			for i := w; i < len(all) && x.ctx.Err() == nil; i += len(x.runners) {
				decisions, asked := runner.Answering(all[i].changes)
				runs[i], errs[i] = one(x.ctx, r, x.c, x.opt.Seed, false, runner.Options{Decisions: decisions})
				if errs[i] == nil {
					all[i].asked = asked()
				}
			}
		})
	}
	wg.Wait()
	if x.out.Interrupted = x.ctx.Err() != nil; x.out.Interrupted {
		return nil
	}
	kept := all[:0]
	for i := range all {
		if errs[i] != nil {
			return errs[i]
		}
		asked := x.open(all[i].asked)
		if len(all[i].changes) == 0 {
			x.out.Asked, x.out.Branched, x.out.Names = len(all[i].asked), len(asked), namesOf(all[i].asked)
		}
		all[i].asked = asked
		if x.out.Runs++; !x.seen[runs[i].Hash] {
			x.seen[runs[i].Hash] = true
			x.take(&all[i], &runs[i])
			kept = append(kept, all[i])
		}
	}
	*paths = kept
	if x.opt.Progress != nil {
		x.opt.Progress(x.out.Runs)
	}
	return nil
}

// open returns those of a run's decisions that may be answered otherwise.
func (x *deviation) open(asked []runner.Answer) []runner.Answer {
	var out []runner.Answer
	for _, a := range asked {
		named := len(x.opt.Names) == 0 || slices.Contains(x.opt.Names, a.Decision)
		if named && len(out) < x.opt.Decisions && len(otherwise(a)) > 0 {
			out = append(out, a)
		}
	}
	return out
}

// namesOf returns the names of decisions, sorted.
func namesOf(asked []runner.Answer) []string {
	var out []string
	for _, a := range asked {
		out = append(out, a.Decision)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// take takes in a run with a trace of its own.
func (x *deviation) take(p *path, run *result.Run) {
	x.out.Distinct++
	for i := range x.out.Guarantees {
		g := &x.out.Guarantees[i]
		at := slices.IndexFunc(run.Verdicts, func(v result.Verdict) bool { return v.Guarantee == g.ID })
		if at < 0 {
			continue
		}
		switch v := &run.Verdicts[at]; {
		case v.Status == result.Violated:
			g.Decided++
			if g.Violated++; g.Violated == 1 {
				g.Changes, g.Was = append([]runner.Answer{}, p.changes...), append([]runner.Answer{}, p.was...)
			}
		case v.Status == result.Holds && !v.Vacuous && run.Limit == "":
			g.Decided++
		}
	}
}
