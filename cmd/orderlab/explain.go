package main

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/checker"
	"orderlab/docs"
	"orderlab/model"
	"orderlab/reports"
	"orderlab/scenarios"
)

// glossed is a name that a user meets, in a file, on the command line or in a report,
// and that is no key of the language.
type glossed struct {
	name string
	// what says what the name is of, as "a guarantee"; text explains it.
	what, text string
}

// explain describes whatever has that name: keys of the language, settings, faults,
// and the terms.
func (a *cli) explain(name string) error {
	var parts []string
	find := func(all []glossed) {
		for _, t := range all {
			if t.name == name {
				parts = append(parts, t.String())
			}
		}
	}
	find(a.guaranteeTerms())
	if text, err := scenarios.Explain(a.registry, name); err == nil {
		parts = append(parts, text)
	}
	find(a.otherTerms())
	if len(parts) == 0 {
		return usagef("--explain: there is nothing called %q%s", name, a.mentions(name))
	}
	_, err := fmt.Fprint(a.out, strings.Join(parts, "\n"))
	return err
}

// mentions is the end of a sentence about a name that nothing has: what has it as a
// word in its own name or in its description, and else the nearest name.
func (a *cli) mentions(name string) string {
	const most = 12
	found := scenarios.Mentions(a.registry, name)
	for _, t := range append(a.guaranteeTerms(), a.otherTerms()...) {
		if strings.HasPrefix(t.what, "a strategy") || slices.Contains(found, t.name) {
			continue // of strategies there are too many
		}
		if scenarios.Mentioned(t.name, name) || scenarios.Mentioned(t.text, name) {
			found = append(found, t.name)
		}
	}
	if len(found) == 0 {
		if hint := nearHint(name, a.names()); hint != "" {
			return hint
		}
		return nearHint(name[strings.LastIndexByte(name, '.')+1:], a.names())
	}
	rest := ""
	if len(found) > most {
		rest = fmt.Sprintf(" and %d more", len(found)-most)
	}
	return "; these speak of it: " + strings.Join(found[:min(len(found), most)], ", ") + rest
}

// names returns every name that can be explained.
func (a *cli) names() []string {
	out := scenarios.KeyNames(a.registry)
	for _, t := range append(a.guaranteeTerms(), a.otherTerms()...) {
		if !slices.Contains(out, t.name) {
			out = append(out, t.name)
		}
	}
	return out
}

// String writes the term as keys are written.
func (t glossed) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n", t.name, t.what)
	for _, line := range strings.Split(strings.TrimSpace(t.text), "\n") {
		lines := []string{line}
		if len(line) > 76 && !strings.ContainsAny(line, "{`") { // what is code stays whole
			lines = folded(line, 76)
		}
		for _, l := range lines {
			b.WriteString(strings.TrimRight("  "+l, " ") + "\n")
		}
	}
	return b.String()
}

// otherTerms are the terms that are no guarantees.
func (a *cli) otherTerms() []glossed {
	var out []glossed
	for _, s := range a.registry.Systems {
		out = append(out, systemTerms(s)...)
	}
	for _, f := range docs.Fields() {
		name := f.Path[strings.LastIndexByte(f.Path, '.')+1:]
		if name != "mean" && name != "ci95" {
			out = append(out, glossed{name, "a field of the result: " + f.Path, f.Meaning})
		}
	}
	for _, p := range reports.PlotNames() {
		out = append(out, glossed{p, "a picture that `plots` of a scenario asks for", "`orderlab run -o DIR` draws it below DIR/plots."})
	}
	for _, p := range scenarios.PresetNames() {
		src, _ := scenarios.Preset(p)
		out = append(out, glossed{p, "a workload to begin with: `workload: {preset: " + p + "}`", string(src)})
	}
	return append(out, a.libraryTerms()...)
}

// guaranteeTerms are the guarantees, with the systems whose histories decide them.
func (a *cli) guaranteeTerms() []glossed {
	var out []glossed
	for _, g := range append(checker.Catalogue(), checker.Anomalies()...) {
		text := docs.Guarantee(g.ID)
		if text == "" {
			text = g.Holds
		}
		var systems []string
		for _, s := range a.registry.Systems {
			if slices.Contains(s.Guarantees, g.ID) {
				systems = append(systems, s.Name)
			}
		}
		decided := "Decided by `orderlab check` only; no model records what it needs."
		if len(systems) > 0 {
			decided = "Decided in runs of " + strings.Join(systems, ", ") + ", and by `orderlab check`."
		}
		if !(&scenarios.Promises{}).Decides(g.ID) {
			decided = "Needs `promises` of the scenario. " + decided
		}
		if len(systems) > 0 {
			decided += "\nIn a scenario: `expect: {STRATEGY: [{" + g.ID + ": holds}]}`;" +
				"\n`holds` must hold in every run, `violated` must be seen in one."
		}
		out = append(out, glossed{g.ID, "a guarantee", paragraphs(text) + "\n\n" + decided})
	}
	return out
}

// paragraphs breaks the lines of paragraphs for a terminal; those of lists and tables
// stay.
func paragraphs(text string) string {
	all := strings.Split(text, "\n\n")
	for i, p := range all {
		if !strings.HasPrefix(p, "- ") && !strings.HasPrefix(p, "|") && !strings.HasPrefix(p, "`") {
			all[i] = strings.Join(folded(p, 76), "\n")
		}
	}
	return strings.Join(all, "\n\n")
}

// systemTerms are what a system has names for besides settings and faults.
func systemTerms(s *model.System) []glossed {
	var out []glossed
	for _, c := range s.Conditions {
		out = append(out, glossed{c.Name, "a condition of " + s.Name + " that a fault can wait for: `when: " + c.Name + "`", c.Doc})
	}
	for _, p := range s.Points {
		out = append(out, glossed{p.Name, "a point in the code of a " + p.Role + " of " + s.Name + ", at which a fault can strike", p.Doc})
	}
	for _, m := range s.Metrics {
		out = append(out, glossed{m.Name, "a metric of " + s.Name + " that can be promised: `promises: {bounded: {" + m.Name + ": 1000}}`", m.Doc})
	}
	for _, p := range s.Profiles {
		out = append(out, glossed{p, "a profile of " + s.Name, "Its defaults are in docs/reference/" + s.Name + ".md."})
	}
	for i := range s.Roles {
		r := &s.Roles[i]
		text := r.Doc + "\nFaults that they go through: " + strings.Join(r.Endures, ", ") + "."
		for _, name := range []string{r.Name, r.Plural()} {
			out = append(out, glossed{name, "the nodes of a role of " + s.Name, text})
		}
	}
	return out
}

// libraryTerms are the scenarios of the library and their strategies.
func (a *cli) libraryTerms() []glossed {
	var out []glossed
	for _, name := range scenarios.Names() {
		patches, err := scenarios.Patches(a.registry, name)
		if err != nil {
			continue // tests see to it that the library is read
		}
		var all []string
		for _, p := range patches {
			all = append(all, p.Strategy)
			out = append(out, glossed{p.Strategy, "a strategy of " + name,
				"It changes: " + p.Text + "\n`orderlab show " + name + " --strategy " + p.Strategy + "` prints what it comes to."})
		}
		out = append(out, glossed{name, "a scenario of the library", "Its strategies: " + strings.Join(all, ", ") +
			".\n`orderlab show " + name + "` prints it."})
	}
	return out
}
