package kfake_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
	"pgregory.net/rapid"

	"orderlab/model/history"
)

const txnID = "direct"

// ids are a producer id and epoch, ours and theirs: theirs are drawn by kfake.
type ids struct {
	ours, epoch int32
	theirs      int64
	theirEpoch  int16
}

// init starts a transactional producer on both. One that is open is aborted first;
// while that is under way both say so, and are asked again.
func (b *both) init() ids {
	b.tb.Helper()
	var out ids
	for range 10 {
		pid, epoch, code, err := b.ours.InitTransactions()
		if err != nil {
			b.tb.Fatal(err)
		}
		if out.ours, out.epoch = pid, int32(epoch); code != "CONCURRENT_TRANSACTIONS" {
			break
		}
	}
	req := kmsg.NewPtrInitProducerIDRequest()
	req.TransactionalID, req.TransactionTimeoutMillis = kmsg.StringPtr(txnID), 60_000
	for range 10 {
		resp, err := req.RequestWith(context.Background(), b.theirs)
		if err != nil {
			b.tb.Fatal(err)
		}
		out.theirs, out.theirEpoch = resp.ProducerID, resp.ProducerEpoch
		if name(resp.ErrorCode) != "CONCURRENT_TRANSACTIONS" {
			break
		}
	}
	return out
}

// produceIn sends a batch of a transaction to both and compares the answers.
func (b *both) produceIn(p ids, partition, sequence int32, count int) answer {
	b.tb.Helper()
	ms := make([]history.Message, count)
	for i := range ms {
		ms[i] = b.ours.Message()
	}
	base, code, err := b.ours.ProduceInTransaction(partition, p.ours, int16(p.epoch), sequence, ms...)
	if err != nil {
		b.tb.Fatal(err)
	}
	ours := answer{base, code}
	req := kmsg.NewPtrProduceRequest()
	req.TransactionID, req.Acks, req.TimeoutMillis = kmsg.StringPtr(txnID), -1, 1000
	part := kmsg.ProduceRequestTopicPartition{Partition: partition,
		Records: encodeTxn(p.theirs, p.theirEpoch, sequence, ms)}
	req.Topics = []kmsg.ProduceRequestTopic{{Topic: topic, Partitions: []kmsg.ProduceRequestTopicPartition{part}}}
	resp, err := req.RequestWith(context.Background(), b.theirs)
	if err != nil {
		b.tb.Fatal(err)
	}
	got := resp.Topics[0].Partitions[0]
	theirs := answer{got.BaseOffset, name(got.ErrorCode)}
	if ours.code != "" {
		ours.base = 0
	}
	if theirs.code != "" {
		theirs.base = 0
	}
	if ours != theirs {
		b.tb.Fatalf("partition %d, epoch %d, sequence %d, %d records: ours %+v, theirs %+v",
			partition, p.epoch, sequence, count, ours, theirs)
	}
	return ours
}

// end ends the transaction on both and compares the answers; it raises the epoch.
func (b *both) end(p *ids, commit bool) string {
	b.tb.Helper()
	next, code, err := b.ours.EndTransaction(p.ours, int16(p.epoch), commit)
	if err != nil {
		b.tb.Fatal(err)
	}
	req := kmsg.NewPtrEndTxnRequest()
	req.TransactionalID, req.ProducerID, req.ProducerEpoch, req.Commit = txnID, p.theirs, p.theirEpoch, commit
	resp, err := req.RequestWith(context.Background(), b.theirs)
	if err != nil {
		b.tb.Fatal(err)
	}
	ours := fmt.Sprint(int32(next)-p.epoch, code)
	theirs := fmt.Sprint(int32(resp.ProducerEpoch)-int32(p.theirEpoch), name(resp.ErrorCode))
	if code != "" {
		ours, theirs = code, name(resp.ErrorCode)
	}
	if ours != theirs {
		b.tb.Fatalf("end of the transaction, commit %v: the epoch rises by ours %s, theirs %s", commit, ours, theirs)
	}
	if code == "" {
		p.epoch, p.theirs, p.theirEpoch = int32(next), resp.ProducerID, resp.ProducerEpoch
	}
	return code
}

// readCommitted fetches committed records of both and compares what a consumer sees:
// the records, the last stable offset and the high watermark.
func (b *both) readCommitted(partition int32, offset int64) int {
	b.tb.Helper()
	ms, stable, watermark, code, err := b.ours.FetchCommitted(partition, offset)
	if err != nil {
		b.tb.Fatal(err)
	}
	req := kmsg.NewPtrFetchRequest()
	req.MaxWaitMillis, req.MinBytes, req.MaxBytes, req.IsolationLevel = 0, 0, 1<<20, 1
	p := kmsg.NewFetchRequestTopicPartition()
	p.Partition, p.FetchOffset, p.PartitionMaxBytes = partition, offset, 1<<20
	req.Topics = []kmsg.FetchRequestTopic{{Topic: topic, TopicID: b.id(),
		Partitions: []kmsg.FetchRequestTopicPartition{p}}}
	resp, err := req.RequestWith(context.Background(), b.theirs)
	if err != nil {
		b.tb.Fatal(err)
	}
	got := resp.Topics[0].Partitions[0]
	if code != "" || got.ErrorCode != 0 {
		if name(got.ErrorCode) != code {
			b.tb.Fatalf("partition %d from %d: ours %s, theirs %s", partition, offset, code, name(got.ErrorCode))
		}
		return 0
	}
	theirs := fmt.Sprint(committedValues(b.tb, &got, offset), got.LastStableOffset, got.HighWatermark)
	if ours := fmt.Sprint(ms, stable, watermark); ours != theirs {
		b.tb.Fatalf("partition %d from %d, committed: ours %s, theirs %s", partition, offset, ours, theirs)
	}
	return len(ms)
}

// committedValues drops the records of aborted transactions as a client does.
func committedValues(tb rapid.TB, got *kmsg.FetchResponseTopicPartition, offset int64) []history.Message {
	var out []history.Message
	aborted := slices.Clone(got.AbortedTransactions)
	dead := map[int64]bool{}
	for _, raw := range batches(tb, got.RecordBatches) {
		batch := raw.batch
		last := batch.FirstOffset + int64(batch.LastOffsetDelta)
		aborted = slices.DeleteFunc(aborted, func(a kmsg.FetchResponseTopicPartitionAbortedTransaction) bool {
			if a.FirstOffset <= last {
				dead[a.ProducerID] = true
			}
			return a.FirstOffset <= last
		})
		switch {
		case batch.Attributes&0x20 != 0: // a marker
			delete(dead, batch.ProducerID)
		case batch.Attributes&0x10 != 0 && dead[batch.ProducerID]:
		default:
			out = append(out, values(tb, raw.bytes, offset)...)
		}
	}
	return out
}

// TestSameTransactions draws the life of a transactional producer: batches that
// follow, are sent again or have a gap; commits and aborts, also twice; a new instance
// of the producer, and what the old one still sends; batches of others in between; and
// reads at both isolation levels.
func TestSameTransactions(t *testing.T) {
	codes, seen := map[string]int{}, 0
	rapid.Check(t, func(rt *rapid.T) {
		b := start(rt, 2)
		defer b.close()
		now := b.init()
		old := now
		next, oldNext, others := map[int32]int32{}, map[int32]int32{}, int32(0)
		open := false
		for range rapid.IntRange(1, 30).Draw(rt, "requests") {
			partition := int32(rapid.IntRange(0, 1).Draw(rt, "partition"))
			count := rapid.IntRange(1, 3).Draw(rt, "records")
			what := rapid.SampledFrom([]string{"next", "next", "next", "other", "end", "end", "again", "gap", "instance", "instance",
				"zombie", "zombie", "zombie end", "read", "committed"}).Draw(rt, "request")
			code := ""
			switch what {
			case "next":
				if code = b.produceIn(now, partition, next[partition], count).code; code == "" {
					next[partition] += int32(count)
					open = true
				}
			case "gap":
				if next[partition] > 0 {
					code = b.produceIn(now, partition, next[partition]+1, count).code
				}
			case "other":
				b.produce(partition, -1, -1, -1, count)
				others++
			case "end":
				if open { // see TestEndOfNothing
					code = b.end(&now, rapid.Bool().Draw(rt, "commit"))
					next, open = map[int32]int32{}, false
				}
			case "instance":
				old, oldNext = now, next
				now, next, open = b.init(), map[int32]int32{}, false
			case "zombie":
				if old == now || oldNext[partition] == 0 {
					break
				}
				if next[partition] == 0 { // the new one has written there before, see TestFencedBatchAddsPartition
					if b.produceIn(now, partition, 0, count).code != "" {
						break
					}
					next[partition], open = int32(count), true
				}
				code = b.produceIn(old, partition, oldNext[partition], count).code
			case "zombie end":
				if old != now && open { // see TestZombieEndsNothing
					fenced := old
					code = b.end(&fenced, true)
				}
			case "read":
				b.read(partition, int64(rapid.IntRange(0, 20).Draw(rt, "offset")))
			case "committed":
				seen += b.readCommitted(partition, int64(rapid.IntRange(0, 20).Draw(rt, "offset")))
			}
			codes[code]++
		}
		for p := range int32(2) {
			b.read(p, 0)
			seen += b.readCommitted(p, 0)
		}
	})
	answered(t, codes, "", "INVALID_PRODUCER_EPOCH", "PRODUCER_FENCED", "OUT_OF_ORDER_SEQUENCE_NUMBER")
	if seen == 0 {
		t.Error("no committed record was read")
	}
}

// answered checks that each of the codes was an answer.
func answered(t *testing.T, codes map[string]int, want ...string) {
	t.Helper()
	for _, code := range want {
		if codes[code] == 0 {
			t.Errorf("no request was answered with %q: %v", code, codes)
		}
	}
}
