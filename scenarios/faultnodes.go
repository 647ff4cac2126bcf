package scenarios

import (
	"slices"

	"orderlab/model"
)

// DropConsumer takes the last consumer out of the group, and out of the faults that
// name it.
func (c *Case) DropConsumer() {
	names := model.Numbered(c.Consumers.Group, c.Consumers.Members)
	c.Consumers.Members--
	c.Faults = withoutNode(c.Faults, names[c.Consumers.Members])
}

// withoutNode returns faults that name a node no more. Those for which none is left
// in a group of nodes do not strike without it, and are left out.
func withoutNode(faults []ScheduledFault, name string) []ScheduledFault {
	var out []ScheduledFault
	for _, f := range faults {
		f.Fault.Values = slices.Clone(f.Fault.Values)
		strikes := true
		for i := range f.Fault.Values {
			v := &f.Fault.Values[i].Value
			nodes := v.NodeList()
			if v.Type != model.Nodes || !slices.Contains(nodes, name) {
				continue
			}
			nodes = slices.DeleteFunc(nodes, func(n string) bool { return n == name })
			*v = model.NodesValue(nodes...)
			strikes = strikes && len(nodes) > 0 && (len(nodes) > 1 || f.Fault.Kind != "split")
		}
		if strikes {
			out = append(out, f)
		}
	}
	return out
}
