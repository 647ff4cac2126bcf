package main

import (
	"slices"

	"orderlab/scenarios"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// completeScenarios offers the names of the library, and files.
func completeScenarios(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return scenarios.Names(), cobra.ShellCompDirectiveDefault
}

// offerWords has the shell complete a flag with words.
func offerWords(cmd *cobra.Command, flag string, words []string) {
	offer(cmd, flag, func([]string) []string { return words })
}

// offerCase has the shell complete what names cases of a scenario.
func offerCase(a *cli, cmd *cobra.Command) {
	offerStrategies(a, cmd)
	offerVars(a, cmd)
}

// offerStrategies has the shell complete --strategy with those of the scenarios
// that stand on the command line.
func offerStrategies(a *cli, cmd *cobra.Command) {
	offer(cmd, "strategy", func(args []string) []string {
		var out []string
		for _, sc := range a.named(args) {
			out = append(out, sc.Strategies...)
		}
		return out
	})
}

// offerVars has the shell complete --var with the variables and the axes of these
// scenarios, each with its values.
func offerVars(a *cli, cmd *cobra.Command) {
	offer(cmd, "var", func(args []string) []string {
		var out []string
		for _, sc := range a.named(args) {
			for _, s := range sc.Settable {
				for _, value := range s.Values {
					out = append(out, s.Name+"="+value)
				}
			}
		}
		return out
	})
}

// named reads the scenarios that stand on a command line, as far as they can be read.
func (a *cli) named(args []string) []*scenarios.Scenario {
	sources, err := findSources(args)
	if err != nil {
		return nil
	}
	var out []*scenarios.Scenario
	for i := range sources {
		if sc, err := sources[i].parse(a.registry, nil); err == nil {
			out = append(out, sc)
		}
	}
	return out
}

// offerGuarantees has the shell complete --guarantee with those that runs can decide.
func offerGuarantees(a *cli, cmd *cobra.Command) {
	var out []string
	for _, s := range a.registry.Systems {
		for _, g := range s.Guarantees {
			if !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	offerWords(cmd, "guarantee", out)
}

// offerRest has the shell complete the other flags of a verb: directories and files
// where they take one, and else nothing.
func offerRest(v *cobra.Command) {
	v.Flags().VisitAll(func(f *pflag.Flag) {
		if _, offered := v.GetFlagCompletionFunc(f.Name); offered {
			return
		}
		switch what, _ := pflag.UnquoteUsage(f); what {
		case "directory":
			_ = v.MarkFlagDirname(f.Name) // the flag exists
		case "file":
		default:
			offerWords(v, f.Name, nil)
		}
	})
}

// completeNames offers the names of the library alone.
func completeNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return scenarios.Names(), cobra.ShellCompDirectiveNoFileComp
}

func offer(cmd *cobra.Command, flag string, words func(args []string) []string) {
	complete := func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return words(args), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag does not exist: a mistake of the program's
	}
}
