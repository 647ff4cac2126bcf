package kafka

// savedGroup is a group as the log of the offsets topic has it: what it was when its
// last assignment came, or when its last member had left.
//
// Reference: Kafka, GroupMetadataValue, GroupMetadataManager.classicGroupSyncToClassicGroup.
type savedGroup struct {
	generation int32
	leader     membership
	members    []groupMember
}

func (g *coordinator) save() {
	g.saved.generation, g.saved.leader, g.saved.members = g.generation, g.leader, g.saved.members[:0]
	for i := range g.seats {
		g.saved.members = append(g.saved.members, groupMember{id: g.seats[i].id, assigned: g.seats[i].assigned})
	}
}

// restore takes the group as the log has it. A rebalance that was under way is not in
// it: its members belong to a generation that is none, and join again.
func (g *coordinator) restore() {
	g.seats, g.state = g.seats[:0], groupEmpty
	g.generation, g.leader = g.saved.generation, g.saved.leader
	for _, m := range g.saved.members {
		g.state = groupStable
		g.seats = append(g.seats, seat{id: m.id, assigned: m.assigned, synced: true})
		g.alive(&g.seats[len(g.seats)-1])
	}
}
