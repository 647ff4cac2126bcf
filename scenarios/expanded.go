package scenarios

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"orderlab/model"
)

// Expanded returns a scenario as a file that needs no other: what it includes, the
// preset of its workload, a profile that is a file and the values of variables are
// put in, and the defaults of its system stand in comments. It is read as the same
// scenario. Arguments and errors are those of [LoadFrom].
func Expanded(reg *Registry, name, file string, src []byte, vars []Var, folder fs.FS) ([]byte, error) {
	if folder == nil {
		folder = parts(name)
	}
	if _, err := LoadFrom(reg, name, file, src, vars, folder); err != nil {
		return nil, err
	}
	f, err := open(reg, file, src, vars, folder)
	if err != nil {
		return nil, err
	}
	x := f.expander(name)
	x.expand(f.root) // which says what expectations are about
	x.judge(true)
	w := &treeWriter{}
	base := f.base()
	for _, k := range headerFields(reg) {
		switch n := f.root.get(k.key.name); {
		case n == nil || slices.Contains([]string{"vars", "scan", "strategies", "expect", "include"}, k.key.name):
		default:
			w.entry(0, k.key.name, n)
		}
	}
	for _, k := range f.d.body {
		if n := base.get(k.key.name); n != nil && n.shape != shapeNull {
			w.entry(0, k.key.name, n)
			if k.key.name == "system" {
				w.defaults(reg, n)
			}
		}
	}
	if len(f.h.axes) > 0 {
		w.entry(0, "scan", f.scan())
	}
	w.entry(0, "strategies", f.strategies())
	if expect := f.expectations(); len(expect.entries) > 0 {
		w.entry(0, "expect", expect)
	}
	return w.Bytes(), nil
}

// base is the body with everything put in that no patch changes.
func (f *opened) base() *node {
	out := &node{shape: shapeMap, at: f.root.at}
	for _, e := range f.root.entries {
		if slices.ContainsFunc(f.d.body, func(b field[Case]) bool { return b.key.name == e.key }) {
			out.entries = append(out.entries, entry{e.key, e.at, f.put(e.value)})
		}
	}
	x := f.expander("")
	s := substitution{vars: f.h.vars, unknown: func(string, position) {}, wrong: func(position, string, ...any) {}}
	if !f.patched("workload", "preset") {
		if p := out.follow([]string{"workload", "preset"}); p != nil && !refers(p.text) {
			out = x.preset(out)
		}
	}
	if system := out.get("system"); system != nil && len(system.entries) == 1 &&
		!f.patched("system", system.entries[0].key, "profile") {
		out = x.profile(&s, out)
	}
	return out.pruned()
}

// pruned returns a tree without the keys that null removed.
func (n *node) pruned() *node {
	if n.shape != shapeMap {
		return n
	}
	out := &node{shape: shapeMap, at: n.at}
	for _, e := range n.entries {
		if e.value.shape != shapeNull {
			out.entries = append(out.entries, entry{e.key, e.at, e.value.pruned()})
		}
	}
	return out
}

// patched says whether a strategy or an axis changes what stands at a path.
func (f *opened) patched(path ...string) bool {
	var patches []*node
	for _, s := range f.h.strategies {
		patches = append(patches, s.value)
	}
	for _, a := range f.h.axes {
		patches = append(patches, a.patches...)
	}
	return slices.ContainsFunc(patches, func(p *node) bool {
		for i := range path {
			if n := p.follow(path[:i+1]); n != nil && (n.shape != shapeMap || i == len(path)-1) {
				return true
			}
		}
		return false
	})
}

// put returns a tree with the values of variables in place; references to axes stay.
func (f *opened) put(n *node) *node {
	out := &node{shape: n.shape, at: n.at, text: n.text, quoted: n.quoted}
	for _, e := range n.entries {
		out.entries = append(out.entries, entry{e.key, e.at, f.put(e.value)})
	}
	for _, item := range n.items {
		out.items = append(out.items, f.put(item))
	}
	parts, ok := pieces(n.text)
	if n.shape != shapeScalar || !refers(n.text) || !ok {
		return out
	}
	var b strings.Builder
	for _, p := range parts {
		i := slices.IndexFunc(f.h.vars, func(v variable) bool { return p.reference && v.name == p.text })
		switch {
		case i >= 0:
			b.WriteString(f.h.vars[i].value.text)
			out.quoted = len(parts) > 1 || f.h.vars[i].value.quoted
		case p.reference:
			b.WriteString("${" + p.text + "}")
		default:
			b.WriteString(p.text)
		}
	}
	out.text = b.String()
	return out
}

func (f *opened) strategies() *node {
	out := &node{shape: shapeMap}
	for _, s := range f.h.strategies {
		out.entries = append(out.entries, entry{s.key, s.at, f.put(s.value)})
	}
	return out
}

// scan has the axes, with the values that are left.
func (f *opened) scan() *node {
	out := &node{shape: shapeMap}
	for _, a := range f.h.axes {
		values := &node{shape: shapeList, items: a.values}
		if a.patches != nil {
			values = &node{shape: shapeMap}
			for i, p := range a.patches {
				values.entries = append(values.entries, entry{a.values[i].text, a.at, f.put(p)})
			}
		}
		out.entries = append(out.entries, entry{a.name, a.at, values})
	}
	return out
}

// expectations has the items that some case meets, about the values that are left.
func (f *opened) expectations() *node {
	out := &node{shape: shapeMap}
	for _, e := range f.h.expect {
		list := &node{shape: shapeList}
		for _, r := range e.rules {
			if r.judged {
				list.items = append(list.items, f.rule(&r))
			}
		}
		if len(list.items) > 0 {
			out.entries = append(out.entries, entry{e.strategy, e.at, list})
		}
	}
	return out
}

func (f *opened) rule(r *rule) *node {
	out := &node{shape: shapeMap}
	when := &node{shape: shapeMap}
	for _, c := range r.when {
		i := slices.IndexFunc(f.h.axes, func(a axis) bool { return a.name == c.axis })
		values := slices.DeleteFunc(slices.Clone(c.values), func(v *node) bool {
			return !slices.ContainsFunc(f.h.axes[i].values, func(o *node) bool { return o.text == v.text })
		})
		n := &node{shape: shapeList, items: values}
		if len(values) == 1 {
			n = values[0]
		}
		when.entries = append(when.entries, entry{c.axis, c.at, n})
	}
	if len(when.entries) > 0 {
		out.entries = append(out.entries, entry{"when", r.at, when})
	}
	for _, v := range r.expect {
		out.entries = append(out.entries, entry{v.Guarantee, v.at, &node{shape: shapeScalar, text: v.Verdict}})
	}
	return out
}

// defaults writes what the settings are that the system was not given.
func (w *treeWriter) defaults(reg *Registry, n *node) {
	for _, e := range n.entries {
		s := reg.System(e.key)
		if s == nil {
			continue
		}
		profile := ""
		if p := e.value.get("profile"); p != nil {
			profile = p.text
		} else if len(s.Profiles) > 0 {
			profile = s.Profiles[0]
		}
		w.line(1, "# What is not given has these defaults of %s:", profile)
		w.settings("", s.Top, e.value)
		sections := s.SectionsIn(profile)
		for i := range sections {
			section := &sections[i]
			given := e.value.get(section.Name)
			if !section.Entries {
				w.settings(section.Name, section.Settings, given)
				continue
			}
			for k := 0; given != nil && k < len(given.entries); k++ {
				w.settings(section.Name+"."+given.entries[k].key, section.Settings, given.entries[k].value)
			}
		}
	}
}

// settings writes the defaults of a section in comments.
func (w *treeWriter) settings(name string, settings []model.Setting, given *node) {
	var out []string
	for i := range settings {
		s := &settings[i]
		if v := given; s.Required || v != nil && v.get(s.Name) != nil && v.get(s.Name).shape != shapeNull {
			continue
		}
		out = append(out, s.Name+": "+Format(s.Default))
	}
	if name == "" {
		for _, text := range out {
			w.line(1, "#   %s", text)
		}
		return
	}
	if len(out) > 0 {
		w.line(1, "#   %s:", name)
	}
	for _, text := range out {
		w.line(1, "#     %s", text)
	}
}

// Text returns a case as a scenario file of its own: one strategy at one point, with
// every setting that it has, and the question of its scenario.
func (c *Case) Text(question string) []byte {
	f := &File{Case: c, Question: question, Expect: c.Expect, Comment: "strategy " + c.Strategy}
	for i, p := range c.Point {
		f.Comment += fmt.Sprintf("%s %s=%v", [2]string{" at", ","}[min(i, 1)], p.Axis, p.Value)
	}
	f.unseeded = true
	return f.Bytes()
}
