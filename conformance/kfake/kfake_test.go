// Package kfake_test puts the same requests to the simulated broker and to kfake,
// an in-memory Kafka that others wrote for the tests of their client, and compares
// the answers: offsets, errors, and the records that a consumer sees. README.md
// lists where the two differ, and why.
//
//	          requests drawn by rapid
//	               |          |
//	               v          v
//	kafka.Direct, simulated   kfake, over TCP
//	               |          |
//	               '-- equal? '
package kfake_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
	"pgregory.net/rapid"

	"orderlab/model/history"
	"orderlab/model/kafka"
)

const topic = "orders"

// both are the two brokers, asked alike.
type both struct {
	tb      rapid.TB
	ours    *kafka.Direct
	theirs  *kgo.Client
	address string // of theirs
	topic   [16]byte
	close   func()
}

// start starts both. Theirs is that of Kafka 4.0, so that it lacks what later
// versions added.
func start(tb rapid.TB, partitions int) *both {
	ours, err := kafka.NewDirect(partitions)
	if err != nil {
		tb.Fatal(err)
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(int32(partitions), topic),
		kfake.MaxVersions(kversion.V4_0_0()))
	if err != nil {
		tb.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.MaxVersions(kversion.V4_0_0()))
	if err != nil {
		tb.Fatal(err)
	}
	return &both{tb: tb, ours: ours, theirs: client, address: cluster.ListenAddrs()[0],
		close: func() { client.Close(); cluster.Close() }}
}

// answer is what a produce request is answered with.
type answer struct {
	base int64
	code string
}

// produce sends a batch of some messages to both and compares the answers.
func (b *both) produce(partition, pid int32, epoch int16, sequence int32, count int) answer {
	ours, theirs := b.produceEach(partition, pid, epoch, sequence, count)
	if ours != theirs {
		b.tb.Fatalf("partition %d, producer %d, epoch %d, sequence %d, %d records: ours %+v, theirs %+v",
			partition, pid, epoch, sequence, count, ours, theirs)
	}
	return ours
}

func (b *both) produceEach(partition, pid int32, epoch int16, sequence int32, count int) (ours, theirs answer) {
	ms := make([]history.Message, count)
	for i := range ms {
		ms[i] = b.ours.Message()
	}
	base, code, err := b.ours.Produce(partition, pid, epoch, sequence, ms...)
	if err != nil {
		b.tb.Fatal(err)
	}
	ours = answer{base, code}
	if code != "" {
		ours.base = 0
	}
	req := kmsg.NewPtrProduceRequest()
	req.Acks, req.TimeoutMillis = -1, 1000
	part := kmsg.ProduceRequestTopicPartition{Partition: partition, Records: encode(pid, epoch, sequence, ms)}
	req.Topics = []kmsg.ProduceRequestTopic{{Topic: topic, Partitions: []kmsg.ProduceRequestTopicPartition{part}}}
	resp, err := req.RequestWith(context.Background(), b.theirs)
	if err != nil {
		b.tb.Fatal(err)
	}
	p := resp.Topics[0].Partitions[0]
	theirs = answer{p.BaseOffset, name(p.ErrorCode)}
	if p.ErrorCode != 0 {
		theirs.base = 0
	}
	return ours, theirs
}

func name(code int16) string {
	if err := kerr.TypedErrorForCode(code); err != nil {
		return err.Message
	}
	return ""
}

// encode writes a record batch; the value of each record is its message's number.
func encode(pid int32, epoch int16, sequence int32, ms []history.Message) []byte {
	return encodeBatch(int64(pid), epoch, sequence, 0, ms)
}

// encodeTxn writes a batch of a transaction.
func encodeTxn(pid int64, epoch int16, sequence int32, ms []history.Message) []byte {
	return encodeBatch(pid, epoch, sequence, 0x10, ms)
}

func encodeBatch(pid int64, epoch int16, sequence int32, attributes int16, ms []history.Message) []byte {
	var records []byte
	for i, m := range ms {
		r := kmsg.Record{OffsetDelta: int32(i), Value: binary.BigEndian.AppendUint32(nil, uint32(m))}
		body := r.AppendTo(nil) // with a length of 0 in front, of one byte
		r.Length = int32(len(body) - 1)
		records = r.AppendTo(records)
	}
	batch := kmsg.RecordBatch{PartitionLeaderEpoch: -1, Magic: 2, LastOffsetDelta: int32(len(ms) - 1),
		Attributes: attributes, ProducerID: pid, ProducerEpoch: epoch, FirstSequence: sequence,
		NumRecords: int32(len(ms)), Records: records}
	if pid < 0 {
		batch.ProducerEpoch, batch.FirstSequence = -1, -1
	}
	raw := batch.AppendTo(nil)
	binary.BigEndian.PutUint32(raw[8:], uint32(len(raw)-12))
	binary.BigEndian.PutUint32(raw[17:], crc32.Checksum(raw[21:], crc32.MakeTable(crc32.Castagnoli)))
	return raw
}

// read fetches a partition from an offset of both, and compares what a consumer
// sees: the records, the high watermark, the error.
func (b *both) read(partition int32, offset int64) {
	ms, watermark, code, err := b.ours.Fetch(partition, offset)
	if err != nil {
		b.tb.Fatal(err)
	}
	req := kmsg.NewPtrFetchRequest()
	req.MaxWaitMillis, req.MinBytes, req.MaxBytes = 0, 0, 1<<20
	p := kmsg.NewFetchRequestTopicPartition()
	p.Partition, p.FetchOffset, p.PartitionMaxBytes = partition, offset, 1<<20
	req.Topics = []kmsg.FetchRequestTopic{{Topic: topic, TopicID: b.id(),
		Partitions: []kmsg.FetchRequestTopicPartition{p}}}
	resp, err := req.RequestWith(context.Background(), b.theirs)
	if err != nil {
		b.tb.Fatal(err)
	}
	got := resp.Topics[0].Partitions[0]
	theirs := fmt.Sprint(values(b.tb, got.RecordBatches, offset), got.HighWatermark, name(got.ErrorCode))
	if got.ErrorCode != 0 { // they tell the watermark here, too
		theirs = fmt.Sprint([]history.Message(nil), 0, name(got.ErrorCode))
		watermark = 0
	}
	if ours := fmt.Sprint(ms, watermark, code); ours != theirs {
		b.tb.Fatalf("partition %d from %d: ours %s, theirs %s", partition, offset, ours, theirs)
	}
}

// id returns the topic's id, which newer fetches name it by.
func (b *both) id() [16]byte {
	if b.topic == [16]byte{} {
		req := kmsg.NewPtrMetadataRequest()
		t := kmsg.NewMetadataRequestTopic()
		t.Topic = kmsg.StringPtr(topic)
		req.Topics = append(req.Topics, t)
		resp, err := req.RequestWith(context.Background(), b.theirs)
		if err != nil {
			b.tb.Fatal(err)
		}
		b.topic = resp.Topics[0].TopicID
	}
	return b.topic
}

// rawBatch is a batch of an answer.
type rawBatch struct {
	batch kmsg.RecordBatch
	bytes []byte
}

// batches takes an answer apart.
func batches(tb rapid.TB, raw []byte) (out []rawBatch) {
	for len(raw) > 0 {
		var batch kmsg.RecordBatch
		if err := batch.ReadFrom(raw); err != nil {
			tb.Fatal(err)
		}
		n := 12 + batch.Length
		out = append(out, rawBatch{batch, raw[:n]})
		raw = raw[n:]
	}
	return out
}

// values returns the messages of an answer from an offset on, without markers.
func values(tb rapid.TB, raw []byte, offset int64) []history.Message {
	var out []history.Message
	for _, x := range batches(tb, raw) {
		batch := x.batch
		if batch.Attributes&0x20 != 0 {
			continue
		}
		records := batch.Records
		for i := range batch.NumRecords {
			length, n := binary.Varint(records)
			var r kmsg.Record
			if err := r.ReadFrom(records[:n+int(length)]); err != nil {
				tb.Fatal(err)
			}
			records = records[n+int(length):]
			if batch.FirstOffset+int64(i) >= offset {
				out = append(out, history.Message(binary.BigEndian.Uint32(r.Value)))
			}
		}
	}
	return out
}

// expand adds partitions to both.
func (b *both) expand(count int) {
	if err := b.ours.Expand(count); err != nil {
		b.tb.Fatal(err)
	}
	req := kmsg.NewPtrCreatePartitionsRequest()
	req.Topics = []kmsg.CreatePartitionsRequestTopic{{Topic: topic, Count: int32(count)}}
	req.TimeoutMillis = 1000
	resp, err := req.RequestWith(context.Background(), b.theirs)
	if err != nil || resp.Topics[0].ErrorCode != 0 {
		b.tb.Fatal(err, resp)
	}
}

var requests = []string{"next", "next", "next", "again", "gap", "epoch", "old", "plain", "read", "expand"}

// TestSameAnswers draws requests: the next batch of a producer, one again, one with
// a gap, one of a new or an old epoch, without an id; reads; more partitions. Each
// producer id writes to one partition, see TestEpochOfOtherPartition.
func TestSameAnswers(t *testing.T) {
	answers := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		partitions := rapid.IntRange(1, 3).Draw(rt, "partitions")
		b := start(rt, partitions)
		defer b.close()
		type writer struct {
			epoch      int16
			next       int32
			first, len []int32 // what was accepted in the epoch
		}
		writers := make([]writer, 6)
		for range rapid.IntRange(1, 30).Draw(rt, "requests") {
			pid := int32(rapid.IntRange(0, len(writers)-1).Draw(rt, "producer"))
			w, partition := &writers[pid], pid%int32(partitions)
			count := rapid.IntRange(1, 3).Draw(rt, "records")
			what := rapid.SampledFrom(requests).Draw(rt, "request")
			epoch, sequence := w.epoch, w.next
			switch what {
			case "again":
				if len(w.first) > 0 {
					i := rapid.IntRange(0, len(w.first)-1).Draw(rt, "which")
					sequence, count = w.first[i], int(w.len[i])
				}
			case "gap":
				sequence += int32(rapid.IntRange(-2, 2).Draw(rt, "by"))
				sequence = max(0, sequence)
			case "epoch": // a new one begins with 0, see TestNewEpochOutOfOrder
				epoch, sequence = epoch+1, 0
			case "old":
				epoch = max(0, epoch-1)
			case "plain":
				b.produce(int32(rapid.IntRange(0, partitions).Draw(rt, "partition")), -1, -1, -1, count)
				continue
			case "read":
				at := int32(rapid.IntRange(0, partitions).Draw(rt, "partition"))
				b.read(at, int64(rapid.IntRange(0, 20).Draw(rt, "offset")))
				continue
			case "expand":
				if partitions < 5 {
					partitions++
					b.expand(partitions)
					writers = make([]writer, 6) // on other partitions, with other ids
				}
				continue
			}
			got := b.produce(partition, pid+int32(partitions)*100, epoch, sequence, count)
			answers[got.code]++
			if got.code != "" {
				continue
			}
			if epoch != w.epoch {
				*w = writer{epoch: epoch}
			}
			if end := sequence + int32(count); end > w.next || len(w.first) == 0 {
				w.first, w.len, w.next = append(w.first, sequence), append(w.len, int32(count)), end
			}
		}
		for p := range int32(partitions) {
			b.read(p, 0)
		}
	})
	for _, code := range []string{"", "OUT_OF_ORDER_SEQUENCE_NUMBER", "INVALID_PRODUCER_EPOCH"} {
		if answers[code] == 0 {
			t.Errorf("no request was answered with %q: %v", code, answers)
		}
	}
}

// What the broker of the model and kfake do differently, one test each. A test that
// fails here says that a difference is gone: take it out of README.md.
func differs(t *testing.T, ours, theirs, wantOurs, wantTheirs answer) {
	t.Helper()
	if ours != wantOurs || theirs != wantTheirs {
		t.Errorf("ours %+v, theirs %+v; README.md says %+v and %+v", ours, theirs, wantOurs, wantTheirs)
	}
}

// kfake keeps one epoch of a producer id for all partitions, Kafka one for each.
func TestEpochOfOtherPartition(t *testing.T) {
	b := start(t, 2)
	defer b.close()
	b.produce(0, 1, 0, 0, 1)
	b.produce(1, 1, 0, 0, 1)
	b.produce(0, 1, 1, 0, 1)
	ours, theirs := b.produceEach(1, 1, 0, 1, 1)
	differs(t, ours, theirs, answer{1, ""}, answer{0, "INVALID_PRODUCER_EPOCH"})
}

// A batch of a new epoch that does not begin with 0 is refused by both; kfake then
// takes the epoch for the current one all the same.
func TestNewEpochOutOfOrder(t *testing.T) {
	b := start(t, 1)
	defer b.close()
	b.produce(0, 1, 0, 0, 1)
	b.produce(0, 1, 1, 5, 1)
	ours, theirs := b.produceEach(0, 1, 0, 1, 1)
	differs(t, ours, theirs, answer{1, ""}, answer{0, "INVALID_PRODUCER_EPOCH"})
}

// The requests are told apart: the values come back as they were sent.
func TestValues(t *testing.T) {
	raw := encode(1, 0, 0, []history.Message{7, 300})
	if got := values(t, raw, 1); !slices.Equal(got, []history.Message{300}) {
		t.Errorf("values %v", got)
	}
}
