package main

import (
	"context"
	"fmt"

	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"

	"github.com/spf13/cobra"
)

// runOptions are the flags of run.
type runOptions struct {
	seed       seedFlag
	seeds      seedRange
	strategies []string
	vars       []string
	jobs       int
	shard      shardFlag
	out        string
	format     *choice
	progress   *choice
	verify     bool
	shrink     bool
	// sensitivity makes the runs again with other costs.
	sensitivity bool
}

func runCommand(a *cli) *cobra.Command {
	opt := runOptions{
		format: newChoice("text", "json", "junit", "github"), progress: newChoice("auto", "plain", "none", "json"),
	}
	cmd := &cobra.Command{
		Use:   "run FILE|NAME|GLOB|DIRECTORY...",
		Short: "Simulate the strategies of scenarios and judge their guarantees",
		Long: `run simulates every strategy of a scenario at every point of its scan, over a
range of seeds, checks the guarantees and compares them with what the scenario
expects.

A NAME is a scenario of the library (see list), and may be a glob over these
names in quotes. A FILE is a scenario of your own, and - the standard input. A
DIRECTORY is all .yaml files below it. The seeds are those of the scenario, 1 to its
number of runs, unless given.

The result goes to the standard output, the progress to the standard error. With
several scenarios, json is one object a line. The exit code is 0 when all was as
expected, 1 when an expectation failed, 2 when one is unknown.

--shard divides the work: each machine makes a share of the runs, with -o or with
--format json, and merge adds them up to what one machine would have found. A
share is judged only as far as nothing in the others could change it.

--shrink looks, after the runs, for the smallest run that breaks the same guarantee,
for each failure: a scenario with explicit messages and faults, printed below the
result, or with -o in the folder shrunk.

--sensitivity makes the runs again with each cost (the network's latency, the
consumers' work, ...) halved and doubled, and says whether the ranking of the
strategies by price survives.

-o writes a directory that holds result.json, history.jsonl, faults.yaml, plots
and witnesses; with several scenarios a folder for each. It appears only when it
is complete, and the same seeds give the same bytes. docs/results.md describes it.`,
		Example: `  orderlab run kafka/expand
  orderlab run kafka/expand --strategy naive --var after=5 --seed 1
  orderlab run 'kafka/*' --seeds 1..100 -j 4 --format json
  orderlab run my-scenario.yaml -o out
  orderlab run my-scenario.yaml --shard 1/4 -o shard-1
  ORDERLAB_SEEDS=1..5 orderlab run my-scenario.yaml`,
		Args:              atLeastOne("a scenario", "`orderlab list` shows those of the library"),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd.Context(), &opt, args)
		},
	}
	f := cmd.Flags()
	f.Var(&opt.seed, "seed", "one seed")
	f.Var(&opt.seeds, "seeds", "seeds A to B, as 1..20 (default: the scenario's own)")
	f.StringArrayVar(&opt.strategies, "strategy", nil, "only this `strategy`; may be repeated")
	f.StringArrayVar(&opt.vars, "var", nil, "set a variable or pin an axis of the scan, with `name=value`; may be repeated")
	f.IntVarP(&opt.jobs, "jobs", "j", 0, "`number` of runs that go on at once (default: one for each processor)")
	f.Var(&opt.shard, "shard", "make only the k-th of n shares of the runs, as 2/5; see merge")
	f.StringVarP(&opt.out, "out", "o", "", "write the results to this `directory`")
	f.Var(opt.format, "format", "form of the result")
	f.Var(opt.progress, "progress", "form of the progress; auto is a bar on a terminal, else a line every 10 s")
	f.BoolVar(&opt.verify, "verify", false, "make every run twice and compare, event by event")
	f.BoolVar(&opt.shrink, "shrink", false, "make each failure small, as shrink does; where nothing failed, the violation shown")
	f.BoolVar(&opt.sensitivity, "sensitivity", false, "halve and double each cost and see whether the ranking by price survives")
	offerCase(a, cmd)
	offerWords(cmd, "format", opt.format.allowed)
	offerWords(cmd, "progress", opt.progress.allowed)
	return cmd
}

// atLeastOne asks for arguments and says of what.
func atLeastOne(what, hint string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("name %s; %s", what, hint)
		}
		return nil
	}
}

// exactlyOne asks for one argument.
func exactlyOne(what, hint string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("name %s, and only one; %s", what, hint)
		}
		return nil
	}
}

func (a *cli) run(ctx context.Context, opt *runOptions, args []string) error {
	all, err := a.prepare(opt, args)
	if err != nil {
		return err
	}
	s, closeIt, err := a.open(opt.format.value, opt.out, len(all) > 1)
	if err != nil {
		return err
	}
	defer closeIt()
	begun := 0
	for i := range all {
		if ctx.Err() != nil {
			break
		}
		begun++
		set, err := a.sweep(ctx, opt, all, i)
		if err != nil {
			return err
		}
		if err := s.deliver(ctx, &all[i], set); err != nil {
			return err
		}
		if opt.shrink {
			if err := s.shrinkFailures(ctx, opt, &all[i], set); err != nil {
				return err
			}
		}
	}
	if left := len(all) - begun; left > 0 {
		fmt.Fprintf(a.err, "orderlab: %d of %d scenarios not begun\n", left, len(all))
	}
	if err := s.finish(); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return exitWith(exitInterrupted)
	case opt.shard.given():
		return a.sharded(opt, s)
	}
	return exitWith(s.code())
}

// sweep makes the runs of the i-th scenario and sums them up.
func (a *cli) sweep(ctx context.Context, opt *runOptions, all []loaded, i int) (*result.Set, error) {
	l := &all[i]
	seeds := opt.seedsOf(l.scenario)
	p := newProgress(opt.progress.value, a.err, l.name, opt.shard.Size(seeds.count, len(l.cases)))
	defer p.done()
	how := explore.Options{
		First: seeds.first, Count: seeds.count, Workers: opt.jobs, Verify: opt.verify, Shard: opt.shard.Shard,
		Source: l.arg, Vars: opt.vars, Progress: p.update,
	}
	runs, err := explore.Collect(ctx, a.registry, l.cases, how)
	if err != nil {
		return nil, err
	}
	set := explore.Sum(l.scenario, l.cases, how, runs)
	if opt.shard.given() {
		// What broke a guarantee is looked for when the shards are merged.
		return set, pack(opt, l, set, runs, i, len(all))
	}
	if opt.sensitivity {
		if set.Sensitivity, err = a.sensitivity(ctx, opt, l, how, runs); err != nil {
			return nil, err
		}
	}
	return set, explore.ExplainShown(ctx, a.registry, l.cases, set)
}

// prepare reads everything that was asked for and finds all that is wrong with it.
func (a *cli) prepare(opt *runOptions, args []string) ([]loaded, error) {
	if opt.seed.count > 0 && opt.seeds.count > 0 {
		return nil, usagef("give --seed or --seeds, not both")
	}
	switch {
	case opt.shrink && opt.shard.given():
		return nil, usagef("--shrink: a shard is not judged; shrink what merge reports")
	case opt.sensitivity && opt.shard.given():
		return nil, usagef("--sensitivity: a shard has not all runs to compare; ask it of the whole")
	case opt.shrink && opt.out == "" && opt.format.value != "text":
		return nil, usagef("--shrink writes scenarios: give -o DIR with --format %s", opt.format.value)
	}
	if opt.jobs < 0 {
		return nil, usagef("-j %d: the number of runs at once is not negative", opt.jobs)
	}
	vars, err := parseVars(opt.vars)
	if err != nil {
		return nil, err
	}
	sources, err := findSources(args)
	if err != nil {
		return nil, err
	}
	all, err := load(a.registry, sources, opt.strategies, vars)
	if err != nil {
		return nil, err
	}
	a.notes(all)
	folders := make(map[string]string)
	for i := range all {
		l := &all[i]
		if seeds := opt.seedsOf(l.scenario); int64(len(l.cases))*int64(seeds.count) > maxRuns {
			return nil, usagef("%s has %d cases, which makes more than %d runs over %d seeds", l.name, len(l.cases), maxRuns, seeds.count)
		}
		if other, taken := folders[l.name]; taken && opt.out != "" {
			return nil, usagef("-o: %s and %s are both called %q and would have the same folder", other, l.arg, l.name)
		}
		folders[l.name] = l.arg
	}
	return all, nil
}

// maxRuns bounds the runs of one scenario: the findings of each, about 2 kB, are
// kept until all are summed up.
const maxRuns = 1_000_000

// seedsOf returns the seeds to run a scenario over.
func (opt *runOptions) seedsOf(sc *scenarios.Scenario) seedRange {
	switch {
	case opt.seed.count > 0:
		return opt.seed.seedRange
	case opt.seeds.count > 0:
		return opt.seeds
	}
	if sc.Seed != nil {
		return seedRange{first: *sc.Seed, count: sc.Runs}
	}
	return seedRange{first: 1, count: sc.Runs}
}
