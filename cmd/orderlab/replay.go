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
	seed   seedFlag
	filter reports.TraceFilter
}

func replayCommand(a *cli) *cobra.Command {
	var opt replayOptions
	cmd := &cobra.Command{
		Use:   "replay FILE|NAME --strategy S --seed N",
		Short: "Print what happened in one run",
		Long: `replay repeats the run of one seed and prints its operations in order of virtual
time: what was sent, acked, stored, delivered and applied, the rebalances, the
commits, the faults. --node, --key and --message pick some of them; of several,
all must fit. The verdicts of the run follow.

Where the scenario has a scan, --var names the point, as --var after=5.`,
		Example: `  orderlab replay kafka/expand --strategy naive --var after=5 --var backlog=even --seed 1 --key key-17
  orderlab replay my-scenario.yaml --strategy naive --seed 3 --message 'producer-0#17'
  orderlab replay my-scenario.yaml --strategy naive --seed 3 --node consumer-1`,
		Args:              exactlyOne("a scenario", "`orderlab list` shows those of the library"),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.replay(cmd.Context(), &opt, args[0])
		},
	}
	f := cmd.Flags()
	f.Var(&opt.seed, "seed", "the seed of the run")
	opt.caseFlags.add(f)
	f.StringVar(&opt.filter.Node, "node", "", "only what this `process` did, as consumer-1")
	f.StringVar(&opt.filter.Key, "key", "", "only messages of this `key`, as key-17")
	f.StringVar(&opt.filter.Message, "message", "", "only this `message`, as producer-0#17")
	offerStrategies(a, cmd)
	return cmd
}

func (a *cli) replay(ctx context.Context, opt *replayOptions, arg string) error {
	if opt.seed.count == 0 {
		return usagef("replay needs --seed N")
	}
	c, err := a.oneCase(&opt.caseFlags, "replay", arg)
	if err != nil {
		return err
	}
	r := runner.New(a.registry)
	out, err := r.Run(ctx, c, opt.seed.first, runner.Options{Witness: true})
	if ctx.Err() != nil {
		return exitWith(exitInterrupted)
	}
	if err != nil {
		return err
	}
	if err := known(r.History(), opt.filter); err != nil {
		return err
	}
	picked, err := reports.Trace(a.out, r.History(), opt.filter)
	if err != nil {
		return err
	}
	return a.printVerdicts(&out, picked, r.History().Len())
}

// known reports a name that the filter has and the history lacks.
func known(h *history.History, f reports.TraceFilter) error {
	processes := make([]string, h.Processes())
	for i := range processes {
		processes[i] = h.ProcessName(history.Process(i))
	}
	if err := among("--node", f.Node, processes); err != nil {
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
	hint := ""
	if n := scenarios.Nearest(name, names); n != "" {
		hint = fmt.Sprintf("; did you mean %s?", n)
	}
	return usagef("%s %s: nothing in the run has that name%s", flag, name, hint)
}

// printVerdicts writes what the run showed.
func (a *cli) printVerdicts(out *result.Run, picked, of int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d of %d operations, trace hash %x\n", picked, of, out.Hash)
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
	}
	_, err := fmt.Fprint(a.out, b.String())
	return err
}
