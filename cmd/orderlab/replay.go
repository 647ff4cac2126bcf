package main

import (
	"context"
	"fmt"
	"strings"

	"orderlab/model/history"
	"orderlab/reports"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"

	"github.com/spf13/cobra"
)

// replayOptions are the flags of replay.
type replayOptions struct {
	caseFlags
	seed      seedFlag
	trace     *choice
	filter    reports.TraceFilter
	decisions decisionFlags
}

// What a trace shows besides the operations.
const (
	traceOperations = "operations"
	traceFrames     = "frames"
	traceEvents     = "events"
)

func replayCommand(a *cli) *cobra.Command {
	opt := replayOptions{trace: newChoice(traceOperations, traceFrames, traceEvents)}
	cmd := &cobra.Command{
		Use:   "replay FILE|NAME --strategy S --seed N",
		Short: "Print what happened in one run",
		Long: `replay repeats the run of one seed and prints its operations in order of virtual
time: what was sent, acked, stored, delivered and applied, the rebalances, the
commits, the faults. --trace frames adds the frames that reach each node with what
they carry, and the connections that open and close; --trace events adds timers
and all else that happens in the world. The verdicts of the run follow.

--node, --key and --message pick some of the lines; of several, all must fit. A
node is the process of an operation, and either end of a frame. A frame fits a key
or a message that it carries.

--record writes every decision of the run to a file, one a line: its name, what it
is about, the answer. --decisions answers from such a file, which may be edited,
and leaves to the seed what the file does not answer.

Where the scenario has a scan, --var names the point, as --var after=5.`,
		Example: `  orderlab replay kafka/expand --strategy naive --var after=5 --var backlog=even --seed 1 --key key-17
  orderlab replay my-scenario.yaml --strategy naive --seed 3 --message 'producer-0#17' --trace frames
  orderlab replay my-scenario.yaml --strategy naive --seed 3 --node consumer-1 --trace events
  orderlab replay my-scenario.yaml --strategy naive --seed 3 --record decisions.jsonl`,
		Args:              exactlyOne("a scenario", "`orderlab list` shows those of the library"),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.replay(cmd.Context(), &opt, args[0])
		},
	}
	f := cmd.Flags()
	f.Var(&opt.seed, "seed", "the seed of the run")
	opt.caseFlags.add(f)
	f.Var(opt.trace, "trace", "what to print: operations, also the frames between nodes, or also all other events")
	f.StringVar(&opt.filter.Node, "node", "", "only what this `process` or node did, as consumer-1")
	f.StringVar(&opt.filter.Key, "key", "", "only messages of this `key`, as key-17")
	f.StringVar(&opt.filter.Message, "message", "", "only this `message`, as producer-0#17")
	opt.decisions.add(f)
	offerCase(a, cmd)
	offerWords(cmd, "trace", opt.trace.allowed)
	return cmd
}

func (a *cli) replay(ctx context.Context, opt *replayOptions, arg string) error {
	if opt.seed.count == 0 {
		return usagef("replay needs --seed N")
	}
	l, err := a.oneCase(&opt.caseFlags, "replay", arg)
	if err != nil {
		return err
	}
	c := &l.cases[0]
	if err := opt.decisions.read(); err != nil {
		return err
	}
	r := runner.New(a.registry)
	out, err := r.Run(ctx, c, opt.seed.first, runner.Options{Witness: true, Decisions: opt.decisions.source})
	if err == nil {
		err = known(r, opt)
	}
	if err == nil {
		err = a.printTrace(ctx, r, c, opt, &out)
	}
	if ctx.Err() != nil {
		return exitWith(exitInterrupted)
	}
	if err != nil {
		return err
	}
	if err := opt.decisions.write(a.err); err != nil {
		return err
	}
	return a.printVerdicts(ctx, r, c, opt, &out)
}

// printTrace prints the run that was made. For more than its operations it is made
// again, because what a filter may name is known only after a run.
func (a *cli) printTrace(
	ctx context.Context, r *runner.Runner, c *scenarios.Case, opt *replayOptions, out *result.Run,
) error {
	t := reports.NewTracer(a.out, r.History(), opt.filter)
	if opt.trace.value != traceOperations {
		trace := func(e *result.Event) {
			if opt.shows(e.Kind) {
				t.Event(e)
			}
		}
		again, err := r.Run(ctx, c, opt.seed.first, runner.Options{Decisions: opt.decisions.source, Trace: trace})
		if err != nil {
			return err
		}
		if again.Hash != out.Hash {
			return fmt.Errorf("the trace hash is %x, and in the traced run %x", out.Hash, again.Hash)
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	picked := fmt.Sprintf("%d of %d operations", t.Operations, r.History().Len())
	if opt.trace.value != traceOperations {
		picked += fmt.Sprintf(", %d of %d %s", t.Events, t.AllEvents, opt.trace.value)
	}
	_, err := fmt.Fprintf(a.out, "\n%s, trace hash %x\n%s", picked, out.Hash, opt.decisions.used())
	return err
}

// shows says whether a trace has events of a kind.
func (opt *replayOptions) shows(k result.EventKind) bool {
	return opt.trace.value == traceEvents || k != result.EventTimer && k != result.EventMachine
}

// known reports a name that the filter has and the run lacks.
func known(r *runner.Runner, opt *replayOptions) error {
	h, f := r.History(), &opt.filter
	names := make([]string, h.Processes())
	for i := range names {
		names[i] = h.ProcessName(history.Process(i))
	}
	if opt.trace.value != traceOperations {
		names = append(names, r.Nodes()...)
	}
	if err := among("--node", f.Node, names); err != nil {
		return err
	}
	keys := make([]string, h.Keys())
	for i := range keys {
		keys[i] = h.KeyName(history.Key(i))
	}
	if err := among("--key", f.Key, keys); err != nil {
		return err
	}
	if f.Message == "" {
		return nil
	}
	for i := range h.Messages() {
		if h.MessageName(history.Message(i)) == f.Message {
			return nil
		}
	}
	return usagef("--message %s: the run has %d messages, and none of that name; they are called as %s", f.Message, h.Messages(), example(h))
}

func example(h *history.History) string {
	if h.Messages() == 0 {
		return "producer-0#17"
	}
	return h.MessageName(0)
}

// among reports a name that is not one of the given ones.
func among(flag, name string, names []string) error {
	if name == "" {
		return nil
	}
	for _, n := range names {
		if n == name {
			return nil
		}
	}
	return usagef("%s %s: nothing in the run has that name%s", flag, name, nearHint(name, names))
}

// printVerdicts writes what the run showed, with the cause of what it broke.
func (a *cli) printVerdicts(
	ctx context.Context, r *runner.Runner, c *scenarios.Case, opt *replayOptions, out *result.Run,
) error {
	var b strings.Builder
	if out.Limit != "" {
		fmt.Fprintf(&b, "the run ended at its %s\n", out.Limit)
	}
	for _, v := range out.Verdicts {
		fmt.Fprintf(&b, "%s: %s", v.Guarantee, v.Status)
		switch {
		case v.Witness != nil:
			fmt.Fprintf(&b, ", %s", v.Witness.Text)
		case v.Reason != "":
			fmt.Fprintf(&b, ", %s", v.Reason)
		}
		b.WriteByte('\n')
		if v.Status != result.Violated {
			continue
		}
		cause, err := r.Explain(ctx, c, out.Seed, v.Guarantee, opt.decisions.listed())
		if ctx.Err() != nil {
			break // what was found so far is printed
		}
		if err != nil {
			return err
		}
		if cause != nil {
			lines := append([]string{reports.CauseText(v.Guarantee, cause)}, cause.Chain...)
			fmt.Fprintf(&b, "    %s\n", strings.Join(lines, "\n    "))
		}
	}
	if _, err := fmt.Fprint(a.out, b.String()); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return exitWith(exitInterrupted)
	}
	return nil
}
