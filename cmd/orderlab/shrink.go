package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"orderlab/checker"
	"orderlab/reports"
	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"

	"github.com/spf13/cobra"
)

// shrinkOptions are the flags of shrink.
type shrinkOptions struct {
	caseFlags
	seed      seedFlag
	guarantee string
	trials    int
	out       string
	progress  *choice
}

func shrinkCommand(a *cli) *cobra.Command {
	opt := shrinkOptions{progress: newChoice("auto", "plain", "none", "json")}
	cmd := &cobra.Command{
		Use:   "shrink FILE|NAME --strategy S --seed N",
		Short: "Find the smallest run that still breaks a guarantee",
		Long: `shrink repeats the run of one seed, which must break a guarantee, and takes out of
it what it can while the same guarantee still breaks at the same hop: faults,
messages and consumers, in halves and one by one. It also moves what is left
closer together in time. Everything that is drawn about what stays is drawn as in
the original run.

The result is a scenario with explicit messages and faults, which runs without
--seed; it goes to the standard output, or with -o into a directory with the run's
result.json, history.jsonl, faults.yaml and witness.mmd, and of a log, queue or
state that is not linearizable witness.html. An interrupt ends the
search and keeps the smallest run so far.`,
		Example: `  orderlab shrink kafka/expand --strategy naive --var after=5 --var backlog=even --seed 1
  orderlab shrink kafka/expand --strategy latest --var after=8 --var backlog=even --seed 2 --guarantee no-loss -o shrunk`,
		Args:              exactlyOne("a scenario", "`orderlab list` shows those of the library"),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.shrink(cmd.Context(), &opt, args[0])
		},
	}
	f := cmd.Flags()
	f.Var(&opt.seed, "seed", "the seed of the run")
	opt.caseFlags.add(f)
	f.StringVar(&opt.guarantee, "guarantee", "", "the `guarantee` that must stay broken (default: the first that the run breaks)")
	f.IntVar(&opt.trials, "trials", explore.DefaultTrials, "`number` of runs after which the search ends in any case")
	f.StringVarP(&opt.out, "out", "o", "", "write the results to this `directory`")
	f.Var(opt.progress, "progress", "form of the progress; auto is a bar on a terminal, else a line every 10 s")
	offerCase(a, cmd)
	offerGuarantees(a, cmd)
	offerWords(cmd, "progress", opt.progress.allowed)
	return cmd
}

func (a *cli) shrink(ctx context.Context, opt *shrinkOptions, arg string) error {
	switch {
	case opt.seed.count == 0:
		return usagef("shrink needs --seed N")
	case opt.trials < 1:
		return usagef("--trials %d: at least one run is needed", opt.trials)
	}
	l, err := a.oneCase(&opt.caseFlags, "shrink", arg)
	if err != nil {
		return err
	}
	if opt.guarantee != "" {
		if err := judgeOnly(l, []string{opt.guarantee}); err != nil {
			return err
		}
	}
	c := &l.cases[0]
	var out *outDir
	if opt.out != "" {
		if out, err = openOut(opt.out); err != nil {
			return err
		}
		defer out.discard()
		defer a.interrupts.onAbort(out.discard)()
	}
	p := newProgress(opt.progress.value, a.err, "trials of "+c.Scenario, opt.trials)
	small, err := explore.Shrink(ctx, a.registry, c, opt.seed.first, explore.ShrinkOptions{
		Guarantee: opt.guarantee, Trials: opt.trials,
		Progress: func(s explore.ShrinkProgress) { p.update(explore.Progress{Done: s.Trials, Total: opt.trials}) },
	})
	p.done()
	var intact *explore.NotBrokenError
	switch {
	case errors.As(err, &intact):
		return usagef("%s, strategy %s: %w", c.Scenario, c.Strategy, err)
	case err != nil && ctx.Err() != nil:
		return exitWith(exitInterrupted)
	case err != nil:
		return err
	}
	if err := listable(small); err != nil {
		return err
	}
	if err := a.writeShrunk(context.WithoutCancel(ctx), out, opt, c, small); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return exitWith(exitInterrupted)
	}
	return nil
}

// listable reports a run that is too large for a scenario file.
func listable(s *explore.Shrunk) error {
	if s.To.Messages <= scenarios.MaxSends {
		return nil
	}
	return usagef("the smallest run after %d trials has %s, and a scenario file lists at most %d; allow more with --trials",
		s.Trials, counted(s.To.Messages, "message"), scenarios.MaxSends)
}

// writeShrunk prints or writes the smallest run.
func (a *cli) writeShrunk(ctx context.Context, out *outDir, opt *shrinkOptions, c *scenarios.Case,
	small *explore.Shrunk) error {
	cause, err := explore.Explain(ctx, a.registry, small.Case, small.Seed, small.Guarantee)
	if err != nil {
		return err
	}
	text := shrunkFile(c, small, reports.CauseText(small.Guarantee, cause))
	fmt.Fprintf(a.err, "orderlab: %s\n", shrunkText(small))
	if out == nil {
		_, err := a.out.Write(text)
		return err
	}
	l, set, err := a.rerun(ctx, opt.out, text)
	if err != nil {
		return err
	}
	if err := reports.Text(a.out, set, textOptions(a.out)); err != nil {
		return err
	}
	if err := writeShrunkFiles(ctx, a.registry, out, text, l, set); err != nil {
		return err
	}
	if err := out.commit(); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "orderlab: wrote %s\n", opt.out)
	return nil
}

// rerun reads the shrunk scenario as a user would, and runs it.
func (a *cli) rerun(ctx context.Context, dir string, text []byte) (*loaded, *result.Set, error) {
	name := strings.TrimRight(dir, "/") + "/" + scenarioFile
	sc, err := scenarios.Load(a.registry, name, name, text, nil)
	if err != nil {
		return nil, nil, &codeError{exitInternal, fmt.Errorf("the shrunk scenario cannot be read: %w", err)}
	}
	l := &loaded{source{name: name, arg: name, file: name, text: text}, sc, sc.Cases}
	set, err := explore.Sweep(ctx, a.registry, sc, sc.Cases, explore.Options{First: *sc.Seed, Count: 1, Source: name})
	if err == nil {
		err = explore.ExplainShown(ctx, a.registry, sc.Cases, set)
	}
	return l, set, err
}

// What shrink writes beside the files of a result.
const (
	scenarioFile = "scenario.yaml"
	witnessStem  = "witness"
	witnessFile  = witnessStem + ".mmd"
	pictureFile  = witnessStem + pictureEnding
)

func writeShrunkFiles(
	ctx context.Context, reg *scenarios.Registry, o *outDir, text []byte, l *loaded, set *result.Set,
) error {
	err := o.create(scenarioFile, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	if err := o.create(resultFile, func(w io.Writer) error { return reports.JSON(w, set) }); err != nil {
		return err
	}
	shown, err := writeShown(ctx, reg, o, "", l, set.Shown)
	if err != nil {
		return err
	}
	err = o.create(pageFile, func(w io.Writer) error {
		return reports.HTML(w, set, reports.PageOptions{Shown: shown, Picture: shrunkPicture})
	})
	if err != nil {
		return err
	}
	r := &set.Results[0]
	err = o.create(witnessFile, func(w io.Writer) error { return reports.Mermaid(w, &r.Guarantees[0]) })
	if err != nil || r.Guarantees[0].Witness == nil {
		return err
	}
	return writePicture(ctx, reg, o, witnessStem, l, r, &r.Guarantees[0])
}

// shrunkPicture returns where the picture of a violation lies.
func shrunkPicture(_ *result.Result, g *result.Guarantee) string {
	if checker.HasPicture(g.ID) {
		return pictureFile
	}
	return ""
}

// shrunkFile is the smallest run as a scenario; cause says what broke it.
func shrunkFile(c *scenarios.Case, small *explore.Shrunk, cause string) []byte {
	var point strings.Builder
	for _, p := range c.Point {
		fmt.Fprintf(&point, ", %s=%v", p.Axis, p.Value)
	}
	f := scenarios.File{
		Case: small.Case, Seed: small.Seed,
		Question: fmt.Sprintf("What is the smallest run of %s, strategy %s%s, seed %d, that breaks %s?",
			c.Scenario, c.Strategy, point.String(), small.Seed, small.Guarantee),
		Comment: shrunkText(small) + "\n" + cause,
		Expect:  []scenarios.Expectation{{Guarantee: small.Guarantee, Verdict: result.Violated}},
	}
	return f.Bytes()
}

// shrunkText says how much smaller the run is.
func shrunkText(s *explore.Shrunk) string {
	end := ""
	if s.Stopped {
		end = "; the search was ended, so it may not be the smallest"
	}
	return fmt.Sprintf("%s is broken by a run of %s instead of %s, found in %d trials%s",
		s.Guarantee, sizeText(s.To), sizeText(s.From), s.Trials, end)
}

func sizeText(s explore.Size) string {
	return fmt.Sprintf("%s, %s and %s", counted(s.Messages, "message"), counted(s.Faults, "fault"), counted(s.Consumers, "consumer"))
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
