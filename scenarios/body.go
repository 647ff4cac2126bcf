package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model"
)

// Defaults of what a file may leave out.
const (
	defaultRuns       = 20
	defaultRecordSize = 1 << 10
	defaultTime       = int64(24 * 3_600_000_000_000)
	defaultEvents     = 500_000_000
	defaultMessages   = 20_000_000
	maxProducers      = 1_000
	maxMembers        = 1_000
	maxKeys           = 1 << 22
)

// body reads what a case is made of.
func (d *decoder) body(n *node, c *Case) {
	c.Limits = Limits{Time: defaultTime, Events: defaultEvents, Messages: defaultMessages}
	c.Workload.RecordSize = defaultRecordSize
	var system *model.System
	if s := n.get("system"); s != nil {
		system = d.system(s, c)
	} else {
		d.ps.add(n.at, "the scenario lacks %q", "system")
	}
	// Parts refer to each other, so they are read in an order of their own.
	parts := []struct {
		key      string
		required bool
		read     func(n *node)
	}{
		{"workload", true, func(n *node) { d.workload(n, c) }},
		{"consumers", true, func(n *node) { d.consumers(n, c, system) }},
		{"app", false, func(n *node) { d.app(n, c, system) }},
		{"limits", false, func(n *node) { d.limits(n, c) }},
		{"faults", false, func(n *node) { d.faults(n, c, system) }},
	}
	for _, p := range parts {
		switch value := n.get(p.key); {
		case value != nil:
			p.read(value)
		case p.required:
			d.ps.add(n.at, "the scenario lacks %q", p.key)
		}
	}
	if system != nil && system.Check != nil {
		for _, e := range system.Check(&c.Config) {
			d.ps.add(locate(n.get("system").get(system.Name), e.Path), "%s", e.Problem)
		}
	}
	d.topic(c, n)
}

// locate returns where a path of keys ends in a tree, or as far as it goes.
func locate(n *node, path []string) position {
	at := n.at
	for _, key := range path {
		var next *node
		for _, e := range n.entries {
			if e.key == key {
				at, next = e.at, e.value
			}
		}
		if next == nil {
			return at
		}
		n = next
	}
	return n.at
}

func (d *decoder) system(n *node, c *Case) *model.System {
	names := make([]string, len(d.reg.Systems))
	for i, s := range d.reg.Systems {
		names[i] = s.Name
	}
	if n.shape != shapeMap || len(n.entries) != 1 {
		d.ps.add(n.at, "system names one system with its settings, as `system: {%s: {...}}`", names[0])
		return nil
	}
	e := n.entries[0]
	s := d.reg.System(e.key)
	if s == nil {
		d.ps.add(e.at, "there is no system %q%s", e.key, didYouMean(e.key, names))
		return nil
	}
	c.System = s.Name
	c.Config.Profile = s.Profiles[0]
	fields := []field{{"profile", false, func(n *node) {
		d.text(&c.Config.Profile, "profile")(n)
		if !slices.Contains(s.Profiles, c.Config.Profile) {
			d.ps.add(n.at, "there is no profile %q of %s%s", c.Config.Profile, s.Name, didYouMean(c.Config.Profile, s.Profiles))
		}
	}}}
	for i := range s.Sections {
		section := &s.Sections[i]
		fields = append(fields, field{section.Name, false, func(n *node) { d.section(n, section, &c.Config) }})
	}
	value := e.value
	if value.shape == shapeNull {
		value = &node{shape: shapeMap, at: value.at}
	}
	c.Config.Top = d.settings(value, s.Name, s.Top, fields)
	return s
}

func (d *decoder) section(n *node, s *model.Section, c *model.Config) {
	out := model.ConfigSection{Name: s.Name}
	if !s.Entries {
		out.Values = d.settings(n, s.Name, s.Settings, nil)
		c.Sections = append(c.Sections, out)
		return
	}
	if n.shape != shapeMap {
		d.ps.add(n.at, "%s maps names to settings, and here is %v", s.Name, n.shape)
		return
	}
	for _, e := range n.entries {
		out.Entries = append(out.Entries, model.ConfigEntry{Name: e.key, Values: d.settings(e.value, s.Name+"."+e.key, s.Settings, nil)})
	}
	slices.SortFunc(out.Entries, func(a, b model.ConfigEntry) int { return strings.Compare(a.Name, b.Name) })
	c.Sections = append(c.Sections, out)
}

// consumers reads the consumer side: what is common to all systems, and any
// setting of the system's consumers.
func (d *decoder) consumers(n *node, c *Case, s *model.System) {
	c.Consumers = model.Consumers{Group: "group", Members: 1}
	members := int64(1)
	fields := []field{
		{"group", false, d.text(&c.Consumers.Group, "group")},
		{"members", false, d.integer(&members, "members", 1, maxMembers)},
		{"work", true, func(n *node) { c.Consumers.Work, _ = d.distribution(n, "work") }},
	}
	var known []model.Setting
	if s != nil {
		for i := range s.Sections {
			if s.Sections[i].Name == s.Consumer {
				known = s.Sections[i].Settings
			}
		}
	} else {
		return // its settings cannot be judged without the system
	}
	values := d.settings(n, "consumers", known, fields)
	c.Consumers.Members = int(members)
	for _, v := range values {
		c.Config.SetIn(s.Consumer, v.Name, v.Value)
	}
}

func (d *decoder) app(n *node, c *Case, s *model.System) {
	c.App = d.settings(n, "app", d.reg.Features, nil)
	if s == nil {
		return
	}
	for i := range d.reg.Features {
		f := &d.reg.Features[i]
		v, given := c.App.Get(f.Name)
		if !given || v == f.Default {
			continue
		}
		for _, need := range f.Needs {
			if !slices.Contains(s.Offers, need) {
				d.ps.add(locate(n, []string{f.Name}), "%s needs a client that offers %q, and that of %s does not", f.Name, need, s.Name)
			}
		}
	}
}

func (d *decoder) limits(n *node, c *Case) {
	d.object(n, "limits", []field{
		{"time", false, d.measure(&c.Limits.Time, "time", parseDuration)},
		{"events", false, d.integer(&c.Limits.Events, "events", 1, maxQuantity)},
		{"messages", false, d.integer(&c.Limits.Messages, "messages", 1, 1<<31)},
	}, nil)
}

// topic finds where the workload goes: the only entry of the system's first
// section of entries, unless it was named.
func (d *decoder) topic(c *Case, n *node) {
	for _, s := range c.Config.Sections {
		if len(s.Entries) == 0 {
			continue
		}
		if c.Workload.Topic == "" {
			c.Workload.Topic = s.Entries[0].Name
		}
		if !slices.ContainsFunc(s.Entries, func(e model.ConfigEntry) bool { return e.Name == c.Workload.Topic }) {
			d.ps.add(locate(n, []string{"workload", "topic"}), "there is no topic %q", c.Workload.Topic)
		}
		return
	}
}

// faults reads the schedule.
func (d *decoder) faults(n *node, c *Case, s *model.System) {
	if n.shape != shapeList {
		d.ps.add(n.at, "faults is a list, and here is %v", n.shape)
		return
	}
	for _, item := range n.items {
		d.fault(item, c, s)
	}
}

func (d *decoder) fault(n *node, c *Case, s *model.System) {
	if s == nil {
		return
	}
	var f ScheduledFault
	var kind *model.FaultKind
	var at, params *node
	var names []string
	for i := range s.Faults {
		names = append(names, s.Faults[i].Name)
	}
	d.object(n, "a fault", []field{
		{"at", true, func(n *node) { at = n }},
		{"after", false, d.measure(&f.After, "after", parseDuration)},
		{"for", false, d.measure(&f.For, "for", parseDuration)},
	}, func(e entry) bool {
		i := slices.Index(names, e.key)
		if i < 0 {
			return false
		}
		if kind != nil {
			d.ps.add(e.at, "a second fault in one item; begin another with `-`")
			return true
		}
		kind, params = &s.Faults[i], e.value
		return true
	}, names...)
	if n.shape != shapeMap {
		return
	}
	if kind == nil {
		d.ps.add(n.at, "an item of faults names one fault; %s has %s", s.Name, strings.Join(names, ", "))
		return
	}
	before := len(d.ps.list)
	f.Fault = model.Fault{Kind: kind.Name, Values: d.settings(params, kind.Name, kind.Parameters, nil)}
	d.when(at, &f, c)
	if kind.Check != nil && len(d.ps.list) == before {
		for _, e := range kind.Check(&c.Config, &f.Fault, &c.Consumers, c.Workload.Producers) {
			d.ps.add(locate(params, e.Path), "%s", e.Problem)
		}
	}
	c.Faults = append(c.Faults, f)
}

// when reads a trigger: the name of a phase, or a time since the beginning.
func (d *decoder) when(n *node, f *ScheduledFault, c *Case) {
	if n == nil || !d.scalar(n, "at") {
		return
	}
	var phases []string
	for _, p := range c.Workload.Phases {
		phases = append(phases, p.Name)
	}
	if slices.Contains(phases, n.text) {
		f.At = n.text
		return
	}
	t, err := parseDuration(n.text)
	if err != nil {
		d.ps.add(n.at, "at is the name of a phase or a time since the beginning, and %q is neither%s", n.text, didYouMean(n.text, phases))
		return
	}
	f.After += t
}

// key returns a text that is the same for equal points.
func (p Point) key() string {
	var b strings.Builder
	for _, c := range p {
		fmt.Fprintf(&b, "%s=%v;", c.Axis, c.Value)
	}
	return b.String()
}
