package kafka

import (
	"fmt"
	"testing"

	"orderlab/model/history"
	"orderlab/sim"

	"pgregory.net/rapid"
)

// weather is a small cluster and what happens to it, drawn as data.
type weather struct {
	brokers, producers int
	seed               uint64 // of the latencies and all else that the model asks for
	set                [][3]string
	steps              []step
}

// step is one thing that happens, and how long nothing else does.
type step struct {
	what       deed
	one, other int // numbers of nodes, modulo how many there are
	count      int
	wait       sim.Time
}

// deed is what happens in a step.
type deed int

const (
	send    deed = iota // some messages
	crash               // a broker's process dies
	restart             // a broker is started again
	block               // a link of a broker, in one direction or both
	unblock             // a link
	calm                // all links of a broker
	late                // what the controller tells a broker comes late, or no longer
	freeze              // a broker stands still, or no longer
	reset               // a producer loses a connection
	operate             // an operator reassigns, gives leaders back, or stops a broker in order
)

// deeds are drawn from here: what is named often happens often.
var deeds = []deed{send, send, send, crash, restart, restart, block, block, unblock, calm, late, freeze, reset, reset,
	operate}

// weathers draws a cluster of three to five brokers with three replicas, its settings,
// and 30 to 60 steps.
func weathers() *rapid.Generator[weather] {
	return rapid.Custom(func(t *rapid.T) weather {
		w := weather{brokers: rapid.IntRange(3, 5).Draw(t, "brokers"),
			producers: rapid.IntRange(1, 3).Draw(t, "producers"), seed: rapid.Uint64().Draw(t, "seed")}
		pick := func(section, name string, values ...string) {
			w.set = append(w.set, [3]string{section, name, rapid.SampledFrom(values).Draw(t, name)})
		}
		pick("topic", "partitions", "1", "2", "4")
		pick("broker", "replica.lag.time.max.ms", "1s", "3s")
		pick("broker", "broker.session.timeout.ms", "900ms", "2s")
		pick("broker", "leader.imbalance.check.interval.seconds", "1", "3")
		pick("broker", "replica.fetch.wait.max.ms", "100ms", "500ms")
		pick("producer", "linger.ms", "0s", "2ms", "20ms")
		pick("producer", "batch.size", "1", "300", "16384")
		pick("producer", "max.in.flight.requests.per.connection", "1", "2", "5")
		pick("producer", "request.timeout.ms", "400ms", "5s")
		pick("client", "metadata.max.age.ms", "300ms", "5s")
		w.steps = rapid.SliceOfN(rapid.Custom(drawStep), 30, 60).Draw(t, "steps")
		return w
	})
}

func drawStep(t *rapid.T) step {
	return step{what: rapid.SampledFrom(deeds).Draw(t, "what"), one: rapid.IntRange(0, 59).Draw(t, "one"),
		other: rapid.IntRange(0, 59).Draw(t, "other"), count: rapid.IntRange(1, 6).Draw(t, "count"),
		wait: sim.Time(rapid.SampledFrom([]int64{2, 10, 50, 400, 1500}).Draw(t, "wait")) * sim.Millisecond}
}

// twist weakens the cluster or makes its weather worse.
type twist struct {
	set      [][3]string
	machines bool // brokers die with their machines, and lose what was not synced
	cold     bool // the weather begins before the producers' first batches are stored
}

// storm is a cluster in its weather.
type storm struct {
	b     *bench
	w     *weather
	x     twist
	nodes []sim.NodeID // the brokers, the controller, the producers
	acked []history.Message
	// logs are the committed batches of each partition, and replicas how many of
	// them a replica had below its high watermark; see [storm.look].
	logs     [][]uint32
	replicas map[[2]int]held
	changed  string
}

// held is how many committed batches a replica had.
type held struct {
	r       *replica
	batches int
}

// run lets the weather pass over the cluster, and then everything heal.
func (w *weather) run(t testing.TB, x twist) *storm {
	s := newSetup().must("topic", "replicas", "3").must("topic", "min.insync.replicas", "2").
		must("broker", "broker.heartbeat.interval.ms", "200ms").
		must("producer", "delivery.timeout.ms", "10s")
	s.brokers, s.producers = w.brokers, w.producers
	for _, v := range append(w.set[:len(w.set):len(w.set)], x.set...) {
		s.must(v[0], v[1], v[2])
	}
	c := &storm{b: s.build(t), w: w, x: x, replicas: map[[2]int]held{}}
	c.b.sim.SetSource(sim.Random{Seed: w.seed})
	for _, y := range c.b.w.brokers {
		c.nodes = append(c.nodes, y.node)
	}
	c.nodes = append(c.nodes, c.b.w.controller.node)
	for _, p := range c.b.w.producers {
		c.nodes = append(c.nodes, p.node)
	}
	c.pass(100 * sim.Millisecond)
	if !x.cold {
		c.greet()
	}
	for i := range w.steps {
		c.step(i)
		c.pass(w.steps[i].wait)
	}
	c.heal()
	return c
}

// greet has every producer send a message of every key, so that all partitions know it.
func (c *storm) greet() {
	for p := range c.w.producers {
		for _, key := range keyNames[:6] {
			c.b.send(p, key)
		}
	}
	c.pass(200 * sim.Millisecond)
}

// pass lets time pass, and looks at the logs after every event.
func (c *storm) pass(d sim.Time) {
	over := false
	c.b.sim.At(c.b.sim.Now()+d, func() { over = true })
	for !over && c.b.sim.Step(1) == sim.Running {
		c.look()
	}
}

// step does what the i-th step says.
func (c *storm) step(i int) {
	st, b := &c.w.steps[i], c.b
	e := b.sim
	one, other := c.nodes[st.one%c.w.brokers], c.nodes[st.other%len(c.nodes)]
	if st.other%3 == 0 {
		other = b.w.controller.node
	}
	producer := st.one % c.w.producers
	switch st.what {
	case send:
		for k := range st.count {
			b.send(producer, keyNames[(st.other+k)%6])
		}
	case crash:
		if c.x.machines {
			e.CrashMachine(one, sim.ID(i))
		} else {
			e.Crash(one)
		}
	case restart:
		e.Restart(one, 0)
	case block:
		if one == other {
			return
		}
		if st.count <= 4 {
			e.Block(one, other)
		}
		if st.count >= 3 {
			e.Block(other, one)
		}
	case unblock:
		c.unblock(one, other)
	case calm:
		for _, n := range c.nodes {
			c.unblock(one, n)
		}
	case late:
		c.late(one, sim.Time(st.count/2)*sim.Second)
	case freeze:
		if e.Paused(one) {
			e.Resume(one)
		} else {
			e.Pause(one)
		}
	case reset:
		if peers := b.w.producers[producer].peers; st.other < len(peers) || len(peers) > 0 {
			if conn := peers[st.other%len(peers)].conn; conn != sim.NoConn {
				e.Break(conn)
			}
		}
	case operate:
		c.operate(st)
	}
}

// operate lets an operator do something.
func (c *storm) operate(st *step) {
	w := c.b.w
	partition := int32(st.one % len(w.controller.parts))
	switch st.count {
	case 1:
		w.ask(action{kind: faultCancel, partition: partition})
	case 2:
		w.ask(action{kind: faultElect})
	case 3:
		w.stop(w.brokers[st.one%c.w.brokers])
	default:
		var brokers []int8
		for i := range 3 {
			brokers = append(brokers, int8((st.other+i)%c.w.brokers))
		}
		w.ask(action{faultReassign, partition, brokers})
	}
}

func (c *storm) unblock(one, other sim.NodeID) {
	if one == other {
		return
	}
	c.b.sim.Unblock(one, other)
	c.b.sim.Unblock(other, one)
}

// late has what the controller tells a broker take longer.
func (c *storm) late(broker sim.NodeID, by sim.Time) {
	c.b.sim.SetLinkLatency(c.b.w.controller.node, broker, sim.Constant(int64(by+sim.Millisecond)))
}

// heal ends everything and waits until the cluster is whole and everything is
// answered, as far as it will be.
func (c *storm) heal() {
	for range len(c.w.steps) { // blocks add up
		for _, n := range c.nodes {
			for _, m := range c.nodes {
				if n != m {
					c.b.sim.Unblock(n, m)
				}
			}
		}
	}
	for _, n := range c.nodes[:c.w.brokers] {
		c.b.sim.Resume(n)
		c.late(n, 0)
	}
	for range 2 { // one that stood still may have been asked to stop meanwhile
		c.pass(sim.Second)
		for _, y := range c.b.w.brokers {
			c.b.w.bringUp(y)
		}
	}
	// After a long silence a connection may take as long again to find out: a broker may
	// be made a leader meanwhile and not hear of it, so that what was settled is so no more.
	for limit := c.b.sim.Now() + 200*sim.Second; c.b.sim.Now() < limit; {
		for !c.settled() && c.b.sim.Now() < limit {
			c.pass(sim.Second)
		}
		if c.pass(2 * sim.Second); c.settled() {
			break
		}
	}
	for i := range c.b.hist.Len() {
		if op := c.b.hist.Op(i); op.Kind == history.KindAck && op.Outcome == history.OK {
			c.acked = append(c.acked, op.Message)
		}
	}
}

// settled says that each partition has a leader that knows it, and that every send was
// answered.
func (c *storm) settled() bool {
	for p := range c.b.w.controller.leaders {
		if c.b.w.leader(int32(p)) == nil {
			return false
		}
	}
	return c.b.rec.Unanswered == 0
}

// look compares what lies below the high watermark of each replica with what lay
// below that of any before. A log grows and is cut at its end only, so where the last
// batch that a replica had is in its place, all before it are.
func (c *storm) look() {
	for i, y := range c.b.w.brokers {
		for p, r := range y.replicas {
			if r == nil {
				continue
			}
			for p >= len(c.logs) {
				c.logs = append(c.logs, nil)
			}
			at := [2]int{i, p}
			had := 0
			if h := c.replicas[at]; h.r == r { // else it is a new one, after a reassignment
				had = h.batches
			}
			if had > 0 && (len(r.log.batches) < had || r.log.batches[had-1] != c.logs[p][had-1]) {
				c.change("broker-%d has changed its log of partition %d at %v, where %d batches were committed", i, p, c.b.sim.Now(), had)
			}
			c.replicas[at] = held{r, c.grow(i, p, had)}
		}
	}
}

// grow takes up what has newly come below a replica's high watermark, and returns how
// many batches lie below it, or did.
func (c *storm) grow(broker, p, had int) int {
	r := c.b.w.brokers[broker].replicas[p]
	n := had
	for ; n < len(r.log.batches) && c.b.w.arena.batches[r.log.batches[n]].next() <= r.watermark; n++ {
		switch id := r.log.batches[n]; {
		case n == len(c.logs[p]):
			c.logs[p] = append(c.logs[p], id)
		case c.logs[p][n] != id:
			c.change("broker-%d has another batch committed in partition %d at %v, as number %d", broker, p, c.b.sim.Now(), n)
		}
	}
	return n
}

// change keeps the first change of what was committed.
func (c *storm) change(format string, args ...any) {
	if c.changed == "" {
		c.changed = fmt.Sprintf(format, args...)
	}
}

// breaches says what is wrong in the end: messages that were acked and are in no
// leader's log, are there twice, or stand behind a later one of their producer and
// key; a change of what was committed; and the findings of the run.
func (c *storm) breaches() []string {
	b := c.b
	var out []string
	seen := map[history.Message]int{}
	last := map[string]uint32{}
	for p := range b.w.controller.leaders {
		r := b.w.leader(int32(p))
		if r == nil {
			return []string{"unavailable"}
		}
		for _, id := range r.log.batches {
			x := &b.w.arena.batches[id]
			for _, m := range b.w.arena.records[x.first : x.first+x.count] {
				if seen[m]++; seen[m] > 1 {
					out = append(out, "twice: "+b.message(m))
					continue
				}
				info := b.hist.Message(m)
				of := fmt.Sprint(info.Producer, " ", info.Key)
				if last[of] > info.Index {
					out = append(out, "reordered: "+b.message(m))
				}
				last[of] = info.Index
			}
		}
	}
	for _, m := range c.acked {
		if seen[m] == 0 {
			out = append(out, "lost: "+b.message(m))
		}
	}
	if c.changed != "" {
		out = append(out, "changed: "+c.changed)
	}
	for _, f := range b.w.Findings() {
		out = append(out, "found: "+f)
	}
	return out
}
