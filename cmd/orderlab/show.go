package main

import (
	"fmt"

	"orderlab/scenarios"

	"github.com/spf13/cobra"
)

// showOptions are the flags of show.
type showOptions struct {
	source     bool
	strategies []string
	vars       []string
	explain    string
}

func showCommand(a *cli) *cobra.Command {
	var opt showOptions
	cmd := &cobra.Command{
		Use:   "show FILE|NAME",
		Short: "Print a scenario with everything that it stands for, or explain a key",
		Long: `show prints a scenario as one file that needs no other: what it includes, presets,
profiles and variables are put in, and the defaults of the system stand in comments.
It is read as the same scenario. With --strategy it prints what a strategy comes to,
a scenario for each point of its axes, and with --source the file as it is.

With --explain it describes whatever has that name: a key of the language, a setting
of a system, a fault, a guarantee, a metric, a strategy of the library.`,
		Example: `  orderlab show kafka/expand
  orderlab show kafka/expand --source > my-scenario.yaml
  orderlab show kafka/expand --strategy pause-new --var after=8 --var pause=80s --var backlog=even
  orderlab show --explain at_most
  orderlab show --explain linger.ms
  orderlab show --explain no-regression`,
		Args: func(cmd *cobra.Command, args []string) error {
			if opt.explain != "" && len(args) == 0 {
				return nil
			}
			return exactlyOne("a scenario", "`orderlab list` shows those of the library")(cmd, args)
		},
		ValidArgsFunction: completeScenarios,
		RunE: func(_ *cobra.Command, args []string) error {
			if opt.explain != "" {
				return a.explain(opt.explain)
			}
			return a.show(args[0], &opt)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&opt.source, "source", false, "print the file as it is")
	f.StringArrayVar(&opt.strategies, "strategy", nil, "print what this `strategy` comes to; may be given several times")
	f.StringArrayVar(&opt.vars, "var", nil, "value of a variable or of an axis, as `name=value`")
	f.StringVar(&opt.explain, "explain", "", "describe what has this `name` instead")
	offerCase(a, cmd)
	offer(cmd, "explain", func([]string) []string { return a.names() })
	return cmd
}

func (a *cli) show(arg string, opt *showOptions) error {
	s, err := findOne(arg)
	if err != nil {
		return err
	}
	vars, err := parseVars(opt.vars)
	if err != nil {
		return err
	}
	all, err := load(a.registry, []source{s}, opt.strategies, vars)
	if err != nil {
		return err
	}
	a.notes(all)
	if opt.source {
		_, err = a.out.Write(s.text)
		return err
	}
	if len(opt.strategies) > 0 {
		return a.showCases(&all[0])
	}
	text, err := s.expanded(a.registry, vars)
	if err == nil {
		_, err = a.out.Write(text)
	}
	return err
}

// showCases prints cases, each as a file of its own.
func (a *cli) showCases(l *loaded) error {
	for i := range l.cases {
		if i > 0 {
			if _, err := fmt.Fprintln(a.out, "---"); err != nil {
				return err
			}
		}
		if _, err := a.out.Write(l.cases[i].Text(l.scenario.Question)); err != nil {
			return err
		}
	}
	return nil
}

// expanded returns the scenario as a file that needs no other.
func (s *source) expanded(reg *scenarios.Registry, vars []scenarios.Var) ([]byte, error) {
	folder, done, err := s.folder()
	if err != nil {
		return nil, err
	}
	defer done()
	return scenarios.Expanded(reg, s.name, s.file, s.text, vars, folder)
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
