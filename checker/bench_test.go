package checker_test

import (
	"testing"
	"time"

	"orderlab/checker"
	"orderlab/internal/peak"
	"orderlab/model/history"
)

// BenchmarkCheck is what judging a million messages costs, each with all five
// points: all linear guarantees together and each alone with the index that all
// share, in nanoseconds an operation, beside the floor of touching a record of 32
// bytes an operation once. In broken nearly every key has an inversion.
func BenchmarkCheck(b *testing.B) {
	const messages = 1_000_000
	ordered, broken := pipeline(messages, 1), pipeline(messages, 3)
	b.Run("floor", func(b *testing.B) { floor(b, ordered.Len()) })
	b.Run("all", func(b *testing.B) { check(b, ordered, linear) })
	b.Run("all-broken", func(b *testing.B) { check(b, broken, linear) })
	for _, id := range linear {
		b.Run(id, func(b *testing.B) { check(b, ordered, []string{id}) })
	}
	b.Run("index", func(b *testing.B) { // without a bound, bounded has nothing to do besides
		check(b, ordered, []string{checker.Bounded})
	})
	b.Run(checker.LinearizableLog, func(b *testing.B) { check(b, ordered, []string{checker.LinearizableLog}) })
}

func check(b *testing.B, h *history.History, ids []string) {
	c := checker.New()
	c.Check(h, ids, checker.Options{}) // the memory is there from then on
	b.ReportAllocs()
	start := peak.Processor()
	for b.Loop() {
		c.Check(h, ids, checker.Options{})
	}
	onProcessor(b, h.Len(), start)
	perOperation(b, h.Len())
}

// onProcessor reports the time of the processor since a start.
func onProcessor(b *testing.B, operations int, start time.Duration) {
	ns := float64((peak.Processor() - start).Nanoseconds()) / float64(b.N)
	b.ReportMetric(ns/float64(operations), "processor-ns/operation")
}

func perOperation(b *testing.B, operations int) {
	ns := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	b.ReportMetric(ns/float64(operations), "ns/operation")
	b.ReportMetric(0, "ns/op")
}

// record has the size of an operation in the figures of docs/performance.md.
type record struct {
	message, kind uint32
	_             [24]byte // place, begin, end, process
}

func floor(b *testing.B, operations int) {
	records := make([]record, operations)
	for i := range records {
		records[i] = record{message: uint32(i), kind: uint32(i % 5)}
	}
	sum, start := uint64(0), peak.Processor()
	for b.Loop() {
		for i := range records {
			sum += uint64(records[i].message)
		}
	}
	if sum == 0 {
		b.Fatal("nothing was touched")
	}
	onProcessor(b, operations, start)
	perOperation(b, operations)
}

// pipeline is a history of a topic with eight partitions and four producers, of
// batches of ten. Every block of records that a consumer applies is turned round
// in groups of disorder.
func pipeline(messages, disorder int) *history.History {
	const keys, partitions, producers, batch = 10_000, 8, 4, 10
	h := new(history.History)
	name := func(prefix string, i int) string { return prefix + string(rune('0'+i)) }
	var places []history.Place
	for i := range keys {
		h.AddKey("key-" + string(rune(0x4e00+i)))
	}
	for i := range producers {
		h.AddProcess(name("producer-", i))
	}
	for i := range partitions {
		places = append(places, h.AddPlace(name("orders/", i)))
		h.AddProcess(name("consumer-", i))
	}
	broker, sink, end := h.AddProcess("broker"), h.AddSymbol("sink"), h.AddSymbol("end")
	var next [partitions]int64
	for m := 0; m < messages; m += batch {
		p := history.Process(m / batch % producers)
		part := m / batch % partitions
		consumer := history.Process(producers + part)
		at := int64(m) * 1000
		for i := range batch {
			key := history.Key((m*7919 + i/2*partitions) % keys)
			id := h.AddMessage(history.MessageInfo{Key: key, Producer: p, Index: uint32(m + i)})
			h.Append(history.Op{Kind: history.KindSend, Process: p, Message: id, Place: history.NoPlace,
				Position: history.NoPosition, Begin: at + int64(i), End: at + int64(i)})
		}
		each := func(k history.Kind, who history.Process, delay int64, group int) {
			for i := range batch {
				j := i - i%group + min(group, batch-(i-i%group)) - 1 - i%group
				op := history.Op{Kind: k, Process: who, Message: history.Message(m + j), Place: places[part],
					Position: next[part] + int64(j), Begin: at + delay + int64(i), End: at + delay + int64(i)}
				switch k {
				case history.KindAck:
					op.Begin = at + int64(j)
				case history.KindDeliver:
					op.Attempt = 1
				case history.KindApply:
					op.Attempt, op.Detail = 1, sink
				}
				h.Append(op)
			}
		}
		each(history.KindStore, broker, 100, 1)
		each(history.KindAck, p, 200, 1)
		h.Append(history.Op{Kind: history.KindPoll, Process: consumer, Message: history.NoMessage, Place: places[part],
			Position: next[part] + batch, Detail: end, Begin: at + 250, End: at + 300})
		each(history.KindDeliver, consumer, 300, 1)
		each(history.KindApply, consumer, 400, disorder)
		next[part] += batch
	}
	return h
}
