package main

import (
	"context"
	"fmt"
	"io"

	"orderlab/reports"
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
	out        string
	format     *choice
	progress   *choice
	verify     bool
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
names in quotes. A FILE is a scenario of your own. A DIRECTORY is all .yaml files
below it. The seeds are those of the scenario, 1 to its number of runs, unless given.

The result goes to the standard output, the progress to the standard error. With
several scenarios, json is one object a line. The exit code is 0 when all was as
expected, 1 when an expectation failed, 2 when one is unknown.

-o writes a directory that holds result.json, history.jsonl, faults.yaml, plots
and witnesses; with several scenarios a folder for each. It appears only when it
is complete, and the same seeds give the same bytes. docs/results.md describes it.`,
		Example: `  orderlab run kafka/expand
  orderlab run kafka/expand --strategy naive --var after=5 --seed 1
  orderlab run 'kafka/*' --seeds 1..100 -j 4 --format json
  orderlab run my-scenario.yaml -o out
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
	f.StringVarP(&opt.out, "out", "o", "", "write the results to this `directory`")
	f.Var(opt.format, "format", "form of the result")
	f.Var(opt.progress, "progress", "form of the progress; auto is a bar on a terminal, else a line every 10 s")
	f.BoolVar(&opt.verify, "verify", false, "make every run twice and compare, event by event")
	offerStrategies(a, cmd)
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
	var out *outDir
	if opt.out != "" {
		if out, err = openOut(opt.out); err != nil {
			return err
		}
		defer out.discard()
		defer a.interrupts.onAbort(out.discard)()
	}
	begun := 0
	s := &session{cli: a, opt: opt, out: out, several: len(all) > 1}
	for i := range all {
		if ctx.Err() != nil {
			break
		}
		begun++
		if err := s.scenario(ctx, &all[i]); err != nil {
			return err
		}
	}
	if left := len(all) - begun; left > 0 {
		fmt.Fprintf(a.err, "orderlab: %d of %d scenarios not begun\n", left, len(all))
	}
	if err := s.finish(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return exitWith(exitInterrupted)
	}
	return exitWith(s.code())
}

// prepare reads everything that was asked for and finds all that is wrong with it.
func (a *cli) prepare(opt *runOptions, args []string) ([]loaded, error) {
	if opt.seed.count > 0 && opt.seeds.count > 0 {
		return nil, usagef("give --seed or --seeds, not both")
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

// session is one call of run on its way through the scenarios.
type session struct {
	*cli
	opt     *runOptions
	out     *outDir
	several bool
	sets    []*result.Set
	written int
}

// scenario sweeps one scenario, prints its result and writes its files.
func (s *session) scenario(ctx context.Context, l *loaded) error {
	seeds := s.opt.seedsOf(l.scenario)
	p := newProgress(s.opt.progress.value, s.err, l.name, len(l.cases)*seeds.count)
	set, err := explore.Sweep(ctx, s.registry, l.scenario, l.cases, explore.Options{
		First: seeds.first, Count: seeds.count, Workers: s.opt.jobs, Verify: s.opt.verify,
		Source: l.arg, Vars: s.opt.vars, Progress: p.update,
	})
	if err == nil {
		err = explore.ExplainShown(ctx, s.registry, l.cases, set)
	}
	p.done()
	if err != nil {
		return err
	}
	s.sets = append(s.sets, set)
	if err := s.print(set); err != nil {
		return err
	}
	if s.out == nil || set.Shown == nil {
		return nil // nothing to write, or nothing finished
	}
	folder := ""
	if s.several {
		folder = folderName(l.name)
	}
	s.written++
	// What was finished before an interrupt is written too.
	return writeResult(context.WithoutCancel(ctx), s.registry, s.out, folder, l, set)
}

// print writes a set in the form that was asked for; JUnit is one document and
// comes at the end.
func (s *session) print(set *result.Set) error {
	switch s.opt.format.value {
	case "json":
		return reports.JSON(s.cli.out, set)
	case "github":
		return reports.GitHub(s.cli.out, set)
	case "junit":
		return nil
	}
	if len(s.sets) > 1 {
		if _, err := fmt.Fprintln(s.cli.out); err != nil {
			return err
		}
	}
	return reports.Text(s.cli.out, set, textOptions(s.cli.out))
}

// finish writes what is about all scenarios and puts the directory in its place.
func (s *session) finish() error {
	if s.opt.format.value == "junit" {
		if err := reports.JUnit(s.cli.out, s.sets); err != nil {
			return err
		}
	}
	if s.out == nil || s.written == 0 {
		return nil
	}
	if s.several {
		err := s.out.create(resultFile, func(w io.Writer) error {
			for _, set := range s.sets {
				if err := reports.JSON(w, set); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := s.out.commit(); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "orderlab: wrote %s\n", s.opt.out)
	return nil
}

// code returns the exit code: a failed expectation decides, then an unknown one.
func (s *session) code() int {
	code := exitMet
	for _, set := range s.sets {
		switch set.Status {
		case result.StatusFailed:
			return exitFailed
		case result.StatusUnknown:
			code = exitUnknown
		}
	}
	return code
}
