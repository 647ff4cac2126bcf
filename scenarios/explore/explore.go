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
	"fmt"
	"runtime"
	"slices"
	"sync"

	"orderlab/model"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Options say how to sweep.
type Options struct {
	// First and Count are the seeds: First, First+1, ...
	First uint64
	Count int
	// Workers is how many runs go on at once; 0 means one for each processor.
	Workers int
	// Verify runs everything twice, in step, and compares the trace hashes.
	Verify bool
	// Progress is called after each run from one goroutine at a time.
	Progress func(Progress)
}

// Progress tells how far a sweep is.
type Progress struct {
	Done, Total int
	// Violated counts the runs so far in which a guarantee broke that was
	// expected to hold.
	Violated int
}

// task is one run to make.
type task struct {
	index int // into the cases
	seed  uint64
}

// sweep is the state that the workers share.
type sweep struct {
	mu       sync.Mutex
	cases    []scenarios.Case
	opt      Options
	runs     []result.Run
	latency  []*hdrhistogram.Histogram // by case
	violated int
	total    int
	err      error
	stop     context.CancelFunc
}

// latencyMax is the longest latency that is told apart, in microseconds: a day.
const latencyMax = 24 * 3600 * 1_000_000

// Sweep runs the cases over the seeds. When ctx ends it returns what was
// finished, marked interrupted, without an error. An error is a fault of the
// program: a model that panicked, or a [*runner.NondeterminismError].
func Sweep(ctx context.Context, reg *model.Registry, sc *scenarios.Scenario, cases []scenarios.Case, opt Options) (*result.Set, error) {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	s := &sweep{cases: cases, opt: opt, total: len(cases) * opt.Count, stop: stop,
		latency: make([]*hdrhistogram.Histogram, len(cases))}
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	tasks := make(chan task)
	var wg sync.WaitGroup
	for range min(workers, max(1, s.total)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.work(inner, runner.New(reg), tasks)
		}()
	}
	s.feed(inner, tasks)
	wg.Wait()
	if s.err != nil {
		return nil, s.err
	}
	return s.set(sc, ctx.Err() != nil && len(s.runs) < s.total), nil
}

// feed hands out the runs seed by seed, so that an interrupted sweep has some
// seeds of every case rather than all seeds of some.
func (s *sweep) feed(ctx context.Context, tasks chan<- task) {
	defer close(tasks)
	for i := range s.opt.Count {
		for c := range s.cases {
			select {
			case tasks <- task{c, s.opt.First + uint64(i)}:
			case <-ctx.Done():
				return
			}
		}
	}
}

func (s *sweep) work(ctx context.Context, r *runner.Runner, tasks <-chan task) {
	latency := hdrhistogram.New(1, latencyMax, 3)
	for t := range tasks {
		latency.Reset()
		out, err := s.one(ctx, r, t, latency)
		switch {
		case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
			return
		case err != nil:
			s.fail(err)
			return
		}
		s.add(t, out, latency)
	}
}

// one makes a run, and turns a panic of a model into an error that names it.
func (s *sweep) one(ctx context.Context, r *runner.Runner, t task, latency *hdrhistogram.Histogram) (out result.Run, err error) {
	c := &s.cases[t.index]
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the run of %s, strategy %s, seed %d, panicked: %v", c.Scenario, c.Strategy, t.seed, p)
		}
	}()
	if s.opt.Verify {
		if err := runner.Verify(ctx, r, c, t.seed); err != nil {
			return result.Run{}, err
		}
	}
	out, err = r.Run(ctx, c, t.seed, runner.Options{Latency: latency, Series: t.seed == s.opt.First, Witness: true})
	out.Case = t.index
	return out, err
}

func (s *sweep) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	s.stop()
}

// add takes a run in. Latencies are merged by case at once, because merging
// gives the same in any order and a histogram is large.
func (s *sweep) add(t task, out result.Run, latency *hdrhistogram.Histogram) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.latency[t.index] == nil {
		s.latency[t.index] = hdrhistogram.New(1, latencyMax, 3)
	}
	s.latency[t.index].Merge(latency)
	s.runs = append(s.runs, out)
	if unexpected(&s.cases[t.index], &out) {
		s.violated++
	}
	if s.opt.Progress != nil {
		s.opt.Progress(Progress{Done: len(s.runs), Total: s.total, Violated: s.violated})
	}
}

// unexpected says whether a guarantee broke that was expected to hold.
func unexpected(c *scenarios.Case, r *result.Run) bool {
	return slices.ContainsFunc(r.Verdicts, func(v result.Verdict) bool {
		return v.Status == result.Violated && slices.Contains(c.Expect, scenarios.Expectation{Guarantee: v.Guarantee, Verdict: result.Holds})
	})
}

// set sums the runs up.
func (s *sweep) set(sc *scenarios.Scenario, interrupted bool) *result.Set {
	given := make([]bool, len(s.cases))
	for i := range s.runs {
		if c := s.runs[i].Case; !given[c] {
			given[c] = true
			s.runs[i].Latency = s.latency[c]
		}
	}
	meta := result.Meta{Scenario: sc.Name, ID: sc.ID, Question: sc.Question, RunsWanted: sc.Runs, Plots: sc.Plots,
		Seeds: result.Seeds{First: s.opt.First, Count: s.opt.Count}, Interrupted: interrupted}
	return result.Aggregate(meta, Cases(s.cases), s.runs)
}

// Cases returns what results say about their cases.
func Cases(cases []scenarios.Case) []result.CaseMeta {
	out := make([]result.CaseMeta, len(cases))
	for i := range cases {
		c := &cases[i]
		out[i] = result.CaseMeta{Strategy: c.Strategy, Guarantees: c.Guarantees, Point: result.Point{}}
		for _, p := range c.Point {
			out[i].Point = append(out[i].Point, result.Coordinate{Axis: p.Axis, Value: p.Value})
		}
		for _, e := range c.Expect {
			out[i].Expect = append(out[i].Expect, result.Expectation{Guarantee: e.Guarantee, Verdict: e.Verdict})
		}
	}
	return out
}
