package checker_test

import (
	"fmt"
	"testing"

	"orderlab/model/history"
)

// BenchmarkWorst is what a history costs in which as much as possible is wrong, all
// linear guarantees together, in nanoseconds an operation: ten times as many messages
// should not cost much more each.
//
//	go test ./checker -run '^$' -bench Worst -benchtime 2x
func BenchmarkWorst(b *testing.B) {
	never := func(int, int) bool { return false }
	for _, shape := range []struct {
		name string
		at   func(i, n int) int // which message is the i-th to take effect
		lost func(i, n int) bool
	}{
		{"reversed", func(i, n int) int { return n - 1 - i }, never},
		{"first-comes-last", func(i, n int) int { return (i + 1) % n }, never},
		{"halves-change-places", func(i, n int) int { return (i + n/2) % n }, never},
		{"first-is-lost", func(i, n int) int { return i }, func(i, _ int) bool { return i == 0 }},
		{"every-other-is-lost", func(i, n int) int { return i }, func(i, _ int) bool { return i%2 == 1 }},
		{"all-are-lost", func(i, n int) int { return i }, func(int, int) bool { return true }},
	} {
		for _, n := range []int{20_000, 200_000} {
			b.Run(fmt.Sprintf("%s/%d", shape.name, n), func(b *testing.B) {
				h := oneKey(n, func(i int) int { return shape.at(i, n) }, func(i int) bool { return shape.lost(i, n) })
				check(b, h, linear)
			})
		}
	}
}

// oneKey has messages of one key, sent and stored one after the other by one session,
// then delivered and applied in another order, but for those that are lost.
func oneKey(n int, at func(i int) int, lost func(i int) bool) *history.History {
	h := new(history.History)
	p, c := h.AddProcess("p"), h.AddProcess("c")
	k, place, sink := h.AddKey("k"), h.AddPlace("x"), h.AddSymbol("s")
	end := h.AddSymbol("end")
	for i := range n {
		h.AddMessage(history.MessageInfo{Key: k, Producer: p, Index: uint32(i)})
	}
	for i := range n {
		t := int64(i) * 10
		op := history.Op{Kind: history.KindSend, Process: p, Message: history.Message(i), Place: history.NoPlace,
			Position: history.NoPosition, Begin: t, End: t}
		h.Append(op)
		op.Kind, op.Place, op.Position, op.End = history.KindAck, place, int64(i), t+5
		h.Append(op)
		op.Kind, op.Process, op.Begin = history.KindStore, c, t+5
		h.Append(op)
	}
	base := int64(n) * 10
	for i := range n {
		j := at(i)
		if lost(j) {
			continue
		}
		t := base + int64(i)*10
		op := history.Op{Kind: history.KindDeliver, Process: c, Message: history.Message(j), Place: place,
			Position: int64(j), Begin: t, End: t, Attempt: 1, Epoch: uint16(i % 5)}
		h.Append(op)
		op.Kind, op.Detail = history.KindApply, sink
		h.Append(op)
		if i%100 == 99 {
			h.Append(history.Op{Kind: history.KindPoll, Process: p, Message: history.NoMessage, Place: place,
				Position: int64(j), Begin: t, End: t, Detail: end})
		}
	}
	return h
}
