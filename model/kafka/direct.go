package kafka

import (
	"fmt"
	"slices"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// Direct is one broker that is asked by hand, request by request, as conformance
// tests do that put the same requests to another implementation of Kafka. Each
// request goes over the simulated network and is answered before the next.
type Direct struct {
	sim    *sim.Engine
	hist   history.History
	rec    model.Recorder
	w      *world
	node   sim.NodeID
	conn   sim.Conn
	open   bool
	answer *sim.Frame
	lines  []*directLine // of the members of its group
}

// NewDirect starts a broker with a topic of so many partitions, one replica each.
func NewDirect(partitions int) (*Direct, error) {
	d := &Direct{sim: sim.New(1, sim.Limits{})}
	d.rec.Reset(d.sim, &d.hist)
	topic := model.Values{}.Set("partitions", model.IntegerValue(int64(partitions)))
	// The first member does not wait for others.
	broker := model.Values{}.Set("group.initial.rebalance.delay.ms", model.DurationValue(0))
	built, err := build(&model.Env{Sim: d.sim, Recorder: &d.rec}, &model.Plan{
		Config: model.Config{Profile: profiles()[0], Top: model.Values{}.Set("brokers", model.IntegerValue(1)),
			Sections: []model.ConfigSection{{Name: "broker", Values: broker},
				{Name: "topics", Entries: []model.ConfigEntry{{Name: "direct", Values: topic}}}}},
		Topic: "direct", KeyNames: []string{"key-0"}, RecordSize: 100,
	})
	if err != nil {
		return nil, err
	}
	d.w = built.(*world)
	d.w.addTxn("direct")
	d.w.beginTxns()
	d.node = d.sim.AddNode("direct", d)
	d.conn = d.sim.Open(d.node, d.w.brokers[0].node, sim.Named("direct"))
	return d, d.until(func() bool { return d.open })
}

// until runs the world until something is so, at most for a virtual minute.
func (d *Direct) until(so func() bool) error {
	for limit := d.sim.Now() + sim.Minute; !so(); {
		if d.sim.Now() > limit || d.sim.Step(1) != sim.Running {
			return fmt.Errorf("kafka: no answer by %v", d.sim.Now())
		}
	}
	return nil
}

func (d *Direct) ask(f sim.Frame) (sim.Frame, error) {
	d.answer = nil
	d.sim.Send(d.node, d.conn, f)
	if err := d.until(func() bool { return d.answer != nil }); err != nil {
		return sim.Frame{}, err
	}
	return *d.answer, nil
}

// Message names another message, to be produced.
func (d *Direct) Message() history.Message {
	return d.rec.Arrive(history.MessageInfo{Index: uint32(d.hist.Messages())})
}

// Produce sends a batch to a partition with acks=all, as a producer id (-1 for
// none) with its epoch and the sequence of the first message. It returns the offset
// of the first, and the name of Kafka's error, "" for none.
func (d *Direct) Produce(partition, pid int32, epoch int16, sequence int32, ms ...history.Message) (
	base int64, code string, err error) {
	return d.produce(-1, partition, pid, epoch, sequence, ms)
}

func (d *Direct) produce(txn, partition, pid int32, epoch int16, sequence int32, ms []history.Message) (
	base int64, code string, err error) {
	id, body := d.w.arena.bodies.produce.Take()
	*body = produceBody{pid: pid, txn: txn, acks: "all", timeout: sim.Minute, batches: []produceBatch{
		{partition: partition, sequence: sequence, epoch: epoch, records: ms}}}
	f, err := d.ask(sim.Frame{Kind: frameProduce, Body: id, Size: 100})
	if err != nil {
		return 0, "", err
	}
	pb := d.w.arena.bodies.produce.At(f.Body).batches[0]
	d.w.arena.bodies.produce.Put(f.Body)
	return pb.base, pb.err.String(), nil
}

// Fetch reads a partition from an offset, as a consumer, without waiting. It
// returns the messages from the offset on, the high watermark, and the name of
// Kafka's error.
func (d *Direct) Fetch(partition int32, offset int64) (ms []history.Message, watermark int64, code string, err error) {
	return d.fetch(partition, offset, false)
}

func (d *Direct) fetch(partition int32, offset int64, committed bool) (
	ms []history.Message, watermark int64, code string, err error) {
	id, body := d.w.arena.bodies.fetch.Take()
	*body = fetchBody{follower: -1, committed: committed, parts: []fetchPart{{partition: partition, offset: offset}},
		maxWait: 0, partMax: mib, max: 50 * mib}
	f, err := d.ask(sim.Frame{Kind: frameFetch, Body: id, Size: 100})
	if err != nil {
		return nil, 0, "", err
	}
	a := d.w.arena
	fetched := a.bodies.fetched.At(f.Body)
	p := fetched.parts[0]
	skipping := completed{aborted: slices.Clone(fetched.aborted)}
	for _, ref := range fetched.refs[p.from:p.to] {
		b := &a.batches[ref]
		if b.transactional && skipping.skips(b) {
			continue
		}
		for i, m := range a.records[b.first : b.first+b.count] {
			if b.base+int64(i) >= offset {
				ms = append(ms, m)
			}
		}
	}
	a.bodies.fetched.Put(f.Body)
	return ms, p.watermark, p.err.String(), nil
}

// Expand adds partitions, up to a count, and waits until the broker has them.
func (d *Direct) Expand(count int) error {
	d.w.Expand("direct", count)
	return d.until(func() bool {
		return len(d.w.brokers[0].leaders) == count && d.w.brokers[0].leading(int32(count-1)) != nil
	})
}

// Opened implements [sim.Node].
func (d *Direct) Opened(c sim.Conn) { d.opened(c) }

// Receive implements [sim.Node].
func (d *Direct) Receive(c sim.Conn, f *sim.Frame) {
	if d.received(c, f) {
		return
	}
	answer := *f
	d.answer = &answer
}

// Closed implements [sim.Node].
func (d *Direct) Closed(sim.Conn, sim.Closing) {}

// Timer implements [sim.Node].
func (d *Direct) Timer(sim.Kind, uint64) {}

// Crashed implements [sim.Node].
func (d *Direct) Crashed() {}

// Restarted implements [sim.Node].
func (d *Direct) Restarted() {}

// Digest implements [sim.Node].
func (d *Direct) Digest(*sim.Digest) {}
