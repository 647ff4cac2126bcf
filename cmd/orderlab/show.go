package main

import (
	"github.com/spf13/cobra"
)

func showCommand(a *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE|NAME",
		Short: "Print a scenario",
		Long: `show prints the text of a scenario, once it is found to have no mistake. That of
the library is a good start for one of your own.`,
		Example: `  orderlab show kafka/expand
  orderlab show kafka/expand > my-scenario.yaml`,
		Args:              exactlyOne("a scenario", "`orderlab list` shows those of the library"),
		ValidArgsFunction: completeScenarios,
		RunE:              func(_ *cobra.Command, args []string) error { return a.show(args[0]) },
	}
}

func (a *cli) show(arg string) error {
	s, err := findOne(arg)
	if err != nil {
		return err
	}
	if _, err := load(a.registry, []source{s}, nil, nil); err != nil {
		return err
	}
	_, err = a.out.Write(s.text)
	return err
}

// findOne returns the one scenario that an argument names.
func findOne(arg string) (source, error) {
	found, err := findSources([]string{arg})
	if err != nil {
		return source{}, err
	}
	if len(found) != 1 {
		return source{}, usagef("%q names %d scenarios; name one", arg, len(found))
	}
	return found[0], nil
}
