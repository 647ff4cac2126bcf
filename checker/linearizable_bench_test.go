package checker_test

import (
	"os"
	"runtime"
	"testing"

	"orderlab/checker"
	"orderlab/internal/peak"
	"orderlab/model/history"
)

// BenchmarkLinearizable is what a whole check of one log, register or queue
// costs, from the history to the verdict, beside the floor of touching a record
// of 32 bytes an operation once; and the memory that the checker keeps, beside the
// history's. Eight clients are busy at every moment. It is a million operations, with
// ORDERLAB_LONG=1 ten million.
//
//	ORDERLAB_LONG=1 go test ./checker -run '^$' -bench Linearizable -benchtime 5x
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
			before := heap()
			c := checker.New()
			c.Check(h, []string{k.guarantee}, checker.Options{}) // the memory is there from then on
			kept := heap() - before
			start := peak.Processor()
			for b.Loop() {
				if v := c.Check(h, []string{k.guarantee}, checker.Options{})[0]; !holds(&v) {
					b.Fatalf("%+v", v)
				}
			}
			onProcessor(b, h.Len(), start)
			perOperation(b, h.Len())
			b.ReportMetric(float64(kept)/float64(h.Len()), "bytes/operation")
			runtime.KeepAlive(c)
		})
	}
}

// heap returns the bytes that are in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// clients is how many operations overlap at every moment.
const clients = 8

// busy appends n operations whose moments are ten apart and whose spans overlap,
// in the order in which they end, as they are recorded.
func busy(n int, op func(h *history.History, i int) history.Op) *history.History {
	h := new(history.History)
	h.AddProcess("p")
	h.AddPlace("x")
	h.AddKey("k")
	h.AddSymbol("end")
	var ahead []history.Op // what ends after operations that are still to come may
	for i := range n {
		o := op(h, i)
		at := int64(i) * 10
		o.Begin, o.End = at-int64(i*7919%(clients*5)), at+int64(i*104729%(clients*5))
		j := len(ahead)
		ahead = append(ahead, o)
		for ; j > 0 && ahead[j-1].End > o.End; j-- {
			ahead[j] = ahead[j-1]
		}
		ahead[j] = o
		if len(ahead) > clients {
			h.Append(ahead[0])
			ahead = append(ahead[:0], ahead[1:]...)
		}
	}
	for _, o := range ahead {
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
