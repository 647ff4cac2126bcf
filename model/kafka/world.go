package kafka

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// world is a Kafka cluster with its producers and its consumer group, in one
// run.
type world struct {
	sim   *sim.Engine
	rec   *model.Recorder
	hist  *history.History
	arena *arena
	cfg   config

	controller  *controller
	brokers     []*broker
	producers   []*producer
	consumers   []*consumer
	partitioner model.Partitioner

	places   []history.Place // by partition, also of partitions to come
	hashes   []uint32        // murmur2 of each key
	hashings []*hashing      // how producers hash keys
	group    *coordinator    // the group as the offsets topic has it
	findings findings
	resend   bool // the application sends again what failed
	txns     []*txn
	pids     int32 // producer ids given to transactional producers
	actions  []action
	rolls    []roll

	symCrash, symEnd, symAssigned, symRevoked, symLost history.Symbol
}

// build makes the world of one run.
func build(env *model.Env, plan *model.Plan) (model.World, error) {
	a, ok := env.Reuse.(*arena)
	if !ok {
		a = new(arena)
		env.Reuse = a
	}
	a.reset(env.Recorder.Expected())
	w := &world{sim: env.Sim, rec: env.Recorder, hist: env.Recorder.History(), arena: a,
		cfg: resolve(plan), partitioner: plan.Partitioner}
	env.Sim.SetLatency(w.cfg.latency)
	env.Sim.Dropped = a.bodies.drop
	w.name(plan)
	w.addServers()
	if err := w.addProducers(plan); err != nil {
		return nil, err
	}
	for i := range plan.Consumers.Members {
		c := newConsumer(w, i, fmt.Sprintf("%s-%d", plan.Consumers.Group, i))
		c.app = plan.NewApp(c, &model.AppHost{Sim: w.sim, Node: c.node, Recorder: w.rec,
			Process: c.process, TimerKind: uint16(timerApp)})
		if w.cfg.outputs {
			c.out = newOutputTxn(c)
		}
		w.consumers = append(w.consumers, c)
	}
	w.limitBandwidth()
	w.beginTxns()
	for _, p := range w.producers {
		p.refresh()
	}
	for _, c := range w.consumers {
		c.start()
	}
	return w, nil
}

// addProducers starts the producers, each with the settings of its own where there
// are some.
func (w *world) addProducers(plan *model.Plan) error {
	c := &plan.Config
	all, client := c.Section("producer").Values, c.Section("client").Values
	settings := producerSettings(c.Profile)
	resend, _ := plan.App.Get(model.ResendFailed)
	w.resend = resend.Int != 0
	for _, one := range c.Section("producers").Entries {
		if !slices.Contains(plan.Producers, one.Name) {
			return fmt.Errorf("kafka: producers.%s: the workload has no such producer, only %v", one.Name, plan.Producers)
		}
	}
	for i, name := range plan.Producers {
		cfg := &w.cfg.producer
		for _, one := range c.Section("producers").Entries {
			if one.Name == name {
				own := resolveProducer(model.Resolve(settings, one.Values, all, client))
				cfg = &own
			}
		}
		p := newProducer(w, i, name, cfg)
		if cfg.transactional != "" {
			p.txn = newTxnProducer(p, w.addTxn(strings.ReplaceAll(cfg.transactional, "*", name)))
		}
		w.producers = append(w.producers, p)
	}
	return nil
}

// name gives keys and words their numbers.
func (w *world) name(plan *model.Plan) {
	w.hashes = make([]uint32, len(plan.KeyNames))
	for i, key := range plan.KeyNames {
		w.hashes[w.hist.AddKey(key)] = Murmur2([]byte(plan.KeyNames[i]))
	}
	w.symCrash, w.symEnd = w.hist.AddSymbol("crash"), w.hist.AddSymbol("end")
	w.symAssigned, w.symRevoked = w.hist.AddSymbol("assigned"), w.hist.AddSymbol("revoked")
	w.symLost = w.hist.AddSymbol("lost")
}

// addServers starts the controller and the brokers. Their clients find them
// running: every broker knows the topic from the beginning.
func (w *world) addServers() {
	w.controller = &controller{w: w}
	w.controller.node = w.sim.AddNode("controller", w.controller)
	w.controller.begin(w.coordinatorBroker())
	w.group = &coordinator{cfg: &w.cfg.consumer}
	if w.cfg.consumer.modern {
		w.group.consumers = &consumerGroup{g: w.group}
	}
	for i := range w.cfg.brokers {
		name := fmt.Sprintf("broker-%d", i)
		b := &broker{w: w, index: i, process: w.hist.AddProcess(name), fetchers: make([]fetcher, w.cfg.brokers)}
		b.node = w.sim.AddNode(name, b)
		b.tick = sim.Time(w.sim.Choose(decideTick, sim.Named(name), int(sim.Millisecond)))
		b.startPurgatories()
		b.startRates()
		b.startProcessor()
		w.brokers = append(w.brokers, b)
	}
	w.grow(w.cfg.partitions)
	w.controller.create(w.cfg.partitions)
	for _, b := range w.brokers {
		b.learn(w.controller.image())
		b.start()
		b.watchISR()
		b.watchClean()
	}
}

// processOf returns the process of a member.
func (w *world) processOf(m membership) history.Process {
	if int(m.consumer) < len(w.consumers) {
		return w.consumers[m.consumer].process
	}
	return w.hist.AddProcess(fmt.Sprintf("member-%d", m.consumer)) // see Direct
}

// grow names partitions up to a count.
func (w *world) grow(partitions int) {
	for p := len(w.places); p < partitions; p++ {
		w.places = append(w.places, w.hist.AddPlace(fmt.Sprintf("%s/%d", w.cfg.topic, p)))
	}
}

// limitBandwidth gives every machine its interface to the network.
func (w *world) limitBandwidth() {
	if w.cfg.bandwidth == 0 {
		return
	}
	w.sim.SetNodeBandwidth(w.controller.node, w.cfg.bandwidth)
	for _, b := range w.brokers {
		w.sim.SetNodeBandwidth(b.node, w.cfg.bandwidth)
	}
	for _, p := range w.producers {
		w.sim.SetNodeBandwidth(p.node, w.cfg.bandwidth)
	}
	for _, c := range w.consumers {
		w.sim.SetNodeBandwidth(c.node, w.cfg.bandwidth)
	}
}

func (w *world) partitionOf(place history.Place) int32 {
	for p, x := range w.places {
		if x == place {
			return int32(p)
		}
	}
	return -1
}

// partition maps a key to one of count partitions, by the default partitioner
// or the application's own.
func (w *world) partition(key history.Key, count int) int {
	if w.partitioner != nil {
		return w.partitioner.Partition(key, w.hashes[key], count)
	}
	return PartitionFor(w.hashes[key], count)
}

// identity names a message by what survives the removal of others.
func (w *world) identity(m history.Message) sim.ID {
	info := w.hist.Message(m)
	return model.MessageIdentity(int(info.Producer), info.Index)
}

// attempt counts the deliveries of a message.
func (w *world) attempt(m history.Message) uint16 {
	a := w.arena
	for len(a.attempts) <= int(m) {
		a.attempts = append(a.attempts, 0)
	}
	a.attempts[m]++
	return a.attempts[m]
}

// Send implements [model.World].
func (w *world) Send(m *model.Message) { w.producers[m.Producer].send(m) }

// Ready implements [model.World]: the group is stable, nobody is about to join
// again, and every position is known.
func (w *world) Ready() bool {
	members := 0
	for _, c := range w.consumers {
		if c.exited {
			continue
		}
		if members++; !c.member.settled() {
			return false
		}
		for i := range c.parts {
			if c.parts[i].seeking != positioned {
				return false
			}
		}
	}
	return members == 0 || w.cfg.consumer.assign || w.group.settled(members)
}

// PlaceOf implements [model.World].
func (w *world) PlaceOf(key history.Key) int {
	return w.partition(key, len(w.controller.leaders))
}

// Places implements [model.World].
func (w *world) Places() []history.Place { return w.places }

// Settled implements [model.World].
func (w *world) Settled() bool {
	for _, p := range w.producers {
		if !p.idle() {
			return false
		}
	}
	for _, c := range w.consumers {
		if !c.polling || c.w.sim.Down(c.node) {
			return false
		}
	}
	for p := range w.controller.leaders {
		if !w.finished(int32(p)) {
			return false
		}
	}
	return true
}

// finished says that the partition's owner has returned all of it from poll.
func (w *world) finished(partition int32) bool {
	r := w.leader(partition)
	if r == nil || r.watermark != r.log.end {
		return false
	}
	for _, c := range w.consumers {
		if p := c.part(partition); p != nil {
			return p.consumed == r.log.end
		}
	}
	return false
}

// leader returns the replica of the partition's leader, or nil when it has none
// that knows of it.
func (w *world) leader(partition int32) *replica {
	if w.controller.leaders[partition] == noLeader {
		return nil
	}
	return w.brokers[w.controller.leaders[partition]].leading(partition)
}

// Digest implements [model.World].
func (w *world) Digest(d *sim.Digest) {
	d.Uint(uint64(len(w.places)))
	for _, a := range w.arena.attempts {
		d.Uint(uint64(a))
	}
}
