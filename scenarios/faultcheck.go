package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"orderlab/model"
)

// faults checks the schedule of a case whose parts are well formed.
func (d *decoder) faults(items []*node, c *Case) {
	var named []string
	firings := 0
	for i := range c.Faults {
		f, n := &c.Faults[i], items[i]
		if f.Name != "" && slices.Contains(named, f.Name) {
			d.ps.add(locate(n, "name"), "two faults are called %s; give one of them another name", quote(f.Name))
		}
		if f.Name != "" {
			named = append(named, f.Name)
		}
		d.waits(n, c, f)
		d.strikes(n, c, f)
		d.repeats(n, c, f)
		if firings += max(1, f.Times); firings > maxFaults {
			d.ps.add(n.at, "with this one faults strike %d times in all, more than %d", firings, maxFaults)
			return
		}
		if f.Heal == "" {
			d.fault(n, c, f)
		}
	}
	for i := range c.Faults {
		if f := &c.Faults[i]; f.Heal != "" && f.Heal != HealAll && !slices.Contains(named, f.Heal) {
			d.ps.add(locate(items[i], "heal"), "no fault is called %s; give the fault a `name`%s",
				quote(f.Heal), didYouMean(f.Heal, append(named, HealAll)))
		}
	}
}

// fault checks what a fault does.
func (d *decoder) fault(n *node, c *Case, f *ScheduledFault) {
	kind := d.kind(f.Fault.Kind)
	if kind.Lasting == model.AtOnce && (f.For > 0 || f.Until != "") {
		key := "for"
		if f.Until != "" {
			key = "until"
		}
		d.ps.add(locate(n, key), "%s happens at once and has no end; leave out `%s`", kind.Name, key)
	}
	if kind.Check != nil {
		d.config(n.get(kind.Name), kind.Check(&c.Config, &f.Fault, &c.Consumers, c.Workload.Producers))
	}
	if d.targets(n.get(kind.Name), c, kind, &f.Fault) && kind.Engine != nil {
		d.endured(n.get(kind.Name), c, kind, &f.Fault)
	}
}

// kind returns the fault of that name of the case's system.
func (d *decoder) kind(name string) *model.FaultKind {
	kinds, ok := d.kinds[d.system]
	if !ok {
		kinds = d.system.Kinds()
		d.kinds[d.system] = kinds
	}
	return &kinds[slices.IndexFunc(kinds, func(k model.FaultKind) bool { return k.Name == name })]
}

// targets checks that the nodes exist that a fault names.
func (d *decoder) targets(n *node, c *Case, kind *model.FaultKind, f *model.Fault) bool {
	ok := true
	for _, p := range kind.Parameters {
		if p.Type != model.Nodes {
			continue
		}
		given, _ := f.Values.Get(p.Name)
		for i, name := range given.NodeList() {
			if d.roles(c)[name] != nil {
				continue
			}
			ok = false
			at := n.get(p.Name)
			if at.shape == shapeList {
				at = at.items[i]
			}
			d.ps.add(at.at, "there is no node %s%s", quote(name), d.otherNodes(name, c))
		}
	}
	return ok && d.groups(n, kind, f)
}

// roles returns the role of every name by which faults can name nodes: the nodes'
// own, and the plurals of the roles.
func (d *decoder) roles(c *Case) map[string]*model.Role {
	if d.named == nil {
		d.named = make(map[string]*model.Role)
		for i := range d.system.Roles {
			r := &d.system.Roles[i]
			for _, name := range r.Nodes(&c.Config, &c.Consumers, c.Workload.Producers) {
				d.named[name] = r
			}
			d.named[r.Plural()] = r
		}
	}
	return d.named
}

// nodes returns these names, for messages.
func (d *decoder) nodes(c *Case) []string {
	var out []string
	for i := range d.system.Roles {
		r := &d.system.Roles[i]
		out = append(out, r.Nodes(&c.Config, &c.Consumers, c.Workload.Producers)...)
		out = append(out, r.Plural())
	}
	return out
}

// otherNodes is the end of a sentence about a node that does not exist: where the name
// has the form of those of a role, it says which of them there are.
func (d *decoder) otherNodes(name string, c *Case) string {
	for i := range d.system.Roles {
		nodes := d.system.Roles[i].Nodes(&c.Config, &c.Consumers, c.Workload.Producers)
		if len(nodes) == 0 {
			continue
		}
		stem := strings.TrimRight(nodes[0], "0123456789")
		number, ok := strings.CutPrefix(name, stem)
		switch _, err := strconv.ParseUint(number, 10, 32); {
		case !ok || err != nil:
		case len(nodes) == 1:
			return "; there is only " + nodes[0]
		case len(nodes) == 2:
			return "; there are " + nodes[0] + " and " + nodes[1]
		default:
			return "; there are " + nodes[0] + " to " + nodes[len(nodes)-1]
		}
	}
	return didYouMean(name, d.nodes(c))
}

// groups checks how a fault of links names the nodes at their ends.
func (d *decoder) groups(n *node, kind *model.FaultKind, f *model.Fault) bool {
	has := func(name string) bool { _, ok := f.Values.Get(name); return ok }
	between, from := has(model.ParamBetween), has(model.ParamFrom)
	and, to := has(model.ParamAnd), has(model.ParamTo)
	switch {
	case !slices.ContainsFunc(kind.Parameters, func(s model.Setting) bool { return s.Name == model.ParamBetween }):
		return true
	case (between || and) && (from || to):
		d.ps.add(n.at, "%s lies `between` nodes `and` others, in both directions, or goes `from` nodes `to` others; not both", f.Kind)
	case !between && !from:
		d.ps.add(n.at, "%s lacks its nodes, as {between: billing-0, and: brokers}, or for one direction {from: billing-0, to: brokers}", f.Kind)
	default:
		return true
	}
	return false
}

// endured checks that the nodes can go through a fault of the engine: those of
// one group where there are two.
func (d *decoder) endured(n *node, c *Case, kind *model.FaultKind, f *model.Fault) {
	fault := kind.Engine(f.Values) // with the names as they are given
	if d.overlap(c, fault.Nodes, fault.Peers) {
		d.ps.add(n.at, "a node is in both groups of %s", kind.Name)
		return
	}
	role := d.frail(c, kind.Name, fault.Nodes)
	if role == nil || len(fault.Peers) > 0 && d.frail(c, kind.Name, fault.Peers) == nil {
		if kind.Name == "split" && d.alone(c, fault.Nodes) {
			d.ps.add(n.at, "a split needs two nodes or more")
		}
		return
	}
	var able []string
	for i := range d.system.Roles {
		if r := &d.system.Roles[i]; slices.Contains(r.Endures, kind.Name) {
			able = append(able, r.Plural())
		}
	}
	at := locate(n, model.ParamNode)
	for _, p := range []string{model.ParamBetween, model.ParamFrom} {
		if n.get(p) != nil {
			at = locate(n, p)
		}
	}
	d.ps.add(at, "the model of %s has no %s that goes through %q as a real one does; %s do", d.system.Name, role.Name,
		kind.Name, strings.Join(able, " and "))
}

// frail returns the role of the first of some nodes that does not endure a fault,
// or nil.
func (d *decoder) frail(c *Case, kind string, nodes []string) *model.Role {
	for _, name := range nodes {
		if r := d.roles(c)[name]; !slices.Contains(r.Endures, kind) {
			return r
		}
	}
	return nil
}

// overlap says whether a node is in both of two groups.
func (d *decoder) overlap(c *Case, a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			r, o := d.roles(c)[x], d.roles(c)[y]
			if x == y || r == o && (x == r.Plural() || y == r.Plural()) {
				return true
			}
		}
	}
	return false
}

// alone says whether names stand for one node only.
func (d *decoder) alone(c *Case, nodes []string) bool {
	if len(nodes) != 1 {
		return false
	}
	r := d.roles(c)[nodes[0]]
	return nodes[0] != r.Plural() || len(r.Nodes(&c.Config, &c.Consumers, c.Workload.Producers)) < 2
}

// waits checks that what a fault waits for can come.
func (d *decoder) waits(n *node, c *Case, f *ScheduledFault) {
	var conditions []string
	for _, x := range d.system.Conditions {
		conditions = append(conditions, x.Name)
	}
	if f.When != "" && !slices.Contains(conditions, f.When) {
		d.ps.add(locate(n, "when"), "the fault can never strike: the model of %s announces no condition %s%s",
			d.system.Name, quote(f.When), didYouMean(f.When, conditions))
	}
	phases := c.Workload.phaseNames()
	if f.Until != "" && !slices.Contains(phases, f.Until) && !slices.Contains(conditions, f.Until) {
		d.ps.add(locate(n, "until"), "the fault would never end: %s is no phase and no condition%s",
			quote(f.Until), didYouMean(f.Until, append(phases, conditions...)))
	}
	if at, until := slices.Index(phases, f.At), slices.Index(phases, f.Until); until >= 0 && until <= at {
		d.ps.add(locate(n, "until"), "the fault would never end: the phase %s begins before the fault", f.Until)
	}
	d.point(n, c, f)
}

// point checks that a fault at a point of a node's code names one that there is.
func (d *decoder) point(n *node, c *Case, f *ScheduledFault) {
	if f.Point.Name == "" {
		return
	}
	var points []string
	role := d.roles(c)[f.Point.Node]
	for i := range d.system.Points {
		if p := &d.system.Points[i]; role != nil && role.Name == p.Role {
			points = append(points, p.Name)
		}
	}
	switch at := n.get("point"); {
	case role == nil || f.Point.Node == role.Plural():
		d.ps.add(locate(at, "node"), "there is no node %s%s", quote(f.Point.Node), d.otherNodes(f.Point.Node, c))
	case !slices.Contains(points, f.Point.Name):
		d.ps.add(locate(at, "name"), "the fault can never strike: %s passes no point %s%s", f.Point.Node, quote(f.Point.Name),
			didYouMean(f.Point.Name, points))
	}
}

// strikes checks that the time of a fault can come.
func (d *decoder) strikes(n *node, c *Case, f *ScheduledFault) {
	at := locate(n, "at")
	if n.get("after") != nil {
		at = locate(n, "after")
	}
	switch end, ok := c.remaining(f.At); {
	case ok && f.After >= end:
		d.ps.add(at, "the fault can never strike: it waits %s, and the run lasts at most %s from there on",
			durations.format(f.After), durations.format(end))
	case f.After >= c.Limits.Time:
		d.ps.add(at, "the fault can never strike: `limits: {time: %s}` ends the run before", durations.format(c.Limits.Time))
	case f.Events >= c.Limits.Events:
		d.ps.add(at, "the fault can never strike: `limits: {events: %d}` ends the run before", c.Limits.Events)
	}
}

// repeats works out how often a fault strikes that is repeated.
func (d *decoder) repeats(n *node, c *Case, f *ScheduledFault) {
	if f.Every == 0 {
		return
	}
	if f.For >= f.Every {
		d.ps.add(locate(n, "for"), "the fault lasts %s and comes every %s: it would begin again while it lasts",
			durations.format(f.For), durations.format(f.Every))
	}
	i := slices.Index(c.Workload.phaseNames(), f.At)
	switch {
	case f.Times > 0:
	case i < 0 || c.Workload.Phases[i].For == 0:
		d.ps.add(locate(n, "every"), "nothing says how often the fault strikes; give `times`, or `at` a phase with `for`")
	default:
		fits := (c.Workload.Phases[i].For-f.After-1)/f.Every + 1
		f.Times = int(min(max(1, fits), maxFaults+1))
	}
}

// remaining returns how long a run lasts at most from the beginning of a phase
// on. ok is false when nobody knows: from the beginning of the run, because the
// first phase waits for the system to be ready, and when a preload is in between.
func (c *Case) remaining(phase string) (end int64, ok bool) {
	from := slices.Index(c.Workload.phaseNames(), phase)
	if from < 0 {
		return 0, false
	}
	for _, p := range c.Workload.Phases[from:] {
		if p.Preload > 0 {
			return 0, false
		}
		end = min(maxQuantity, end+p.For+p.AtMost)
	}
	return end, true
}
