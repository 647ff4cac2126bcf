package main

import (
	"fmt"
	"io"
	"os"

	"orderlab/scenarios"

	"github.com/spf13/cobra"
)

// cli is what all verbs share.
type cli struct {
	registry   *scenarios.Registry
	in         io.Reader
	out, err   io.Writer
	interrupts *interrupts
	// terminal says whether somebody sits at an input or an output.
	terminal func(any) bool
}

func newRoot(a *cli) *cobra.Command {
	root := &cobra.Command{
		Use:   "orderlab",
		Short: "Does my messaging design keep its order, and what does that cost?",
		Long: `orderlab simulates a messaging system, its clients and its applications under
the faults of a scenario, with every ordering strategy that the scenario
compares, over many seeds. It checks every guarantee and reports which hold,
which break, and what each strategy costs.

Every flag can be given in the environment too: --seeds as ORDERLAB_SEEDS, -o as
ORDERLAB_OUT. What stands on the command line wins. Text is as wide as the terminal;
elsewhere COLUMNS says how wide, and without it it is 80.

Exit codes: 0 as expected, 1 an expectation failed, 2 unknown, 64 wrong usage,
65 bad scenario or history file, 70 internal error or nondeterminism,
130 interrupted.`,
		Example: `  orderlab run kafka/expand
  orderlab run my-scenario.yaml --seeds 1..100 -o out
  orderlab list`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       buildVersion(),
	}
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(wrongFlag)
	verbs := []*cobra.Command{
		runCommand(a), sweepCommand(a), mergeCommand(a), replayCommand(a), shrinkCommand(a), exploreCommand(a),
		checkCommand(a),
		compareCommand(a), listCommand(a), showCommand(a), newCommand(a), schemaCommand(a), versionCommand(a),
	}
	for _, v := range verbs {
		offerRest(v)
		offerEnvironment(v)
		finish(v)
		root.AddCommand(v)
	}
	root.InitDefaultCompletionCmd()
	if shells, _, err := root.Find([]string{"completion"}); err == nil {
		needShell(shells)
	}
	return root
}

// finish makes a verb's own errors end with the code that they have, and those of
// cobra, which come before the verb runs, with that of wrong usage.
func finish(v *cobra.Command) {
	check, run := v.Args, v.RunE
	v.Args = func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return usagef("%w\nSee `%s --help`.", err, cmd.CommandPath())
		}
		return nil
	}
	v.RunE = func(cmd *cobra.Command, args []string) error {
		for _, note := range unread(cmd.Root(), os.Environ()) {
			fmt.Fprintf(cmd.ErrOrStderr(), "orderlab: %s\n", note)
		}
		if err := readEnvironment(cmd); err != nil {
			return err
		}
		return coded(run(cmd, args))
	}
}
