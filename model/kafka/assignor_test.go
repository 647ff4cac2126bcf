package kafka

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// members makes members that own partitions in a generation: "0,2@3" is a member
// that owns 0 and 2 since generation 3, "-" one that owns nothing.
func members(t *testing.T, texts ...string) []groupMember {
	t.Helper()
	var out []groupMember
	for i, text := range texts {
		m := groupMember{id: membership{consumer: int32(i)}, ownedGeneration: -1}
		owned, generation, ok := strings.Cut(text, "@")
		if ok {
			if _, err := fmt.Sscan(generation, &m.ownedGeneration); err != nil {
				t.Fatal(err)
			}
			for _, p := range strings.Split(owned, ",") {
				n := int32(0)
				if _, err := fmt.Sscan(p, &n); err != nil {
					t.Fatal(err)
				}
				m.owned = append(m.owned, n)
			}
		}
		out = append(out, m)
	}
	return out
}

func assignment(ms []groupMember) string {
	var parts []string
	for _, m := range ms {
		parts = append(parts, fmt.Sprint(m.assigned))
	}
	return strings.Join(parts, " ")
}

// TestAssignors has examples worked out by hand with the rules of Kafka's own.
func TestAssignors(t *testing.T) {
	for _, c := range []struct {
		strategy   string
		partitions int
		members    []string
		want       string
	}{
		{"range", 7, []string{"-", "-", "-"}, "[0 1 2] [3 4] [5 6]"},
		{"range", 2, []string{"-", "-", "-"}, "[0] [1] []"},
		{"range", 4, []string{"3@1", "0@1"}, "[0 1] [2 3]"}, // what is owned does not matter
		{"roundrobin", 7, []string{"-", "-", "-"}, "[0 3 6] [1 4] [2 5]"},
		// Nothing owned: in turn.
		{"cooperative-sticky", 4, []string{"-", "-"}, "[0 2] [1 3]"},
		{"cooperative-sticky", 5, []string{"-", "-"}, "[0 2 4] [1 3]"},
		{"cooperative-sticky", 2, []string{"-", "-", "-"}, "[0] [1] []"},
		// A new partition goes to who has the least; nobody gives anything up.
		{"cooperative-sticky", 4, []string{"0,2@1", "1@1"}, "[0 2] [1 3]"},
		// Partition 3 changes hands: in this round nobody gets it.
		{"cooperative-sticky", 4, []string{"0,2@1", "1,3@1", "-"}, "[0 2] [1] []"},
		// The round after, its old owner has given it up.
		{"cooperative-sticky", 4, []string{"0,2@2", "1@2", "-"}, "[0 2] [1] [3]"},
		// The first owner with more than the least share keeps one more, the others
		// give up their highest partitions.
		{"cooperative-sticky", 6, []string{"0,1,2@1", "3,4,5@1", "-", "-"}, "[0 1] [3 4] [] []"},
		// A member that had just its share is the first to get one more.
		{"cooperative-sticky", 7, []string{"-", "1,4@1", "-"}, "[0 3] [1 4 6] [2 5]"},
		// Two claim partition 0: the later generation has it.
		{"cooperative-sticky", 3, []string{"0,1@1", "0@2", "-"}, "[1] [0] [2]"},
		// Two claim partition 0 in one generation: neither keeps it, and it is given
		// to nobody before both have given it up.
		{"cooperative-sticky", 3, []string{"0,1@1", "0@1", "-"}, "[1] [] [2]"},
		// Partitions that do not exist any more are of no account.
		{"cooperative-sticky", 2, []string{"0,5@1", "-"}, "[0] [1]"},
	} {
		ms := members(t, c.members...)
		assign(c.strategy, c.partitions, ms)
		if got := assignment(ms); got != c.want {
			t.Errorf("%s of %d partitions to %v: %s, want %s", c.strategy, c.partitions, c.members, got, c.want)
		}
	}
}

// TestAssignorsComplete: every partition has exactly one owner, nobody has two
// more than another, and the order in which the members are listed is of no
// account.
func TestAssignorsComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		strategy := rapid.SampledFrom([]string{"range", "roundrobin", "cooperative-sticky"}).Draw(t, "strategy")
		partitions := rapid.IntRange(0, 20).Draw(t, "partitions")
		ms := make([]groupMember, rapid.IntRange(1, 8).Draw(t, "members"))
		for i := range ms {
			ms[i] = groupMember{id: membership{int32(i), 0}, ownedGeneration: -1}
		}
		other := slices.Clone(ms)
		slices.Reverse(other)
		assign(strategy, partitions, ms)
		assign(strategy, partitions, other)
		if assignment(ms) != assignment(other) {
			t.Fatalf("%s listed forwards and %s listed backwards", assignment(ms), assignment(other))
		}
		checkOwners(t, partitions, ms, true)
	})
}

// checkOwners: no partition has two owners and, where complete says so, each has
// one and the shares are balanced.
func checkOwners(t *rapid.T, partitions int, ms []groupMember, complete bool) {
	owners := make([]int, partitions)
	least, most := partitions, 0
	for _, m := range ms {
		for _, p := range m.assigned {
			owners[p]++
		}
		least, most = min(least, len(m.assigned)), max(most, len(m.assigned))
	}
	for p, n := range owners {
		if n > 1 || (complete && n == 0) {
			t.Fatalf("partition %d has %d owners: %s", p, n, assignment(ms))
		}
	}
	if complete && most-least > 1 {
		t.Fatalf("shares from %d to %d: %s", least, most, assignment(ms))
	}
}

// TestStickyRounds draws a group that changes: members come and go, partitions
// are added. Rebalances follow one another until nobody has to give anything up.
// At no moment is a partition assigned that another member has not given up, two
// rounds are enough, the end is complete and balanced, and a member keeps as much
// of what it owned as its share allows.
func TestStickyRounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		partitions, generation, next := rapid.IntRange(1, 12).Draw(t, "partitions"), int32(0), int32(0)
		var ms []groupMember
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			for range rapid.IntRange(0, 2).Draw(t, "leave") {
				if len(ms) > 0 {
					i := rapid.IntRange(0, len(ms)-1).Draw(t, "who")
					ms = slices.Delete(ms, i, i+1)
				}
			}
			for range rapid.IntRange(0, 3).Draw(t, "join") {
				ms = append(ms, groupMember{id: membership{next, 0}, ownedGeneration: -1})
				next++
			}
			if len(ms) == 0 {
				continue
			}
			partitions += rapid.IntRange(0, 4).Draw(t, "added")
			before := owners(ms)
			rounds := 0
			for again := true; again; rounds++ {
				generation++
				again = round(t, partitions, generation, ms)
			}
			if rounds > 3 {
				t.Fatalf("%d rounds", rounds)
			}
			checkOwners(t, partitions, ms, true)
			checkKept(t, partitions, before, ms)
		}
	})
}

// round is one rebalance as the members carry it out; it says whether one of them
// gave something up, and so another has to follow.
func round(t *rapid.T, partitions int, generation int32, ms []groupMember) (again bool) {
	before := owners(ms)
	assign("cooperative-sticky", partitions, ms)
	checkOwners(t, partitions, ms, false)
	for i := range ms {
		for _, p := range ms[i].assigned {
			if who, ok := before[p]; ok && who != ms[i].id {
				t.Fatalf("partition %d is assigned to %v while %v owns it", p, ms[i].id, who)
			}
		}
		for _, p := range ms[i].owned {
			again = again || !slices.Contains(ms[i].assigned, p)
		}
		ms[i].owned, ms[i].ownedGeneration = slices.Clone(ms[i].assigned), generation
	}
	return again
}

func owners(ms []groupMember) map[int32]membership {
	out := map[int32]membership{}
	for _, m := range ms {
		for _, p := range m.owned {
			out[p] = m.id
		}
	}
	return out
}

// checkKept: each member has kept at least as many of its partitions as everyone
// gets, if it had them.
func checkKept(t *rapid.T, partitions int, before map[int32]membership, ms []groupMember) {
	for _, m := range ms {
		had, kept := 0, 0
		for _, who := range before {
			if who == m.id {
				had++
			}
		}
		for _, p := range m.assigned {
			if who, ok := before[p]; ok && who == m.id {
				kept++
			}
		}
		if want := min(had, partitions/len(ms)); kept < want {
			t.Fatalf("%v had %d, kept %d, could have kept %d", m.id, had, kept, want)
		}
	}
}
