package kafka

import (
	"cmp"
	"slices"
)

// assign fills in each member's partitions of the topic. Members are put in
// the order of their ids first; nothing else about their order matters.
func assign(strategy string, partitions int, members []groupMember) {
	slices.SortFunc(members, func(a, b groupMember) int {
		return cmp.Or(cmp.Compare(a.id.consumer, b.id.consumer), cmp.Compare(a.id.session, b.id.session))
	})
	for i := range members {
		members[i].assigned = nil
	}
	switch strategy {
	case "roundrobin":
		for p := range partitions {
			m := &members[p%len(members)]
			m.assigned = append(m.assigned, int32(p))
		}
	case "cooperative-sticky":
		assignSticky(partitions, members)
	default:
		assignRange(partitions, members)
	}
}

// assignRange gives each member a contiguous piece, the first ones one more.
//
// Reference: Kafka, RangeAssignor.
func assignRange(partitions int, members []groupMember) {
	each, extra := partitions/len(members), partitions%len(members)
	next := 0
	for i := range members {
		n := each
		if i < extra {
			n++
		}
		for range n {
			members[i].assigned = append(members[i].assigned, int32(next))
			next++
		}
	}
}

// assignSticky balances first (no member has two more than another) and keeps
// owners where balance allows. A partition that is still owned by another is
// given to nobody in this round: its owner must revoke it first, which brings
// about another round.
//
// Reference: Kafka, AbstractStickyAssignor (constrained assignment) and
// CooperativeStickyAssignor.adjustAssignment.
func assignSticky(partitions int, members []groupMember) {
	owner := stickyOwners(partitions, members)
	least, extra := partitions/len(members), partitions%len(members)
	// Keep what is owned, up to the share of each; only extra members may have
	// one more than the least.
	held := make([]int, partitions) // by whom, in the target
	for p := range held {
		held[p] = -1
	}
	count := make([]int, len(members))
	for i := range members {
		limit := least
		if extra > 0 && ownedCount(owner, i) > least {
			limit++
			extra--
		}
		for p := range partitions {
			if owner[p] == i && count[i] < limit {
				held[p] = i
				count[i]++
			}
		}
	}
	for p := range partitions {
		if held[p] < 0 {
			held[p] = leastLoaded(count)
			count[held[p]]++
		}
	}
	for p, i := range held {
		if owner[p] < 0 || owner[p] == i {
			members[i].assigned = append(members[i].assigned, int32(p))
		}
	}
}

// stickyOwners returns who owns each partition, by index of the member, or -1.
// Of two members that claim one, the later generation wins; in the same
// generation neither does.
func stickyOwners(partitions int, members []groupMember) []int {
	owner := make([]int, partitions)
	generation := make([]int32, partitions)
	for p := range owner {
		owner[p] = -1
	}
	for i := range members {
		for _, p := range members[i].owned {
			if int(p) >= partitions {
				continue
			}
			switch g := members[i].ownedGeneration; {
			case generation[p] < g || (owner[p] < 0 && generation[p] == 0):
				owner[p], generation[p] = i, g
			case generation[p] == g:
				owner[p] = -1
			}
		}
	}
	return owner
}

func ownedCount(owner []int, member int) int {
	n := 0
	for _, o := range owner {
		if o == member {
			n++
		}
	}
	return n
}

func leastLoaded(count []int) int {
	best := 0
	for i, n := range count {
		if n < count[best] {
			best = i
		}
	}
	return best
}
