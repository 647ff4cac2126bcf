package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"

	"github.com/spf13/cobra"
)

// exploreOptions are the flags of explore.
type exploreOptions struct {
	caseFlags
	seed       seedFlag
	guarantees []string
	deviations int
	decisions  int
	names      []string
	runs       int
	jobs       int
	out        string
	format     *choice
	progress   *choice
}

func exploreCommand(a *cli) *cobra.Command {
	opt := exploreOptions{format: newChoice("text", "json"), progress: newChoice("auto", "plain", "none", "json")}
	cmd := &cobra.Command{
		Use:   "explore FILE|NAME --strategy S",
		Short: "Try every schedule near that of one seed, for a small scenario",
		Long: `explore goes through the runs that differ from the run of one seed in a few
decisions, all of them: every run with one decision answered otherwise, then every
run with two, up to --deviations. What is drawn from a distribution, as a latency, is
answered by the draws at 0.1 % and at 99.9 % of their range, its short and its long
end; a choice by each of its alternatives (of more than 8 by the first, the middle one
and the last). Runs with the same trace
count once, and nothing is tried on top of an answer that changed nothing.

It is exhaustive within these bounds, and no proof beyond them. How many runs break a
guarantee is no rate, because answers are picked and not drawn; sweep measures rates.
Runs grow with the number of decisions to the power of --deviations, so it is for
scenarios with a few messages, like those that shrink writes.

With -o it writes result.json and, for each guarantee that breaks, the answers that
break it, for replay --decisions. The exit code is 0 when all runs were made and
nothing broke that is expected to hold, 1 when something did, 2 when --runs ended it
first or a violation that is expected was not found.`,
		Example: `  orderlab explore my-scenario.yaml --strategy naive --decision app.work --deviations 1 --decisions 50
  orderlab explore my-scenario.yaml --strategy drain-first --seed 7 --deviations 1 --runs 500 -o explored`,
		Args:              exactlyOne("a scenario", "`orderlab list` shows those of the library"),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.explore(cmd.Context(), &opt, args[0])
		},
	}
	f := cmd.Flags()
	opt.caseFlags.add(f)
	f.Var(&opt.seed, "seed", "the seed of the run to begin with (default 1)")
	f.StringArrayVar(&opt.guarantees, "guarantee", nil, "only this `guarantee`; may be repeated")
	f.IntVar(&opt.deviations, "deviations", 2, "`number` of decisions that are answered otherwise at once")
	f.StringArrayVar(&opt.names, "decision", nil, "only decisions of this `name`, as app.work; may be repeated")
	f.IntVar(&opt.decisions, "decisions", 500, "`number` of decisions of a run, from the first, that may be answered otherwise")
	f.IntVar(&opt.runs, "runs", 20_000, "`number` of runs after which it ends in any case")
	f.IntVarP(&opt.jobs, "jobs", "j", 0, "`number` of runs that go on at once (default: one for each processor)")
	f.StringVarP(&opt.out, "out", "o", "", "write the results to this `directory`")
	f.Var(opt.format, "format", "form of the result")
	f.Var(opt.progress, "progress", "form of the progress; auto is a bar on a terminal, else a line every 10 s")
	offerCase(a, cmd)
	offerGuarantees(a, cmd)
	offerWords(cmd, "format", opt.format.allowed)
	offerWords(cmd, "progress", opt.progress.allowed)
	return cmd
}

func (a *cli) explore(ctx context.Context, opt *exploreOptions, arg string) error {
	for _, n := range []struct {
		flag  string
		value int
	}{{"--deviations", opt.deviations}, {"--decisions", opt.decisions}, {"--runs", opt.runs}} {
		if n.value < 1 || n.value > maxRuns {
			return usagef("%s %d: it is 1 to %d", n.flag, n.value, maxRuns)
		}
	}
	l, err := a.oneCase(&opt.caseFlags, "explore", arg)
	if err != nil {
		return err
	}
	if err := judgeOnly(l, opt.guarantees); err != nil {
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
	if opt.seed.count == 0 {
		opt.seed.first = 1
		if l.scenario.Seed != nil {
			opt.seed.first = *l.scenario.Seed
		}
	}
	c := &l.cases[0]
	p := newProgress(opt.progress.value, a.err, "runs of "+l.name, opt.runs)
	found, err := explore.Deviate(ctx, a.registry, c, explore.DeviateOptions{
		Seed: opt.seed.first, Deviations: opt.deviations, Decisions: opt.decisions, Runs: opt.runs, Workers: opt.jobs,
		Names:    opt.names,
		Progress: func(runs int) { p.update(explore.Progress{Done: runs, Total: opt.runs}) },
	})
	p.done()
	if err != nil {
		return err
	}
	for _, name := range opt.names {
		if !slices.Contains(found.Names, name) && !found.Interrupted {
			return usagef("--decision %s: the run of seed %d asks no decision of that name; it asks %s",
				name, opt.seed.first, strings.Join(found.Names, ", "))
		}
	}
	e := explored(l, c, opt, found)
	if err := a.printExplored(e, opt); err != nil {
		return err
	}
	if out != nil {
		if err := e.write(out, found); err != nil {
			return err
		}
	}
	if found.Interrupted {
		return exitWith(exitInterrupted)
	}
	return exitWith(e.code())
}

// exploredSet is what explore found, as JSON has it; docs/results.md describes it.
type exploredSet struct {
	SchemaVersion int                 `json:"schema_version"`
	Scenario      string              `json:"scenario"`
	Strategy      string              `json:"strategy"`
	Point         result.Point        `json:"point"`
	Seed          uint64              `json:"seed"`
	Asked         int                 `json:"decisions_asked"`
	Branched      int                 `json:"decisions_branched"`
	Deviations    int                 `json:"deviations"`
	Whole         int                 `json:"deviations_whole"`
	Runs          int                 `json:"runs"`
	Distinct      int                 `json:"distinct_runs"`
	Interrupted   bool                `json:"interrupted,omitempty"`
	Guarantees    []exploredGuarantee `json:"guarantees"`
}

type exploredGuarantee struct {
	ID       string          `json:"id"`
	Violated int             `json:"violated_runs"`
	Decided  int             `json:"decided_runs"`
	Expected string          `json:"expected,omitempty"`
	Changes  []exploredTwist `json:"changes,omitempty"`
	Replay   string          `json:"replay,omitempty"`
}

// exploredTwist is a decision that was answered otherwise.
type exploredTwist struct {
	Decision string `json:"decision"`
	ID       string `json:"id"`
	Answer   string `json:"answer"`
	Was      string `json:"was"`
}

func explored(l *loaded, c *scenarios.Case, opt *exploreOptions, found *explore.Deviated) *exploredSet {
	e := &exploredSet{
		SchemaVersion: result.SchemaVersion, Scenario: l.name, Strategy: c.Strategy, Point: result.Point{},
		Seed:  opt.seed.first,
		Asked: found.Asked, Branched: found.Branched, Deviations: opt.deviations, Whole: found.Whole,
		Runs: found.Runs, Distinct: found.Distinct, Interrupted: found.Interrupted, Guarantees: []exploredGuarantee{},
	}
	for _, p := range c.Point {
		e.Point = append(e.Point, result.Coordinate{Axis: p.Axis, Value: p.Value})
	}
	set := &result.Set{Scenario: l.name, Source: l.arg, Vars: opt.vars}
	replay := set.ReplayCommand(&result.Result{Strategy: c.Strategy, Point: e.Point}, opt.seed.first, "")
	for i := range found.Guarantees {
		f := &found.Guarantees[i]
		g := exploredGuarantee{ID: f.ID, Violated: f.Violated, Decided: f.Decided}
		for _, x := range c.Expect {
			if x.Guarantee == f.ID {
				g.Expected = x.Verdict
			}
		}
		for j := range f.Changes {
			g.Changes = append(g.Changes, exploredTwist{f.Changes[j].Decision, fmt.Sprintf("%016x", uint64(f.Changes[j].ID)),
				answerText(f.Changes[j]), answerText(f.Was[j])})
		}
		switch {
		case f.Violated > 0 && len(f.Changes) == 0:
			g.Replay = replay
		case f.Violated > 0 && opt.out != "":
			g.Replay = replay + " --decisions " + opt.out + "/" + decisionsFile(f.ID)
		}
		e.Guarantees = append(e.Guarantees, g)
	}
	return e
}

// answerText writes an answer: the alternative, or where in the range of its bits a draw is.
func answerText(a runner.Answer) string {
	if a.N > 0 {
		return fmt.Sprintf("alternative %d of %d", a.Value, a.N)
	}
	share := new(big.Float).SetUint64(a.Value)
	share.Mul(share, big.NewFloat(100)).Quo(share, new(big.Float).SetMantExp(big.NewFloat(1), 64))
	return "the draw at " + share.Text('f', 1) + " %"
}

func decisionsFile(guarantee string) string { return "decisions/" + fileName(guarantee) + ".jsonl" }

// code is the exit code.
func (e *exploredSet) code() int {
	code := exitMet
	for _, g := range e.Guarantees {
		switch {
		case g.Expected == result.Holds && g.Violated > 0:
			return exitFailed
		case g.Expected == result.Violated && g.Violated == 0:
			code = exitUnknown
		}
	}
	if e.Whole < e.Deviations {
		code = exitUnknown
	}
	return code
}

func (a *cli) printExplored(e *exploredSet, opt *exploreOptions) error {
	if opt.format.value == "json" {
		return e.json(a.out)
	}
	_, err := io.WriteString(a.out, e.text(max(columns(a.out), 0)))
	return err
}

func (e *exploredSet) json(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(e)
}

// text writes what was found for people.
func (e *exploredSet) text(width int) string {
	if width == 0 {
		width = 80
	}
	var b strings.Builder
	prose := func(format string, args ...any) {
		b.WriteString(strings.Join(folded(fmt.Sprintf(format, args...), width), "\n") + "\n")
	}
	at := ""
	for _, p := range e.Point {
		at += fmt.Sprintf(", %s=%v", p.Axis, p.Value)
	}
	fmt.Fprintf(&b, "%s, strategy %s%s, seed %d\n", e.Scenario, e.Strategy, at, e.Seed)
	prose("The run of the seed asks %s. Of these %d were answered otherwise, up to %d at a time: %s, %d of them with a trace of their own.",
		counted(e.Asked, "decision"), e.Branched, e.Deviations, counted(e.Runs, "run"), e.Distinct)
	if e.Whole == e.Deviations {
		prose("That is every such run.")
	} else {
		prose("The bound of runs came first: every run with up to %d is among them, and a part of those with %d; allow more with --runs.",
			e.Whole, e.Whole+1)
	}
	b.WriteString("\n")
	name := 0
	for _, g := range e.Guarantees {
		name = max(name, len(g.ID))
	}
	for _, g := range e.Guarantees {
		fmt.Fprintf(&b, "  %-*s  %s\n", name, g.ID, g.text())
		for _, c := range g.Changes {
			fmt.Fprintf(&b, "      %s of %s: %s, and not %s\n", c.Decision, c.ID, c.Answer, c.Was)
		}
		if g.Replay != "" {
			fmt.Fprintf(&b, "      %s\n", g.Replay)
		}
	}
	b.WriteString("\nThese are no rates: answers are picked, not drawn.\n")
	return b.String()
}

// text says what became of a guarantee.
func (g *exploredGuarantee) text() string {
	expected := ""
	if g.Expected == result.Holds && g.Violated > 0 || g.Expected == result.Violated && g.Violated == 0 {
		expected = " (expected: " + g.Expected + ")"
	}
	switch {
	case g.Decided == 0:
		return "nothing to decide" + expected
	case g.Violated == 0:
		return fmt.Sprintf("not violated in %s", counted(g.Decided, "run")) + expected
	case len(g.Changes) == 0:
		return fmt.Sprintf("violated in %d of %s, that of the seed among them", g.Violated, counted(g.Decided, "run")) + expected
	}
	return fmt.Sprintf("violated in %d of %s%s, with no less than %s:", g.Violated, counted(g.Decided, "run"), expected,
		counted(len(g.Changes), "other answer"))
}

// write writes the files of -o.
func (e *exploredSet) write(out *outDir, found *explore.Deviated) error {
	if err := out.create(resultFile, e.json); err != nil {
		return err
	}
	for _, g := range found.Guarantees {
		if g.Violated == 0 {
			continue
		}
		err := out.create(decisionsFile(g.ID), func(w io.Writer) error { return runner.WriteDecisions(w, g.Changes) })
		if err != nil {
			return err
		}
	}
	return out.commit()
}
