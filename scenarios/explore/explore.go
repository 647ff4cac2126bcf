// Package explore makes many runs of a scenario: every case over a range of
// seeds, on as many workers as asked. It is the only place with a worker pool.
//
//	cases x seeds --> tasks --> worker 1: Runner --.
//	                       \--> worker 2: Runner --+--> runs --> result.Set
//
// A worker keeps its [runner.Runner], and with it the memory of the engine, the
// history and the checker. The set does not depend on the number of workers or
// on who finished first.
package explore

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// Options say how to sweep.
type Options struct {
	// First and Count are the seeds: First, First+1, ...
	First uint64
	Count int
	// Workers is how many runs go on at once; 0 means one for each processor.
	Workers int
	// Shard takes only a share of the runs; the zero value takes all.
	Shard result.Shard
	// Verify runs everything twice, in step, and compares the trace hashes.
	Verify bool
	// Source and Vars are what a command line needs to load the scenario again;
	// see [result.Meta].
	Source string
	Vars   []string
	// Progress is called after each run from one goroutine at a time.
	Progress func(Progress)
}

// Progress tells how far a sweep is.
type Progress struct {
	Done, Total int
	// Unexpected counts the runs so far in which a guarantee broke that was
	// expected to hold.
	Unexpected int
}

// task is one run to make.
type task struct {
	index int // into the cases
	seed  uint64
}

// Sweep runs the cases, which are of sc, over the seeds. When ctx ends it
// returns what was finished, marked interrupted, without an error. An error is a
// fault of the program: a [*PanicError], a [*runner.NondeterminismError], or a
// case that does not fit the registry.
func Sweep(
	ctx context.Context, reg *scenarios.Registry, sc *scenarios.Scenario, cases []scenarios.Case, opt Options,
) (*result.Set, error) {
	runs, err := Collect(ctx, reg, cases, opt)
	if err != nil {
		return nil, err
	}
	return Sum(sc, cases, opt, runs), nil
}

// Collect is the first half of [Sweep]: it makes the runs. Their order is that in
// which they were finished, and does not matter to [Sum].
func Collect(
	ctx context.Context, reg *scenarios.Registry, cases []scenarios.Case, opt Options,
) (*result.Runs, error) {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	c := newCollector(cases, &opt, stop)
	tasks := make(chan task)
	var wg sync.WaitGroup
	for range min(workers, max(1, c.total)) {
		wg.Go(func() { work(inner, runner.New(reg), c, tasks) })
	}
	feed(inner, &opt, len(cases), tasks)
	wg.Wait()
	if c.err != nil {
		return nil, c.err
	}
	return c.collected(ctx.Err() != nil && len(c.runs) < c.total), nil
}

// feed hands out the runs seed by seed, so that an interrupted sweep has some
// seeds of every case rather than all seeds of some.
func feed(ctx context.Context, opt *Options, cases int, tasks chan<- task) {
	defer close(tasks)
	for i := range opt.Count {
		for c := range cases {
			if !opt.Shard.Takes(i, c) {
				continue
			}
			select {
			case tasks <- task{c, opt.First + uint64(i)}:
			case <-ctx.Done():
				return
			}
		}
	}
}

// work makes runs until there are no more, the context ends or one fails.
func work(ctx context.Context, r *runner.Runner, c *collector, tasks <-chan task) {
	latency := newLatency()
	for t := range tasks {
		if ctx.Err() != nil {
			return
		}
		latency.Reset()
		opt := runner.Options{
			Latency: latency, Series: t.seed == c.opt.First, Witness: true,
			SkipWitness: func(guarantee string) bool { return c.witnessed(t, guarantee) },
		}
		out, err := one(ctx, r, &c.cases[t.index], t.seed, c.opt.Verify, opt)
		switch {
		case err != nil && errors.Is(err, ctx.Err()):
			return
		case err != nil:
			c.fail(err)
			return
		}
		out.Case = t.index
		out.NoteLatency(latency)
		c.add(out, latency)
	}
}

// one makes a run, twice more in step when asked to verify it, and turns a panic
// of a model into an error that names the run.
func one(
	ctx context.Context, r *runner.Runner, c *scenarios.Case, seed uint64, verify bool, opt runner.Options,
) (out result.Run, err error) {
	defer recoverRun(c, seed, &err)
	if verify {
		if err := runner.Verify(ctx, r, c, seed); err != nil {
			return result.Run{}, err
		}
	}
	return r.Run(ctx, c, seed, opt)
}
