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
		assignSticky(partitions, members, true)
	case "sticky":
		assignSticky(partitions, members, false)
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
// about another round. Under the eager protocol everybody has given up everything, and
// it is given at once.
//
// Reference: Kafka, AbstractStickyAssignor.ConstrainedAssignmentBuilder and
// CooperativeStickyAssignor.adjustAssignment.
func assignSticky(partitions int, members []groupMember, cooperative bool) {
	owner := stickyOwners(partitions, members)
	held := keepOwned(owner, len(members))
	fill(held, len(members))
	for p, i := range held {
		if !cooperative || owner[p] == nobody || owner[p] == i {
			members[i].assigned = append(members[i].assigned, int32(p))
		}
	}
}

// Owners that are no member.
const (
	nobody  = -1
	several = -2 // members of one generation claim the partition
)

// stickyOwners returns who owns each partition, by index of the member. Of two
// members that claim one, that of the later generation has it; in one generation
// neither does, and both have to give it up first.
//
// Reference: Kafka, AbstractStickyAssignor.allSubscriptionsEqual.
func stickyOwners(partitions int, members []groupMember) []int {
	owner := make([]int, partitions)
	last := make([]int, partitions) // who claimed it last with the latest generation
	for p := range owner {
		owner[p], last[p] = nobody, nobody
	}
	for i := range members {
		for _, p := range members[i].owned {
			if int(p) >= partitions {
				continue
			}
			switch {
			case last[p] == nobody:
				owner[p], last[p] = i, i
			case members[i].ownedGeneration == members[last[p]].ownedGeneration:
				owner[p], last[p] = several, i
			case members[i].ownedGeneration > members[last[p]].ownedGeneration:
				if owner[p] != several {
					owner[p] = i
				}
				last[p] = i
			}
		}
	}
	return owner
}

// keepOwned gives each member what it owns, up to its share: the least that
// everyone gets, and one more while some may have it. The lower partitions stay.
func keepOwned(owner []int, members int) (held []int) {
	least, extra := len(owner)/members, len(owner)%members
	held = make([]int, len(owner))
	for p := range held {
		held[p] = nobody
	}
	for i := range members {
		limit := least
		if extra > 0 && count(owner, i) > least {
			limit++
			extra--
		}
		for p, o := range owner {
			if o == i && limit > 0 {
				held[p] = i
				limit--
			}
		}
	}
	return held
}

// fill gives the partitions that nobody holds in turn to the members that lack
// some of the least share, and then one each to those that have just that, in the
// order in which they came to have it.
func fill(held []int, members int) {
	least := len(held) / members
	var full []int
	for i := range members {
		if count(held, i) == least {
			full = append(full, i)
		}
	}
	next := 0
	for p := range held {
		if held[p] != nobody {
			continue
		}
		for tries := 0; tries < members && count(held, next) >= least; tries++ {
			next = (next + 1) % members
		}
		if count(held, next) >= least {
			held[p], full = full[0], full[1:]
			continue
		}
		held[p] = next
		if count(held, next) == least {
			full = append(full, next)
		}
		next = (next + 1) % members
	}
}

func count(held []int, member int) int {
	n := 0
	for _, i := range held {
		if i == member {
			n++
		}
	}
	return n
}
