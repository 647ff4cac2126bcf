package checker_test

import (
	"os"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"
)

// BenchmarkLinearizable is what a whole check of one log, register or queue
// costs, from the history to the verdict, beside the floor of touching a record
// of 32 bytes an operation once. Eight clients are busy at every moment. It is a
// million operations, with ORDERLAB_LONG=1 ten million.
//
//	ORDERLAB_LONG=1 go test ./checker -run '^$' -bench Linearizable -benchtime 3x
func BenchmarkLinearizable(b *testing.B) {
	n := 1_000_000
	if os.Getenv("ORDERLAB_LONG") == "1" {
		n = 10_000_000
	}
	b.Run("floor", func(b *testing.B) { floor(b, n) })
	for _, k := range []struct {
		name, guarantee string
		history         func(n int) *history.History
	}{
		{"log", checker.LinearizableLog, busyLog},
		{"register", checker.LinearizableState, busyRegister},
		{"queue", checker.LinearizableQueue, busyQueue},
	} {
		b.Run(k.name, func(b *testing.B) {
			h := k.history(n)
			c := checker.New()
			for b.Loop() {
				if v := c.Check(h, []string{k.guarantee}, checker.Options{})[0]; !holds(&v) {
					b.Fatalf("%+v", v)
				}
			}
			ns := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			b.ReportMetric(ns/float64(h.Len()), "ns/operation")
		})
	}
}

// clients is how many operations overlap at every moment.
const clients = 8

// busy appends n operations whose moments are ten apart and whose spans overlap.
func busy(n int, op func(h *history.History, i int) history.Op) *history.History {
	h := new(history.History)
	h.AddProcess("p")
	h.AddPlace("x")
	h.AddKey("k")
	h.AddSymbol("end")
	for i := range n {
		o := op(h, i)
		at := int64(i) * 10
		o.Begin, o.End = at-int64(i*7919%(clients*5)), at+int64(i*104729%(clients*5))
		h.Append(o)
	}
	return h
}

// busyLog has a read of the end after every seven appends.
func busyLog(n int) *history.History {
	length := int64(0)
	return busy(n, func(h *history.History, i int) history.Op {
		if i%8 == 7 {
			return history.Op{Kind: history.KindPoll, Message: history.NoMessage, Position: length, Detail: 1}
		}
		m := h.AddMessage(history.MessageInfo{Key: history.NoKey, Index: uint32(i)})
		length++
		return history.Op{Kind: history.KindAck, Message: m, Position: length - 1}
	})
}

// busyRegister has as many reads as writes.
func busyRegister(n int) *history.History {
	last := history.NoMessage
	return busy(n, func(h *history.History, i int) history.Op {
		if i%2 == 1 {
			return history.Op{Kind: history.KindRead, Message: last, Place: history.NoPlace}
		}
		last = h.AddMessage(history.MessageInfo{Index: uint32(i)})
		return history.Op{Kind: history.KindApply, Message: last, Place: history.NoPlace, Position: history.NoPosition}
	})
}

// busyQueue has about a hundred messages in the queue.
func busyQueue(n int) *history.History {
	next := history.Message(0)
	return busy(n, func(h *history.History, i int) history.Op {
		if i >= 200 && i%2 == 1 {
			next++
			return history.Op{Kind: history.KindDeliver, Message: next - 1, Position: history.NoPosition}
		}
		m := h.AddMessage(history.MessageInfo{Key: history.NoKey, Index: uint32(i)})
		return history.Op{Kind: history.KindAck, Message: m, Position: history.NoPosition}
	})
}
