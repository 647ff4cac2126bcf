package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"orderlab/scenarios"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// exclusive are the pairs of flags of which only one can be given: one on the
// command line outdoes the other in the environment.
var exclusive = map[string]string{"seed": "seeds", "seeds": "seed"}

// environmentName returns the variable that a flag can be given as.
func environmentName(flag string) string {
	return "ORDERLAB_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// offerEnvironment notes the variable of each flag in the help.
func offerEnvironment(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) { f.Usage += " [" + environmentName(f.Name) + "]" })
}

// unread returns a note for each variable that looks like that of a flag and is read by
// no verb.
func unread(root *cobra.Command, environment []string) []string {
	const prefix = "ORDERLAB_"
	var known []string
	for _, v := range root.Commands() {
		v.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, strings.TrimPrefix(environmentName(f.Name), prefix)) })
	}
	var out []string
	for _, e := range environment {
		name, _, _ := strings.Cut(e, "=")
		rest, ours := strings.CutPrefix(name, prefix)
		if !ours || slices.Contains(known, rest) {
			continue
		}
		if near := scenarios.Nearest(rest, known); near != "" {
			out = append(out, fmt.Sprintf("the environment has %s, which no flag reads; did you mean %s?", name, prefix+near))
		}
	}
	return out
}

// readEnvironment gives every flag that is not on the command line the value of
// its variable, if there is one. A repeatable flag takes several values with
// commas between them.
func readEnvironment(cmd *cobra.Command) error {
	given := make(map[string]bool)
	cmd.Flags().Visit(func(f *pflag.Flag) { given[f.Name] = true })
	var problem error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value := os.Getenv(environmentName(f.Name))
		if value == "" || given[f.Name] || given[exclusive[f.Name]] || problem != nil || f.Name == "help" {
			return
		}
		values := []string{value}
		if _, several := f.Value.(pflag.SliceValue); several {
			values = strings.Split(value, ",")
		}
		for _, v := range values {
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				problem = usagef("the environment has %s=%q: %w", environmentName(f.Name), value, err)
				return
			}
		}
	})
	return problem
}
