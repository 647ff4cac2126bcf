package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"

	"github.com/spf13/cobra"
)

// sweepOptions are the flags of sweep.
type sweepOptions struct {
	runOptions
	guarantees []string
	until      *choice
	width      percent
}

// percent is a flag with a share, as 5%.
type percent float64

// String implements pflag.Value.
func (p *percent) String() string { return strconv.FormatFloat(100*float64(*p), 'f', -1, 64) + "%" }

// Type implements pflag.Value.
func (p *percent) Type() string { return "share" }

// Set implements pflag.Value.
func (p *percent) Set(s string) error {
	v, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil || !strings.HasSuffix(s, "%") || !(v > 0 && v <= 100) {
		return fmt.Errorf("it is a share above 0%% and up to 100%%, as 5%%")
	}
	*p = percent(v / 100)
	return nil
}

// sweepSeeds is how many seeds sweep goes through at most unless told.
const sweepSeeds = 1000

func sweepCommand(a *cli) *cobra.Command {
	opt := sweepOptions{
		runOptions: runOptions{
			format: newChoice("text", "json"), progress: newChoice("auto", "plain", "none", "json"),
		},
		until: newChoice("narrow", "violated", "end"), width: 0.10,
	}
	cmd := &cobra.Command{
		Use:   "sweep FILE|NAME|GLOB|DIRECTORY...",
		Short: "Measure how often guarantees break, with as many seeds as it takes",
		Long: `sweep runs a scenario as run does, but asks how often a guarantee breaks and not
whether that was expected. Each strategy at each point of the scan gets seeds until
the 95 % interval of every rate is as narrow as --width (--until narrow), until a
guarantee was violated once (--until violated), or to the end of --seeds (--until
end): first 20 seeds, then twice as many, and so on. The seeds begin with 1, and end
with 1000 unless --seeds says otherwise. Where the number of runs depends on what was
seen, an interval covers the rate in at least 93 % of cases rather than 95 %.

The exit code is 0 when every case came that far, 2 when the seeds ended first.`,
		Example: `  orderlab sweep kafka/expand --strategy latest --var after=8 --width 5%
  orderlab sweep my-scenario.yaml --until violated --seeds 1..100000 --guarantee no-loss
  orderlab sweep my-scenario.yaml --until end --seeds 1..500 --format json -o rates`,
		Args:              atLeastOne("a scenario", "`orderlab list` shows those of the library"),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.sweepUntil(cmd.Context(), &opt, args) },
	}
	f := cmd.Flags()
	f.Var(opt.until, "until", "when a case has had enough seeds")
	f.Var(&opt.width, "width", "of --until narrow: how wide an interval may be")
	f.StringArrayVar(&opt.guarantees, "guarantee", nil, "only this `guarantee`; may be repeated")
	f.Var(&opt.seeds, "seeds", "the most seeds, A to B, as 1..1000")
	f.StringArrayVar(&opt.strategies, "strategy", nil, "only this `strategy`; may be repeated")
	f.StringArrayVar(&opt.vars, "var", nil, "set a variable or pin an axis of the scan, with `name=value`; may be repeated")
	f.IntVarP(&opt.jobs, "jobs", "j", 0, "`number` of runs that go on at once (default: one for each processor)")
	f.StringVarP(&opt.out, "out", "o", "", "write the results to this `directory`")
	f.Var(opt.format, "format", "form of the result")
	f.Var(opt.progress, "progress", "form of the progress; auto is a bar on a terminal, else a line every 10 s")
	offerCase(a, cmd)
	offerWords(cmd, "until", opt.until.allowed)
	offerGuarantees(a, cmd)
	offerWords(cmd, "format", opt.format.allowed)
	offerWords(cmd, "progress", opt.progress.allowed)
	return cmd
}

// goal is what the flags ask for.
func (opt *sweepOptions) goal() explore.Goal {
	switch opt.until.value {
	case "violated":
		return explore.Goal{Violated: true}
	case "narrow":
		return explore.Goal{Width: float64(opt.width)}
	}
	return explore.Goal{}
}

func (a *cli) sweepUntil(ctx context.Context, opt *sweepOptions, args []string) error {
	if opt.seeds.count == 0 {
		opt.seeds = seedRange{first: 1, count: sweepSeeds}
	}
	all, err := a.prepare(&opt.runOptions, args)
	if err != nil {
		return err
	}
	for i := range all {
		if err := judgeOnly(&all[i], opt.guarantees); err != nil {
			return err
		}
		for j := range all[i].cases {
			all[i].cases[j].Expect = nil // rates are measured, whatever was expected
		}
	}
	s, closeIt, err := a.open(opt.format.value, opt.out, len(all) > 1)
	if err != nil {
		return err
	}
	defer closeIt()
	open := 0
	for i := 0; i < len(all) && ctx.Err() == nil; i++ {
		set, left, err := a.until(ctx, opt, &all[i])
		if err != nil {
			return err
		}
		open += left
		if err := s.deliver(ctx, &all[i], set); err != nil {
			return err
		}
	}
	if err := s.finish(); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return exitWith(exitInterrupted)
	case open > 0 && opt.until.value != "end":
		fmt.Fprintf(a.err, "orderlab: the seeds ended before %s was reached in %s; allow more with --seeds\n",
			map[string]string{"narrow": "a width of " + opt.width.String(), "violated": "a violation"}[opt.until.value],
			counted(open, "case"))
		return exitWith(exitUnknown)
	}
	return nil
}

func (a *cli) until(ctx context.Context, opt *sweepOptions, l *loaded) (*result.Set, int, error) {
	p := newProgress(opt.progress.value, a.err, l.name, len(l.cases)*opt.seeds.count)
	defer p.done()
	set, open, err := explore.SweepUntil(ctx, a.registry, l.scenario, l.cases, explore.Options{
		First: opt.seeds.first, Count: opt.seeds.count, Workers: opt.jobs, Source: l.arg, Vars: opt.vars, Progress: p.update,
	}, opt.goal())
	if err != nil {
		return nil, 0, err
	}
	return set, open, explore.ExplainShown(ctx, a.registry, l.cases, set)
}
