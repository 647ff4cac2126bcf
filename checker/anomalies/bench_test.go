package anomalies_test

import (
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/model/history"
)

// pipeline is a history in orderlab's own form: eight partitions, four producers that
// send batches of ten and have several under way, a consumer for each partition.
func pipeline(messages int) *history.History {
	const partitions, producers, batch = 8, 4, 10
	h := new(history.History)
	for i := range producers {
		h.AddProcess("producer-" + string(rune('0'+i)))
	}
	for i := range partitions {
		h.AddProcess("consumer-" + string(rune('0'+i)))
		h.AddPlace("orders/" + string(rune('0'+i)))
	}
	var next [partitions]int64
	for m := 0; m < messages; m += batch {
		p, part, at := history.Process(m/batch%producers), m/batch%partitions, int64(m)*1000
		op := history.Op{Process: p, Position: history.NoPosition}
		each := func(k history.Kind, delay int64) {
			for i := range batch {
				op.Kind, op.Message = k, history.Message(m+i)
				op.Begin = at + delay + int64(i)
				if op.End = op.Begin; k == history.KindAck {
					op.Begin = at + int64(i)
				}
				if op.Place = history.NoPlace; k != history.KindSend {
					op.Place, op.Position = history.Place(part), next[part]+int64(i)
				}
				h.Append(op)
			}
		}
		for i := range batch {
			h.AddMessage(history.MessageInfo{Key: history.NoKey, Producer: p, Index: uint32(m + i)})
		}
		each(history.KindSend, 0)
		each(history.KindAck, 15_000)
		op.Process = history.Process(producers + part)
		h.Append(history.Op{Kind: history.KindPoll, Process: op.Process, Message: history.NoMessage,
			Place: history.Place(part), Position: next[part] + batch, Begin: at + 16_000, End: at + 16_000})
		each(history.KindDeliver, 16_000)
		next[part] += batch
	}
	return h
}

// BenchmarkRecorded is what the anomalies of a million messages in orderlab's own form
// cost, three operations each: to see them as operations on logs, and to judge them.
func BenchmarkRecorded(b *testing.B) {
	const messages = 1_000_000
	h := pipeline(messages)
	perMessage := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/messages, "ns/message")
	}
	b.Run("convert", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			anomalies.FromHistory(h)
		}
		perMessage(b)
	})
	r := anomalies.FromHistory(h)
	b.Run("check", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, f := range anomalies.Check(&r.History, anomalies.Log, nil, anomalies.Options{}) {
				if f.Status != anomalies.Holds {
					b.Fatalf("%s: %s", f.ID, f.Text)
				}
			}
		}
		perMessage(b)
	})
}
