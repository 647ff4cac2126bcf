package scenarios

import (
	"math/bits"
	"slices"

	"orderlab/model"
)

// check looks at a whole case for what its parts alone cannot tell. It is called
// when they are well formed.
func (d *decoder) check(n *node, c *Case) {
	s := d.system
	if s.Check != nil {
		d.config(n.get("system").get(s.Name), s.Check(&c.Config))
	}
	d.topic(n, c)
	d.features(n, c)
	d.volume(n, c)
	d.promises(n, c)
	if len(c.Faults) > 0 {
		d.faults(n.get("faults").items, c)
	}
}

// config reports what a model found wrong at paths below a node.
func (d *decoder) config(n *node, errors []model.ConfigError) {
	for _, e := range errors {
		hint := ""
		if v := n.follow(e.Path); v != nil {
			hint = didYouMean(v.text, e.Names)
		}
		d.ps.add(locate(n, e.Path...), "%s%s", e.Problem, hint)
	}
}

// topic finds where the workload goes: the only entry of the system's first
// section of entries, unless it was named.
func (d *decoder) topic(n *node, c *Case) {
	i := slices.IndexFunc(d.system.Sections, func(s model.Section) bool { return s.Entries })
	if i < 0 {
		return
	}
	section := &d.system.Sections[i]
	entries := c.Config.Section(section.Name).Entries
	known := make([]string, len(entries))
	for i := range entries {
		known[i] = entries[i].Name
	}
	at := locate(n, "workload", "topic")
	switch {
	case len(known) == 0:
		return // the model knows whether it needs one
	case c.Workload.Topic == "" && len(known) > 1:
		d.ps.add(at, "there are several %s: %s; say with `topic` where the workload goes", section.Name, oneOf(known))
		return
	case c.Workload.Topic == "":
		c.Workload.Topic = known[0]
	}
	at = locate(n, "workload", "topic")
	j := slices.Index(known, c.Workload.Topic)
	if j < 0 {
		d.ps.add(at, "%s has no %s%s", section.Name, quote(c.Workload.Topic), didYouMean(c.Workload.Topic, known))
		return
	}
	d.shares(n, c, section, entries[j].Values)
}

// shares checks that an uneven backlog has a share for each partition.
func (d *decoder) shares(n *node, c *Case, section *model.Section, given model.Values) {
	const partitions = "partitions"
	if !slices.ContainsFunc(section.Settings, func(s model.Setting) bool { return s.Name == partitions }) {
		return
	}
	count := model.Resolve(section.Settings, given).Int(partitions)
	for i, p := range c.Workload.Phases {
		if got := len(p.PartitionShares); got > 0 && int64(got) != count {
			phase := n.get("workload").get("phases").items[i]
			d.ps.add(locate(phase, "preload", "partition_shares"), "%s has %d partitions, and here are shares of %d",
				c.Workload.Topic, count, got)
		}
	}
}

// features checks that the client offers what the application needs.
func (d *decoder) features(n *node, c *Case) {
	for i := range d.reg.Features {
		f := &d.reg.Features[i]
		v, given := c.App.Get(f.Name)
		if !given || v.Equal(f.Default) {
			continue
		}
		for _, need := range f.Needs {
			if !slices.Contains(d.system.Offers, need) {
				d.ps.add(locate(n, "app", f.Name), "%s needs a client that offers %q, and that of %s does not",
					f.Name, need, d.system.Name)
			}
		}
	}
}

// volume checks that the workload stays below the limit of messages.
func (d *decoder) volume(n *node, c *Case) {
	total := int64(0)
	for i := range c.Workload.Phases {
		p := &c.Workload.Phases[i]
		total += c.expected(p)
		if total > c.Limits.Messages {
			d.ps.add(n.get("workload").get("phases").items[i].at,
				"with this phase the workload has about %d messages, more than `limits: {messages: %d}`", total, c.Limits.Messages)
			return
		}
	}
}

// Expected returns how many messages the workload will have, about, and at most as
// many as the limits allow.
func (c *Case) Expected() int64 {
	total := int64(0)
	for i := range c.Workload.Phases {
		total = min(total+c.expected(&c.Workload.Phases[i]), c.Limits.Messages)
	}
	return total
}

// expected returns how many messages a phase will have, about.
func (c *Case) expected(p *Phase) int64 {
	if p.Preload > 0 {
		even := mulDiv(p.Preload, int64(c.Consumers.Members), max(1, c.Consumers.Work.Mean()))
		if len(p.PartitionShares) == 0 {
			return even
		}
		sum := int64(0)
		for _, share := range p.PartitionShares {
			sum += share
		}
		return mulDiv(even, sum, int64(len(p.PartitionShares))*million)
	}
	return mulDiv(p.Arrivals.Rate*int64(p.Producers), p.For, million*1_000_000_000)
}

// mulDiv returns a*b/c, or the largest quantity where that is larger.
func mulDiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(c) {
		return maxQuantity
	}
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(min(q, uint64(maxQuantity)))
}
