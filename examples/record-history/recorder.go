// Command record-history shows how a real Kafka client records a history that
// orderlab check can judge: a line where a message is sent, answered, handed over
// and takes effect. It sends a few messages and consumes them again.
//
//	go run . -brokers localhost:9092 -topic orders > recorded.jsonl
//	orderlab check recorded.jsonl --guarantee per-key-order --guarantee no-loss
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// line is a line of a history; docs/history.md describes the fields.
type line map[string]any

// recorder writes lines, from any goroutine, in the order of its calls.
type recorder struct {
	mu  sync.Mutex
	out *json.Encoder
	now func() int64
}

func newRecorder(w io.Writer) *recorder {
	start := time.Now() // one clock for all times, and a monotonic one
	r := &recorder{out: json.NewEncoder(w), now: func() int64 { return time.Since(start).Nanoseconds() }}
	r.write(line{"history": 1})
	return r
}

func (r *recorder) write(l line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.out.Encode(l); err != nil {
		log.Fatal("cannot record: ", err) // half a history would prove nothing
	}
}

// event records that something happens to a message now.
func (r *recorder) event(op, process string, rec *kgo.Record, more line) {
	l := line{"op": op, "process": process, "message": name(rec), "key": string(rec.Key), "at": r.now()}
	for field, value := range more {
		l[field] = value
	}
	r.write(l)
}

// name is the message's own name, which travels in a header.
func name(rec *kgo.Record) string {
	for _, h := range rec.Headers {
		if h.Key == "id" {
			return string(h.Value)
		}
	}
	return fmt.Sprintf("%s-%d-%d", rec.Topic, rec.Partition, rec.Offset)
}

// stored says where a message lies.
func stored(rec *kgo.Record) line {
	return line{"place": fmt.Sprintf("%s/%d", rec.Topic, rec.Partition), "position": rec.Offset}
}

// send records a send and its answer.
func send(ctx context.Context, cl *kgo.Client, r *recorder, process string, rec *kgo.Record) {
	r.event("send", process, rec, nil)
	cl.Produce(ctx, rec, func(rec *kgo.Record, err error) {
		if err != nil { // the broker may have it all the same
			r.event("ack", process, rec, line{"outcome": "unknown", "error": err.Error()})
			return
		}
		r.event("ack", process, rec, stored(rec))
	})
}

// consume records what a consumer is handed, and the effects of apply, until it has
// had so many messages.
func consume(ctx context.Context, cl *kgo.Client, r *recorder, process string, n int, apply func(*kgo.Record)) error {
	for n > 0 {
		fetches := cl.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		for _, rec := range fetches.Records() {
			r.event("deliver", process, rec, stored(rec))
			begin := r.now()
			apply(rec) // the effect that should be in order
			l := stored(rec)
			l["op"], l["process"], l["message"], l["sink"] = "apply", process, name(rec), "invoices"
			l["begin"], l["end"] = begin, r.now()
			r.write(l)
			n--
		}
	}
	return cl.CommitUncommittedOffsets(ctx)
}

// record sends so many messages about a few orders, and consumes them.
func record(ctx context.Context, out io.Writer, brokers, topic string, n int) error {
	cl, err := kgo.NewClient(kgo.SeedBrokers(brokers), kgo.DefaultProduceTopic(topic), kgo.ConsumeTopics(topic),
		kgo.ConsumerGroup("billing"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return err
	}
	defer cl.Close()
	r := newRecorder(out)
	for i := range n {
		send(ctx, cl, r, "shop", &kgo.Record{
			Key: fmt.Appendf(nil, "order-%d", i%7), Value: []byte("paid"),
			Headers: []kgo.RecordHeader{{Key: "id", Value: fmt.Appendf(nil, "order-%d/%d", i%7, i/7)}},
		})
	}
	if err := cl.Flush(ctx); err != nil {
		return err
	}
	return consume(ctx, cl, r, "billing-0", n, func(*kgo.Record) {})
}

func main() {
	brokers := flag.String("brokers", "localhost:9092", "a broker of the cluster")
	topic := flag.String("topic", "orders", "an empty topic")
	n := flag.Int("messages", 100, "how many to send")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := record(ctx, os.Stdout, *brokers, *topic, *n); err != nil {
		log.Fatal(err)
	}
}
