package model

import (
	"slices"
	"strconv"
	"strings"

	"orderlab/sim"
)

// Lasting says how a fault ends.
type Lasting uint8

// The ways to end.
const (
	MayLast Lasting = iota // after a time or at a moment if one is given; else it is never undone
	AtOnce                 // it happens at once and has no end
)

// FaultKind describes a fault: its YAML key, its parameters and how it ends.
type FaultKind struct {
	Name       string
	Parameters []Setting
	Doc        string
	Lasting    Lasting
	// Draws says that something about the fault is drawn, so that its name
	// matters: what is drawn depends on it.
	Draws bool
	// Engine makes the engine's fault of the parameters. It is nil for a fault
	// that the system's world carries out, in Inject and Heal.
	Engine func(v Values) sim.Fault
	// Check looks at one fault in its configuration, as System.Check does.
	Check func(c *Config, f *Fault, consumers *Consumers, producers int) []ConfigError
}

// Fault is one fault of a schedule: its kind and its parameters.
type Fault struct {
	Kind   string
	Values Values
}

// Role is a kind of node of a system's world. Faults name nodes by their names,
// or all nodes of a role by its plural.
type Role struct {
	// Name is that of one node, as "broker"; all together are "brokers".
	Name string
	Doc  string
	// Nodes returns the names of the nodes of a configuration, in order.
	Nodes func(c *Config, consumers *Consumers, producers int) []string
	// Endures are the names of the engine's faults that these nodes go through as
	// real ones do, see [EngineFaults]. Any other fault on them is refused when
	// the scenario is read. For a fault of links it is enough that the nodes at
	// one end endure it.
	Endures []string
}

// Plural is the word for all nodes of the role.
func (r *Role) Plural() string { return r.Name + "s" }

// Producers is the role of the producers, which are called producer-0 and so on
// in every system.
func Producers(endures ...string) Role {
	return Role{Name: "producer", Endures: endures,
		Doc:   "A producer: producer-0 and so on. Its wall clock gives messages their timestamps, which `guard: newer-time` reads.",
		Nodes: func(_ *Config, _ *Consumers, producers int) []string { return Numbered("producer", producers) }}
}

// GroupMembers is the role of the consumers, which are called by the name of their
// group, as billing-0.
func GroupMembers(endures ...string) Role {
	return Role{Name: "consumer", Doc: "A consumer: the group's name and a number, as billing-0.", Endures: endures,
		Nodes: func(_ *Config, c *Consumers, _ int) []string { return Numbered(c.Group, c.Members) }}
}

// Numbered returns name-0 to name-(count-1).
func Numbered(name string, count int) []string {
	out := make([]string, count)
	for i := range out {
		out[i] = name + "-" + strconv.Itoa(i)
	}
	return out
}

// Kinds returns the faults of a system: its own, and those of the engine that
// nodes of some role endure, which may be drawn too.
func (s *System) Kinds() []FaultKind {
	out := slices.Clone(s.Faults)
	for _, k := range EngineFaults() {
		if slices.ContainsFunc(s.Roles, func(r Role) bool { return slices.Contains(r.Endures, k.Name) }) {
			out = append(out, k)
		}
	}
	if len(out) > len(s.Faults) {
		out = append(out, drawKind())
	}
	return out
}

// Kind returns the fault of that name, or nil.
func (s *System) Kind(name string) *FaultKind {
	kinds := s.Kinds()
	if i := slices.IndexFunc(kinds, func(k FaultKind) bool { return k.Name == name }); i >= 0 {
		return &kinds[i]
	}
	return nil
}

// Resolve returns a fault whose parameters name nodes one by one: the plural of a
// role stands for its nodes.
func (s *System) Resolve(f *Fault, c *Config, consumers *Consumers, producers int) Fault {
	out := Fault{Kind: f.Kind, Values: slices.Clone(f.Values)}
	for i := range out.Values {
		v := &out.Values[i].Value
		if v.Type != Nodes {
			continue
		}
		var names []string
		for _, name := range v.NodeList() {
			r := slices.IndexFunc(s.Roles, func(r Role) bool { return r.Plural() == name })
			if r < 0 {
				names = append(names, name)
				continue
			}
			names = append(names, s.Roles[r].Nodes(c, consumers, producers)...)
		}
		*v = NodesValue(names...)
	}
	return out
}

// Condition is something that a world announces with [sim.Engine.Condition], for
// faults that begin or end when it is so.
type Condition struct{ Name, Doc string }

// Point is a place in the code of a role's nodes, which they pass with
// [sim.Engine.Point]: a fault may begin there.
type Point struct{ Role, Name, Doc string }

// NodesValue returns a Nodes value.
func NodesValue(names ...string) Value { return Value{Type: Nodes, Text: strings.Join(names, ",")} }

// NodeList returns the names of a Nodes value.
func (v Value) NodeList() []string {
	if v.Text == "" {
		return nil
	}
	return strings.Split(v.Text, ",")
}
