package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"orderlab/scenarios"

	"github.com/spf13/cobra"
)

// listOptions are the flags of list.
type listOptions struct {
	system     string
	guarantees []string
	sources    []string
	strategies []string
	ids        []string
	format     *choice
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
each answers. With --format json it prints one object a line. A filter given several
times leaves what any of its values fits; several filters leave what fits all.`,
		Example: `  orderlab list
  orderlab list 'kafka/*' --format json
  orderlab list --guarantee no-loss --strategy naive
  orderlab list --id K6 --source E1`,
		ValidArgsFunction: completeNames,
		RunE:              func(_ *cobra.Command, args []string) error { return a.list(&opt, args) },
	}
	f := cmd.Flags()
	f.StringVar(&opt.system, "system", "", "only scenarios of this `system`")
	f.StringArrayVar(&opt.guarantees, "guarantee", nil, "only scenarios that decide this `guarantee`")
	f.StringArrayVar(&opt.sources, "source", nil, "only scenarios taken from this `source`")
	f.StringArrayVar(&opt.strategies, "strategy", nil, "only scenarios that compare this `strategy`")
	f.StringArrayVar(&opt.ids, "id", nil, "only scenarios with this `id`")
	f.Var(opt.format, "format", "form of the list")
	offerWords(cmd, "format", opt.format.allowed)
	offerWords(cmd, "guarantee", catalogue())
	for _, o := range []struct {
		flag string
		of   func(*listed) []string
	}{
		{"source", func(l *listed) []string { return l.Sources }},
		{"strategy", func(l *listed) []string { return l.Strategies }},
		{"id", func(l *listed) []string { return l.ID }},
		{"system", func(l *listed) []string { return []string{l.System} }},
	} {
		offer(cmd, o.flag, func([]string) []string { return a.known(o.of) })
	}
	return cmd
}

func (a *cli) list(opt *listOptions, globs []string) error {
	if opt.system != "" && a.registry.System(opt.system) == nil {
		var names []string
		for _, s := range a.registry.Systems {
			names = append(names, s.Name)
		}
		return usagef("--system %s: there is no system of that name; the systems are %s", opt.system, strings.Join(names, ", "))
	}
	if err := knownGuarantees(opt.guarantees...); err != nil {
		return err
	}
	if err := a.knownWords(opt); err != nil {
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
				return usagef("no scenario of the library matches %q; `orderlab list` shows what there is%s", g, nearHint(g, scenarios.Names()))
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
	if len(out) == 0 {
		fmt.Fprintln(a.err, "orderlab: no scenario of the library fits all of these")
	}
	if opt.format.value == "json" {
		return a.printListJSON(out)
	}
	return a.printList(out)
}

// known returns what the scenarios of the library have somewhere, each once.
func (a *cli) known(of func(*listed) []string) []string {
	var out []string
	for _, name := range scenarios.Names() {
		if l, err := a.listed(name); err == nil {
			out = append(out, of(&l)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// knownWords reports a source, a strategy or an id that no scenario has.
func (a *cli) knownWords(opt *listOptions) error {
	for _, f := range []struct {
		flag  string
		words []string
		of    func(*listed) []string
	}{
		{"--source", opt.sources, func(l *listed) []string { return l.Sources }},
		{"--strategy", opt.strategies, func(l *listed) []string { return l.Strategies }},
		{"--id", opt.ids, func(l *listed) []string { return l.ID }},
	} {
		for _, w := range f.words {
			if known := a.known(f.of); !slices.Contains(known, w) {
				return usagef("%s %s: no scenario of the library has it%s", f.flag, w, nearHint(w, known))
			}
		}
	}
	return nil
}

// picks says whether the flags leave a scenario in.
func (opt *listOptions) picks(l *listed) bool {
	any := func(words, has []string) bool {
		return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(has, w) })
	}
	return (opt.system == "" || l.System == opt.system) && any(opt.guarantees, l.Guarantees) &&
		any(opt.sources, l.Sources) && any(opt.strategies, l.Strategies) && any(opt.ids, l.ID)
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

// narrowest is the width below which a question stands under the name, not beside it.
const narrowest = 24

// printList prints a line a scenario; where the width is known, a question is broken
// into as many as it takes.
func (a *cli) printList(all []listed) error {
	name, id := 0, 0
	for i := range all {
		name, id = max(name, len(all[i].Name)), max(id, len(strings.Join(all[i].ID, " ")))
	}
	width := columns(a.out)
	beside, below := name+id+4, 4
	for i := range all {
		l := &all[i]
		head := fmt.Sprintf("%-*s  %-*s", name, l.Name, id, strings.Join(l.ID, " "))
		var text string
		switch {
		case width == 0:
			text = head + "  " + l.Question
		case width-beside >= narrowest:
			text = head + "  " + strings.Join(folded(l.Question, width-beside), "\n"+strings.Repeat(" ", beside))
		default:
			margin := "\n" + strings.Repeat(" ", below)
			text = strings.TrimRight(head, " ") + margin + strings.Join(folded(l.Question, width-below), margin)
		}
		if _, err := fmt.Fprintln(a.out, text); err != nil {
			return err
		}
	}
	return nil
}
