package explore

import (
	"slices"
	"strings"
	"sync"

	"orderlab/scenarios"
	"orderlab/scenarios/result"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// latencyMax is the longest latency that is told apart, in microseconds: a day.
const latencyMax = 24 * 3600 * 1_000_000

func newLatency() *hdrhistogram.Histogram { return hdrhistogram.New(1, latencyMax, 3) }

// collector takes in the runs of all workers.
type collector struct {
	cases []scenarios.Case
	opt   *Options
	total int
	stop  func()

	latency []latencies // by case

	mu   sync.Mutex
	runs []result.Run
	// witness says, by case, where among the runs the first witness of each
	// guarantee is.
	witness    []map[string]kept
	unexpected int
	err        error
}

// latencies are those of all runs of a case. They have a lock of their own,
// because adding to them takes long beside a short run.
type latencies struct {
	mu  sync.Mutex
	all *hdrhistogram.Histogram
}

// add merges the latencies of a run, which gives the same in any order of runs.
func (l *latencies) add(run *hdrhistogram.Histogram) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = newLatency()
	}
	l.all.Merge(run)
}

// kept says where a witness is: a run and which of its verdicts.
type kept struct{ run, verdict int }

func newCollector(cases []scenarios.Case, opt *Options, stop func()) *collector {
	return &collector{
		cases: cases, opt: opt, total: opt.Shard.Size(opt.Count, len(cases)), stop: stop,
		latency: make([]latencies, len(cases)), witness: make([]map[string]kept, len(cases)),
	}
}

// fail stops the sweep with the first error.
func (c *collector) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
	c.stop()
}

// add takes a run in, with its latencies apart: a histogram is large, so there is
// one for each case and not for each run.
func (c *collector) add(run result.Run, latency *hdrhistogram.Histogram) {
	c.latency[run.Case].add(latency)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs = append(c.runs, run)
	c.keepFirstWitnesses(len(c.runs) - 1)
	if unexpected(&c.cases[run.Case], &run) {
		c.unexpected++
	}
	if c.opt.Progress != nil {
		c.opt.Progress(Progress{Done: len(c.runs), Total: c.total, Unexpected: c.unexpected})
	}
}

// witnessed says whether a run with a smaller seed has a witness already, so that
// the task's would be dropped.
func (c *collector) witnessed(t task, guarantee string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first, ok := c.witness[t.index][guarantee]
	return ok && c.runs[first.run].Seed < t.seed
}

// keepFirstWitnesses drops, of the witnesses of one guarantee in one case, all
// but that of the smallest seed: only that one is reported, and a witness is
// much larger than the rest of a run.
func (c *collector) keepFirstWitnesses(at int) {
	run := &c.runs[at]
	first := &c.witness[run.Case]
	for i := range run.Verdicts {
		v := &run.Verdicts[i]
		if v.Witness == nil {
			continue
		}
		if *first == nil {
			*first = make(map[string]kept)
		}
		old, ok := (*first)[v.Guarantee]
		switch {
		case !ok:
			(*first)[v.Guarantee] = kept{at, i}
		case c.runs[old.run].Seed < run.Seed:
			v.Witness = nil
		default:
			c.runs[old.run].Verdicts[old.verdict].Witness = nil
			(*first)[v.Guarantee] = kept{at, i}
		}
	}
}

// unexpected says whether a guarantee broke that was expected to hold.
func unexpected(c *scenarios.Case, r *result.Run) bool {
	return slices.ContainsFunc(r.Verdicts, func(v result.Verdict) bool {
		return v.Status == result.Violated &&
			slices.Contains(c.Expect, scenarios.Expectation{Guarantee: v.Guarantee, Verdict: result.Holds})
	})
}

// collected returns what was taken in.
func (c *collector) collected(interrupted bool) *result.Runs {
	out := &result.Runs{Cases: len(c.cases), List: c.runs, Interrupted: interrupted}
	for i := range c.latency {
		out.Latency = append(out.Latency, c.latency[i].all)
	}
	return out
}

// Sum is the second half of [Sweep]: it sums the runs of the cases up. The result
// is the same, to the last bit, for the same runs in any order.
func Sum(sc *scenarios.Scenario, cases []scenarios.Case, opt Options, runs *result.Runs) *result.Set {
	meta := result.Meta{
		Scenario: sc.Name, Source: opt.Source, Vars: opt.Vars, ID: sc.ID, Question: sc.Question,
		RunsWanted: sc.Runs, Plots: sc.Plots, Interrupted: runs.Interrupted, Share: opt.Shard.Of > 1,
		Seeds: result.Seeds{First: opt.First, Count: opt.Count}, NoExpectation: noExpectation(sc, cases),
	}
	for _, n := range sc.NotJudged {
		meta.NotJudged = append(meta.NotJudged, result.NotJudged{ID: n.Guarantee, Reason: n.Reason})
	}
	return result.Aggregate(meta, caseMetas(cases), runs.WithLatency())
}

// noExpectation says of which strategies or points a scenario expects nothing that
// expects something of others; "" where it expects something, or of none.
func noExpectation(sc *scenarios.Scenario, cases []scenarios.Case) string {
	expects := func(c scenarios.Case) bool { return len(c.Expect) > 0 }
	if !slices.ContainsFunc(sc.Cases, expects) || slices.ContainsFunc(cases, expects) {
		return ""
	}
	var names []string
	at := ""
	for _, c := range cases {
		if !slices.Contains(names, c.Strategy) {
			names = append(names, c.Strategy)
		}
		if slices.ContainsFunc(sc.Cases, func(o scenarios.Case) bool { return o.Strategy == c.Strategy && expects(o) }) {
			at = " at this scan point"
		}
	}
	return "The scenario states no expectations for " + strings.Join(names, ", ") + at + "."
}

// caseMetas returns what results say about their cases.
func caseMetas(cases []scenarios.Case) []result.CaseMeta {
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
