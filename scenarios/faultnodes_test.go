package scenarios_test

import (
	"testing"

	"orderlab/model"
	"orderlab/scenarios"
)

// A case without its last consumer has no fault that names it: lists lack it, and what
// was about it alone is gone, because a group of nodes that is empty would stand for
// all others.
func TestDropConsumer(t *testing.T) {
	nodes := func(kind string, values ...string) scenarios.ScheduledFault {
		f := scenarios.ScheduledFault{At: "steady", Fault: model.Fault{Kind: kind}}
		for i := 0; i < len(values); i += 2 {
			f.Fault.Values = f.Fault.Values.Set(values[i], model.NodesValue(values[i+1]))
		}
		return f
	}
	c := &scenarios.Case{Consumers: model.Consumers{Group: "g", Members: 3}, Faults: []scenarios.ScheduledFault{
		nodes("pause", "node", "g-1,g-2,broker-0"), nodes("pause", "node", "g-2"), nodes("pause", "node", "consumers"),
		nodes("partition", "between", "broker-0", "and", "g-2"),
		nodes("partition", "between", "g-2,g-0", "and", "broker-0"),
		nodes("split", "node", "g-1,g-2"), nodes("split", "node", "g-0,g-1,g-2"), {At: "settle", Heal: "all"},
	}}
	before := string(scenarios.FaultsText(c.Faults, ""))
	faults := c.Faults
	c.DropConsumer()
	const want = `- {at: steady, pause: {node: [g-1, broker-0]}}
- {at: steady, pause: {node: consumers}}
- {at: steady, partition: {and: broker-0, between: g-0}}
- {at: steady, split: {node: [g-0, g-1]}}
- {at: settle, heal: all}
`
	if got := string(scenarios.FaultsText(c.Faults, "")); c.Consumers.Members != 2 || got != want {
		t.Errorf("%d members and\n%s\nwant 2 and\n%s", c.Consumers.Members, got, want)
	}
	if now := string(scenarios.FaultsText(faults, "")); now != before {
		t.Errorf("the faults of the case before were changed:\n%s", now)
	}
}
