package runner

import (
	"context"
	"fmt"

	"orderlab/checker"
	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/sim"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// stepEvents is how many events run between two looks at the context.
const stepEvents = 1 << 16

// Runner makes runs one after another and keeps their memory. It is used by one
// goroutine; a sweep has one a worker.
type Runner struct {
	reg     *model.Registry
	sim     *sim.Engine
	hist    history.History
	rec     model.Recorder
	env     model.Env
	checker *checker.Checker
	keys    []string // names, for reuse
	clients []string
	flags   []uint8         // scratch, by message
	ran     *scenarios.Case // the last run's, with the faults that were drawn
	causes  int             // the bytes for what led to events; see [sim.Engine.TraceCauses]
	// decisions, when not nil, makes the source of the next runs of the seed's.
	decisions func(sim.Source) sim.Source
}

// New returns a runner over the systems of a registry.
func New(reg *model.Registry) *Runner {
	return &Runner{reg: reg, sim: sim.New(0, sim.Limits{}), checker: checker.New()}
}

// Options say what a run should give besides its verdicts and metrics.
type Options struct {
	// Latency, when not nil, is fed the latency of every message of the steady
	// phases, in microseconds.
	Latency *hdrhistogram.Histogram
	// Series asks for the course over time, Witness for witnesses.
	Series, Witness bool
	// SkipWitness, when not nil, says for which guarantees no witness is needed
	// after all, because an earlier run has one.
	SkipWitness func(guarantee string) bool
	// Trace, when not nil, is called with everything that happens in the world, in
	// order of time. The event is the runner's and valid only for the call.
	Trace func(*result.Event)
	// Decisions, when not nil, makes the source that answers the run's decisions
	// of the seed's own: a recording of it, or a list that was recorded.
	Decisions func(sim.Source) sim.Source
}

// run is the state of one run besides the runner's own.
type run struct {
	r *Runner
	c *scenarios.Case
	// system is the case's, world its world of this run.
	system *model.System
	world  model.World
	app    *app.Shared
	load   *workload
	marks  []result.Mark
	limit  string
	// opened is when the workers began.
	opened sim.Time
	// plan has the faults of the engine's schedule, struck those that struck, and
	// healed what ended in the event at hand.
	plan   []strikePlan
	struck []strikeRun
	healed string
}

// Run makes one run of a case. It returns the context's error when that ends
// first, and an error of its own only when the case does not fit the registry.
func (r *Runner) Run(ctx context.Context, c *scenarios.Case, seed uint64, opt Options) (result.Run, error) {
	r.decisions = opt.Decisions
	if opt.Trace != nil {
		r.causes = leastCauses
	}
	x, err := r.start(c, seed)
	r.decisions, r.causes = nil, 0
	if err != nil {
		return result.Run{}, err
	}
	if opt.Trace != nil {
		err = x.trace(ctx, opt.Trace)
	} else {
		err = r.toEnd(ctx)
	}
	if err != nil {
		return result.Run{}, err
	}
	return x.finish(seed, opt), nil
}

// toEnd runs the run that was started to its end. The error is the context's.
func (r *Runner) toEnd(ctx context.Context) error {
	for r.sim.Step(stepEvents) == sim.Running {
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// History returns the history of the last run. It is valid until the next.
func (r *Runner) History() *history.History { return &r.hist }

// start builds the world and sets the workload going.
func (r *Runner) start(c *scenarios.Case, seed uint64) (*run, error) {
	system := r.reg.System(c.System)
	if system == nil {
		return nil, fmt.Errorf("runner: no system is called %q", c.System)
	}
	r.sim.Reset(seed, sim.Limits{Time: sim.Time(c.Limits.Time), Events: uint64(c.Limits.Events)})
	if r.decisions != nil {
		r.sim.SetSource(r.decisions(sim.Random{Seed: seed}))
	}
	c, err := r.drawn(c, func() sim.Source { return r.sim })
	if err != nil {
		return nil, err
	}
	r.ran = c
	r.sim.TraceCauses(r.causes)
	r.hist.Reset()
	r.rec.Reset(r.sim, &r.hist)
	r.rec.Reserve(c.Expected())
	r.env.Sim, r.env.Recorder = r.sim, &r.rec
	if hasLagBound(c) {
		r.rec.SampleLag()
	}
	x := &run{r: r, c: c, system: system}
	settings := app.Resolve(c.App)
	x.load = newWorkload(x)
	x.app = app.NewShared(r.sim, &r.rec, &settings, c.Consumers.Work.Sampler(), x.load.hold)
	world, err := system.Build(&r.env, &model.Plan{
		Config: c.Config, Producers: r.producerNames(c.Workload.Producers), Consumers: c.Consumers, Topic: c.Workload.Topic,
		KeyNames: r.keyNames(c.Workload.Keys.Count), RecordSize: c.Workload.RecordSize, App: c.App,
		Partitioner: x.app.Partitioner(),
		NewApp: func(client model.ConsumerClient, host *model.AppHost) model.ConsumerApp {
			return x.app.NewApplication(client, host)
		},
	})
	if err != nil {
		return nil, err
	}
	x.world = world
	x.app.Operator.Attach(world)
	x.app.SendBy(c.Workload.Producers, world.Send)
	for _, b := range c.Promises.Bounds {
		x.app.Sample(b.Metric)
	}
	x.load.enter()
	if err := x.install(); err != nil {
		return nil, err
	}
	x.load.start()
	return x, nil
}

// producerNames returns the names of count producers, which have the first
// numbers of the history's processes.
func (r *Runner) producerNames(count int) []string {
	for len(r.clients) < count {
		r.clients = append(r.clients, fmt.Sprintf("producer-%d", len(r.clients)))
	}
	for _, name := range r.clients[:count] {
		r.hist.AddProcess(name)
	}
	return r.clients[:count]
}

// keyNames returns the names of count keys: key-0, key-1, ...
func (r *Runner) keyNames(count int) []string {
	for len(r.keys) < count {
		r.keys = append(r.keys, fmt.Sprintf("key-%d", len(r.keys)))
	}
	return r.keys[:count]
}

// finish checks the history and sums the run up.
func (x *run) finish(seed uint64, opt Options) result.Run {
	r := x.r
	if r.sim.Status() != sim.Halted {
		x.limit = r.sim.Reason()
	}
	out := result.Run{Seed: seed, Hash: r.sim.Hash(), Limit: x.limit}
	verdicts := r.checker.Check(&r.hist, x.c.Guarantees,
		checker.Options{Truncated: x.limit, Disposals: disposals(x.c), Declared: declared(x.c)})
	for i := range verdicts {
		v := &verdicts[i]
		witness := opt.Witness && (opt.SkipWitness == nil || !opt.SkipWitness(v.Guarantee))
		out.Verdicts = append(out.Verdicts, x.verdict(v, seed, witness))
	}
	out.Disorder = disorder(r.checker.Disorder(checker.Options{Truncated: x.limit}))
	out.Monitoring = monitoring(x.app.Monitoring())
	out.Metrics = x.metrics(opt.Latency)
	out.Stored, out.StoredLeftOut = x.stored()
	if f, ok := x.world.(model.Finder); ok {
		out.Findings = f.Findings()
	}
	if opt.Series {
		out.Series = x.series(seed)
	}
	return out
}
