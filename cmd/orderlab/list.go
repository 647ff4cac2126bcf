package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"orderlab/scenarios"

	"github.com/spf13/cobra"
)

// listOptions are the flags of list.
type listOptions struct {
	system    string
	guarantee string
	format    *choice
}

// listed is a scenario as list shows it.
type listed struct {
	Name       string   `json:"name"`
	ID         []string `json:"id"`
	System     string   `json:"system"`
	Sources    []string `json:"sources"`
	Question   string   `json:"question"`
	Strategies []string `json:"strategies"`
	Guarantees []string `json:"guarantees"`
}

func listCommand(a *cli) *cobra.Command {
	opt := listOptions{format: newChoice("text", "json")}
	cmd := &cobra.Command{
		Use:   "list [GLOB...]",
		Short: "List the scenarios of the library",
		Long: `list shows the scenarios that are part of the program, with the question that
each answers. With --format json it prints one object a line.`,
		Example: `  orderlab list
  orderlab list 'kafka/*' --format json
  orderlab list --guarantee no-loss`,
		ValidArgsFunction: completeScenarios,
		RunE:              func(_ *cobra.Command, args []string) error { return a.list(&opt, args) },
	}
	f := cmd.Flags()
	f.StringVar(&opt.system, "system", "", "only scenarios of this `system`")
	f.StringVar(&opt.guarantee, "guarantee", "", "only scenarios that decide this `guarantee`")
	f.Var(opt.format, "format", "form of the list")
	offerWords(cmd, "format", opt.format.allowed)
	offerWords(cmd, "guarantee", catalogue())
	return cmd
}

func (a *cli) list(opt *listOptions, globs []string) error {
	if opt.system != "" && a.registry.System(opt.system) == nil {
		var names []string
		for _, s := range a.registry.Systems {
			names = append(names, s.Name)
		}
		return usagef("--system %s: there is no system of that name; there are %s", opt.system, strings.Join(names, ", "))
	}
	if err := knownGuarantees(opt.guarantee); err != nil {
		return err
	}
	names := scenarios.Names()
	if len(globs) > 0 {
		names = nil
		for _, g := range globs {
			found, err := scenarios.Match(g)
			if err != nil {
				return usagef("%w", err)
			}
			if len(found) == 0 {
				return unknownScenario(g)
			}
			names = append(names, found...)
		}
	}
	var out []listed
	for _, name := range names {
		l, err := a.listed(name)
		if err != nil {
			return err
		}
		if opt.picks(&l) {
			out = append(out, l)
		}
	}
	if opt.format.value == "json" {
		return a.printListJSON(out)
	}
	return a.printList(out)
}

// picks says whether the flags leave a scenario in.
func (opt *listOptions) picks(l *listed) bool {
	return (opt.system == "" || l.System == opt.system) &&
		(opt.guarantee == "" || slices.Contains(l.Guarantees, opt.guarantee))
}

func (a *cli) listed(name string) (listed, error) {
	text, _ := scenarios.Source(name)
	sc, err := scenarios.Load(a.registry, name, name+".yaml", text, nil)
	if err != nil {
		return listed{}, err
	}
	return listed{
		Name: sc.Name, ID: append([]string{}, sc.ID...), System: sc.System,
		Sources: append([]string{}, sc.Sources...), Question: sc.Question,
		Strategies: sc.Strategies, Guarantees: sc.Guarantees,
	}, nil
}

func (a *cli) printListJSON(all []listed) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	for i := range all {
		if err := enc.Encode(&all[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *cli) printList(all []listed) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for i := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\n", all[i].Name, strings.Join(all[i].ID, " "), all[i].Question)
	}
	return w.Flush()
}
