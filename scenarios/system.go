package scenarios

import (
	"slices"
	"strings"

	"orderlab/model"
)

// readSystem reads the one system of a case.
func readSystem(reg *Registry) func(*decoder, *node, *Case) {
	v := systemValue(reg)
	return func(d *decoder, n *node, c *Case) { v.read(d, n, "system", c) }
}

func systemValue(reg *Registry) value[Case] {
	var fields []field[Case]
	for _, s := range reg.Systems {
		v := mapping(s.Name, configFields(s))
		fields = append(fields, field[Case]{key{name: s.Name, doc: s.Doc, spec: v.spec}, func(d *decoder, n *node, c *Case) {
			c.System, d.system = s.Name, s
			if len(s.Profiles) > 0 {
				c.Config.Profile = s.Profiles[0]
			}
			v.read(d, n, s.Name, &c.Config)
		}})
	}
	return single(fields, "one system with its settings, as {kafka: {topics: {orders: {}}}}")
}

// configFields are the settings of a system.
func configFields(s *model.System) []field[model.Config] {
	var out []field[model.Config]
	if len(s.Profiles) > 0 {
		out = append(out, bind(key{name: "profile", def: s.Profiles[0], example: s.Profiles[0],
			doc: "Which set of defaults the settings have: a name, or the path of a file with settings, as cluster.part.yaml, " +
				"which may name a profile in its turn."},
			profileValue(s), func(c *model.Config) *string { return &c.Profile }))
	}
	out = append(out, settingFields(s.Top, func(c *model.Config) *model.Values { return &c.Top })...)
	for i := range s.Sections {
		out = append(out, sectionField(&s.Sections[i]))
	}
	return out
}

// profileValue reads the name of a profile. A file is read before; see
// [expander.complete].
func profileValue(s *model.System) value[string] {
	v := choice(s.Profiles...)
	v.spec = spec{kind: kindEither, either: []spec{v.spec, {kind: kindText, suffix: ".yaml"}}}
	return v
}

func sectionField(s *model.Section) field[model.Config] {
	fields := settingFields(s.Settings, func(v *model.Values) *model.Values { return v })
	fields = append(fields, unusedFields[model.Values](s.Unused)...)
	values := mapping(s.Name, fields)
	k := key{name: s.Name, doc: s.Doc}
	if !s.Entries {
		return put(k, values, func(c *model.Config, v model.Values) {
			c.Sections = append(c.Sections, model.ConfigSection{Name: s.Name, Values: v})
		})
	}
	entry := mapping("", fields)
	return put(k, mappingOf(entry, "{orders: {}}"), func(c *model.Config, all []named[model.Values]) {
		out := model.ConfigSection{Name: s.Name}
		for _, e := range all {
			out.Entries = append(out.Entries, model.ConfigEntry{Name: e.name, Values: e.value})
		}
		slices.SortFunc(out.Entries, func(a, b model.ConfigEntry) int { return strings.Compare(a.Name, b.Name) })
		c.Sections = append(c.Sections, out)
	})
}
