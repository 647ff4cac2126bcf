package scenarios

import (
	"slices"

	"orderlab/model"
)

// Cost is what something takes on the machines and the network of a case, and not
// a choice of its design: the latency of the network, the time of a message's work.
// Nobody knows such a number exactly, so it can be asked what depends on it.
type Cost struct {
	// Name is its path in a scenario, as "network.latency"; Value is as files have
	// it, Source where a value that was not given is from, else empty.
	Name, Value, Source string

	value model.Value
	set   func(*Case, model.Value)
}

// Costs returns what a case pays for, in the order of the reference: that of its
// system, that of its application, and the work.
func Costs(reg *Registry, c *Case) []Cost {
	var out []Cost
	add := func(name string, s *model.Setting, given model.Values, set func(*Case, model.Value)) {
		if !s.Cost {
			return
		}
		v, ok := given.Get(s.Name)
		source := ""
		if !ok {
			v, source = s.Default, s.Source
		}
		out = append(out, Cost{Name: name, Value: Format(v), Source: source, value: v, set: set})
	}
	system := reg.System(c.System)
	for i := range system.Top {
		s := &system.Top[i]
		add(s.Name, s, c.Config.Top, func(c *Case, v model.Value) {
			c.Config.Top = slices.Clone(c.Config.Top).Set(s.Name, v)
		})
	}
	for _, section := range system.SectionsIn(c.Config.Profile) {
		if section.Entries {
			continue
		}
		for i := range section.Settings {
			s := &section.Settings[i]
			add(section.Name+"."+s.Name, s, c.Config.Section(section.Name).Values, func(c *Case, v model.Value) {
				c.setInSection(section.Name, s.Name, v)
			})
		}
	}
	for i := range reg.Features {
		s := &reg.Features[i]
		add("app."+s.Name, s, c.App, func(c *Case, v model.Value) { c.App = slices.Clone(c.App).Set(s.Name, v) })
	}
	if c.Consumers.Members > 0 {
		work := model.DistValue(c.Consumers.Work)
		out = append(out, Cost{Name: "consumers.work", Value: Format(work), value: work,
			set: func(c *Case, v model.Value) { c.Consumers.Work = v.Dist }})
	}
	return out
}

// setInSection sets a value in a copy of the sections.
func (c *Case) setInSection(section, name string, v model.Value) {
	c.Config.Sections = slices.Clone(c.Config.Sections)
	i := slices.IndexFunc(c.Config.Sections, func(s model.ConfigSection) bool { return s.Name == section })
	if i < 0 {
		i = len(c.Config.Sections)
		c.Config.Sections = append(c.Config.Sections, model.ConfigSection{Name: section})
	}
	s := &c.Config.Sections[i]
	s.Values = slices.Clone(s.Values).Set(name, v)
}

// Scaled returns a case whose cost is a multiple, given as a fraction. The case
// that it is from stays as it is.
func (k *Cost) Scaled(c Case, numerator, denominator int64) Case {
	k.set(&c, k.value.Scaled(numerator, denominator))
	return c
}
