package kafka

import (
	"fmt"
	"math/bits"
	"strings"
)

// brokerSet is a set of brokers by index, of which there are at most 64.
type brokerSet uint64

func setOf(brokers ...int8) brokerSet {
	s := brokerSet(0)
	for _, b := range brokers {
		s = s.with(int(b))
	}
	return s
}

func (s brokerSet) has(b int) bool           { return b >= 0 && s>>b&1 != 0 }
func (s brokerSet) with(b int) brokerSet     { return s | 1<<b }
func (s brokerSet) without(b int) brokerSet  { return s &^ (1 << b) }
func (s brokerSet) size() int                { return bits.OnesCount64(uint64(s)) }
func (s brokerSet) within(of brokerSet) bool { return s&^of == 0 }
func (s brokerSet) each(f func(b int)) {
	for rest := uint64(s); rest != 0; rest &= rest - 1 {
		f(bits.TrailingZeros64(rest))
	}
}

// String lists the brokers, as [0 2].
func (s brokerSet) String() string {
	var names []string
	s.each(func(b int) { names = append(names, fmt.Sprint(b)) })
	return "[" + strings.Join(names, " ") + "]"
}

// registration is what the controller has decided about a partition.
//
// Reference: Kafka, PartitionRegistration.
type registration struct {
	leader  int8  // -1 while there is none
	epoch   int32 // leader epoch: counts the leaders
	version int32 // partition epoch: counts the changes
	isr     brokerSet
	// replicas are its brokers, the preferred leader first; nobody writes to the list.
	// adding and removing are those that a reassignment adds and takes away.
	replicas         []int8
	adding, removing brokerSet
}

// noLeader is the leader of a partition that has none.
//
// Reference: Kafka, LeaderConstants.NO_LEADER.
const noLeader = -1
