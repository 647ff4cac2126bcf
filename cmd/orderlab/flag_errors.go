package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// wrongFlag says what is wrong with a flag, in words of this program: pflag passes on
// what the functions of Go's library say of numbers and durations.
func wrongFlag(cmd *cobra.Command, err error) error {
	hint := ""
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		hint = nearHint("--"+unknown.GetSpecifiedName(), flagNames(cmd))
	case errors.As(err, &value):
		if form := formOf(value.GetFlag().Value, value.Unwrap()); form != "" {
			err = fmt.Errorf("--%s %s: %s", value.GetFlag().Name, value.GetValue(), form)
		}
	}
	return usagef("%w%s\nSee `%s --help`.", err, hint, cmd.CommandPath())
}

func flagNames(cmd *cobra.Command) []string {
	var out []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { out = append(out, "--"+f.Name) })
	return out
}

// formOf says how to write the value of a flag of one of pflag's own types; it is
// empty for the types of this program, which say so themselves.
func formOf(v pflag.Value, cause error) string {
	switch t := v.Type(); {
	case t == "duration":
		return "write a duration as 250ms, 5s or 1h30m"
	case strings.HasPrefix(t, "int") && errors.Is(cause, strconv.ErrRange):
		return "the number is too large"
	case strings.HasPrefix(t, "int"):
		return "write a whole number"
	}
	return ""
}

// needShell makes completion end as other wrong usage does when no shell, or an
// unknown one, is named; cobra prints the help and reports success.
func needShell(completion *cobra.Command) {
	var shells []string
	for _, c := range completion.Commands() {
		shells = append(shells, c.Name())
	}
	slices.Sort(shells)
	known := strings.Join(shells, ", ")
	completion.Args = cobra.ArbitraryArgs
	completion.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef("name a shell: %s", known)
		}
		return usagef("there is no completion for %q; there is for %s", args[0], known)
	}
}
