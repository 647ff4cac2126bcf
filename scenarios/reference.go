package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model"
)

// docTopic is the default of workload.topic, which is not one value.
const docTopic = "the only topic"

// scalar says whether the spec is that of a single value.
func (s *spec) scalar() bool {
	return !slices.Contains([]kind{kindMapping, kindNames, kindList, kindEither, kindPatch}, s.kind)
}

// describe says in words what may stand there.
func (s *spec) describe() string {
	switch s.kind {
	case kindMapping:
		if s.title != "" {
			return s.title
		}
		return "mapping"
	case kindNames:
		return "names, each with: " + s.item.describe()
	case kindList:
		return "list of " + plural(s.item.describe())
	case kindEither:
		if list := s.either[0]; list.kind == kindList && list.item.describe() == s.either[1].describe() {
			return list.describe() + ", or one alone"
		}
		var forms []string
		for i := range s.either {
			forms = append(forms, s.either[i].describe())
		}
		return strings.Join(forms, ", or ")
	case kindInteger:
		if s.min == s.max {
			return fmt.Sprintf("`%d`", s.min)
		}
		return "whole number, " + s.bounds(func(v int64) string { return fmt.Sprint(v) })
	case kindEvents:
		return "number of events, as `5000 events`"
	case kindNumber:
		return "number above 0, up to " + decimal(s.max, million)
	case kindBoolean:
		return "true or false"
	case kindText:
		if len(s.enum) > 0 {
			return "`" + strings.Join(s.enum, "`, `") + "`"
		}
		return "text"
	}
	u := unitsOf(s.kind)
	if u == nil {
		return string(s.kind)
	}
	out := u.what + s.suffix
	if s.min > 1 || s.max > 0 && s.max < maxQuantity {
		out += ", " + s.bounds(u.format)
	}
	if s.bare != "" {
		out += "; a bare number is " + s.bare
	}
	return out
}

func (s *spec) bounds(format func(int64) string) string {
	if s.max == 0 || s.max >= maxQuantity {
		return "at least " + format(s.min)
	}
	return format(s.min) + " to " + format(s.max)
}

func plural(s string) string {
	if strings.ContainsAny(s, " ,`") && s != "single value" && s != "hot group" {
		return "(" + s + ")"
	}
	return s + "s"
}

// describe says what a key is about, for an editor.
func (k *key) describe() string {
	out := k.doc
	if k.spec.scalar() {
		out += " Type: " + strings.ReplaceAll(k.spec.describe(), "`", "") + "."
	}
	if k.def != "" {
		out += " Default: " + k.def + "."
	}
	if k.example != "" && k.example != k.def {
		out += " Example: " + k.example + "."
	}
	if k.source != "" {
		out += " Source: " + k.source + "."
	}
	return strings.TrimSpace(out)
}

// Reference returns the keys of the language as Markdown: a table for each
// mapping, with type, default, example and meaning. The settings of the systems
// are left to [SystemReference].
func Reference(reg *Registry) string {
	r := reference{seen: map[string]bool{"system": true}}
	keys := append(keysOf(headerFields(reg)), keysOf(bodyFields(reg))...)
	for i := range keys {
		if keys[i].name == "consumers" {
			// The settings of a system's consumers are described with the system.
			keys[i].spec.keys = slices.DeleteFunc(slices.Clone(keys[i].spec.keys),
				func(k key) bool { return isSetting(reg, k.name) })
		}
	}
	r.table("", keys)
	return r.b.String()
}

// SystemReference returns the settings and the faults of one system, in the same
// way, and before them its nodes, what faults can wait for, what its client offers
// and what can be decided about it.
func SystemReference(s *model.System) string {
	r := reference{seen: map[string]bool{"distribution": true}}
	r.abilities(s)
	r.table("system."+s.Name, keysOf(configFields(s)))
	r.profiles(s)
	r.unusedTables(s)
	faults := faultsSpec(&Registry{Systems: []*model.System{s}})
	r.below("faults", &faults)
	return r.b.String()
}

// abilities writes what a system is besides its settings.
func (r *reference) abilities(s *model.System) {
	code := func(words []string) string { return "`" + strings.Join(words, "`, `") + "`" }
	if len(s.Roles) > 0 {
		r.b.WriteString("### nodes\n\n| node | meaning | faults that it goes through |\n|---|---|---|\n")
	}
	for i := range s.Roles {
		faults := "none yet"
		if role := &s.Roles[i]; len(role.Endures) > 0 {
			faults = code(role.Endures)
		}
		fmt.Fprintf(&r.b, "| %s | %s All together are `%s`. | %s |\n", s.Roles[i].Name, cell(s.Roles[i].Doc), s.Roles[i].Plural(), faults)
	}
	if len(s.Roles) > 0 {
		r.b.WriteString("\nA fault of links needs one end that goes through it.\n\n")
	}
	for _, c := range s.Conditions {
		fmt.Fprintf(&r.b, "A fault can wait for `when: %s`: %s\n\n", c.Name, c.Doc)
	}
	for _, p := range s.Points {
		fmt.Fprintf(&r.b, "A %s passes the point `%s`: %s\n\n", p.Role, p.Name, p.Doc)
	}
	if len(s.Offers) > 0 {
		offers := make([]string, len(s.Offers))
		for i, o := range s.Offers {
			offers[i] = string(o)
		}
		fmt.Fprintf(&r.b, "The client offers %s. What the application needs of it is checked when a scenario is read.\n\n", code(offers))
	}
	fmt.Fprintf(&r.b, "What can be decided: %s; [guarantees.md](../guarantees.md) says what they mean.\n\n", code(s.Guarantees))
}

// profiles writes which defaults other profiles have than the first.
func (r *reference) profiles(s *model.System) {
	for _, profile := range s.Profiles[min(1, len(s.Profiles)):] {
		other := s.SectionsIn(profile)
		for i := range other {
			for k, x := range other[i].Settings {
				if first := &s.Sections[i].Settings[k]; !x.Default.Equal(first.Default) {
					fmt.Fprintf(&r.b, "In the profile %s the default of `%s.%s` is `%s` instead of `%s`.\n\n", profile,
						other[i].Name, x.Name, Format(x.Default), Format(first.Default))
				}
			}
		}
	}
}

// isSetting says whether a key of `consumers` is a setting of some system.
func isSetting(reg *Registry, name string) bool {
	return slices.ContainsFunc(reg.Systems, func(s *model.System) bool {
		section := consumerSection(s)
		return slices.ContainsFunc(section.Settings, func(x model.Setting) bool { return x.Name == name }) ||
			slices.ContainsFunc(section.Unused, func(u model.Unused) bool { return u.Name == name })
	})
}

type reference struct {
	b    strings.Builder
	seen map[string]bool
}

// table writes the keys of one mapping, and then those of the mappings in it.
func (r *reference) table(path string, keys []key) {
	heading := "the file"
	if path != "" {
		heading = "`" + path + "`"
	}
	fmt.Fprintf(&r.b, "### %s\n\n| key | type | default | example | meaning |\n|---|---|---|---|---|\n", heading)
	for i := range keys {
		k := &keys[i]
		if k.unused != nil {
			continue // see [reference.unusedTables]
		}
		def := k.def
		switch {
		case k.required:
			def = "required"
		case def != "" && def != docTopic:
			def = "`" + def + "`"
		}
		ex := k.example
		if ex != "" {
			ex = "`" + ex + "`"
		}
		doc := k.doc
		if k.source != "" {
			doc += " (" + k.source + ")"
		}
		fmt.Fprintf(&r.b, "| `%s` | %s | %s | %s | %s |\n", k.name, cell(k.spec.describe()), cell(def), cell(ex), cell(doc))
	}
	r.b.WriteByte('\n')
	for i := range keys {
		r.below(strings.TrimPrefix(path+"."+keys[i].name, "."), &keys[i].spec)
	}
}

// below writes the mappings inside a value. One that has a title of its own is
// written once, wherever it stands.
func (r *reference) below(path string, s *spec) {
	switch s.kind {
	case kindMapping:
		if s.title != "" {
			path = s.title
		}
		if !r.seen[path] && len(s.keys) > 0 {
			r.seen[path] = true
			r.table(path, s.keys)
		}
	case kindNames:
		r.below(path+".NAME", s.item)
	case kindList:
		r.below(path+"[]", s.item)
	case kindEither:
		for i := range s.either {
			r.below(path, &s.either[i])
		}
	}
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
