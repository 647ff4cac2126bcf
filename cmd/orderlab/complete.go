package main

import (
	"orderlab/scenarios"

	"github.com/spf13/cobra"
)

// completeScenarios offers the names of the library, and files.
func completeScenarios(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return scenarios.Names(), cobra.ShellCompDirectiveDefault
}

// offerWords has the shell complete a flag with words.
func offerWords(cmd *cobra.Command, flag string, words []string) {
	offer(cmd, flag, func([]string) []string { return words })
}

// offerStrategies has the shell complete --strategy with those of the scenarios
// that stand on the command line.
func offerStrategies(a *cli, cmd *cobra.Command) {
	offer(cmd, "strategy", func(args []string) []string {
		var out []string
		sources, err := findSources(args)
		if err != nil {
			return nil
		}
		all, _ := load(a.registry, sources, nil, nil)
		for _, l := range all {
			out = append(out, l.scenario.Strategies...)
		}
		return out
	})
}

func offer(cmd *cobra.Command, flag string, words func(args []string) []string) {
	complete := func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return words(args), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag does not exist: a mistake of the program's
	}
}
