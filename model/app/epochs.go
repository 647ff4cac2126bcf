package app

import (
	"fmt"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// The values of the feature `epoch_markers`.
const (
	MarkersAll   = "every-partition"
	MarkersFirst = "first-partition"
)

var decideChange = sim.NewDecision("app.epoch.change")

// markerIndex is the number of a producer's first marker: markers are messages of its
// own, which the workload does not number.
const markerIndex = 1 << 31

// epochs is how producers change over from old partitions to new ones while they go on
// sending. Each message bears the epoch in which its producer sent it, and an epoch has
// partitions of its own, whatever the client knows of more. Producers change at times of
// their own.
//
// With markers, a producer that changes writes one into every old partition, behind
// everything that it has sent there. What that is for, see [barrier].
type epochs struct {
	sh     *Shared
	inner  model.Partitioner
	spans  []span  // by epoch; empty before the first change
	now    []uint8 // the epoch of each producer
	of     []uint8 // by message
	hashes []uint32
	// markers and markerAt tell markers from messages: their numbers plus 1, by message.
	markers  []marker
	markerAt []int32
	// unanswered counts the sends of an epoch that nobody has answered, changed the
	// producers that have begun an epoch, and open says whether it may be read.
	unanswered, changed []int
	open                []bool
	passed              []passes // by epoch
	send                func(*model.Message)
}

// span are the partitions of an epoch.
type span struct{ first, count int }

// marker says that its producer sends nothing more of the epochs before its own to a
// partition.
type marker struct {
	message   model.Message
	epoch     uint8
	partition int
}

// passes say which markers of an epoch consumers have come to.
type passes struct {
	seen []bool // by old partition and producer
	left []int  // by old partition: producers whose marker has not been seen
	all  int    // partitions that lack one
}

// marked says whether the strategy changes epochs, with markers or without.
func (s *Settings) marked() bool { return s.Expand == EpochMarked || s.Expand == NewTopic }

// stamp writes the epoch into a message that leaves its producer.
func (e *epochs) stamp(m *model.Message) {
	for len(e.of) <= int(m.ID) {
		e.of, e.markerAt = append(e.of, 0), append(e.markerAt, 0)
	}
	if e.markerAt[m.ID] == 0 {
		e.of[m.ID] = e.now[m.Producer]
	}
	e.unanswered[e.of[m.ID]]++
	e.send(m)
}

// answered is told of the answer to each send. A marker that failed is sent again.
func (e *epochs) answered(m history.Message, outcome history.Outcome) {
	e.unanswered[e.of[m]]--
	if k := e.markerOf(m); k != nil && outcome != history.OK {
		e.sh.sim.At(e.sh.sim.Now()+e.sh.set.OutboxScan, func() { e.stamp(&k.message) })
	}
}

func (e *epochs) markerOf(m history.Message) *marker {
	if int(m) >= len(e.markerAt) || e.markerAt[m] == 0 {
		return nil
	}
	return &e.markers[e.markerAt[m]-1]
}

// plan makes the next epoch: its partitions, which are all of the topic, or those that
// were added where they stand for a new topic.
func (e *epochs) plan(before, count int) {
	if len(e.spans) == 0 {
		e.spans = []span{{0, before}}
	}
	next := span{0, count}
	if e.sh.set.Expand == NewTopic {
		next = span{before, count - before}
	}
	e.spans = append(e.spans, next)
	e.unanswered, e.changed = append(e.unanswered, 0), append(e.changed, 0)
	e.open = append(e.open, false)
	old := e.spans[len(e.spans)-2]
	p := passes{seen: make([]bool, old.count*len(e.now)), left: make([]int, old.count), all: old.count}
	for i := range p.left {
		p.left[i] = len(e.now)
	}
	e.passed = append(e.passed, p)
}

// last is the newest epoch.
func (e *epochs) last() uint8 { return uint8(len(e.spans) - 1) }

// change lets each producer begin the newest epoch, within the time that they take.
func (e *epochs) change() {
	spread := sim.Uniform(0, int64(e.sh.set.EpochSpread))
	for p := range e.now {
		id := sim.Identity(sim.ID(p), sim.ID(e.last()))
		wait := sim.Time(e.sh.sim.Draw(decideChange, id, &spread))
		e.sh.sim.At(e.sh.sim.Now()+wait, func() { e.changeOne(p) })
	}
}

// changeOne is a producer that changes over. One that is late has written its markers
// and goes on with the old partitions.
func (e *epochs) changeOne(p int) {
	to := e.last()
	begin := func() {
		e.now[p] = to
		e.changed[to]++
	}
	late := e.sh.set.EpochLate > 0 && p == 0
	if late {
		e.sh.sim.At(e.sh.sim.Now()+e.sh.set.EpochLate, begin)
	} else {
		begin()
	}
	if e.sh.set.Expand == EpochMarked {
		e.mark(p, to)
	}
}

// mark writes the markers of a producer into the partitions of the epoch before.
func (e *epochs) mark(p int, epoch uint8) {
	old := e.spans[epoch-1]
	count := old.count
	if e.sh.set.EpochMarkers == MarkersFirst {
		count = 1
	}
	hist := e.sh.rec.History()
	for q := old.first; q < old.first+count; q++ {
		m := model.Message{Key: hist.AddKey(fmt.Sprintf("marker-%d-%d", p, q)), Producer: p,
			Index: markerIndex | uint32(len(e.markers)), Size: 100}
		m.ID = e.sh.rec.Arrive(history.MessageInfo{Key: m.Key, Producer: history.Process(p), Index: m.Index})
		for len(e.of) <= int(m.ID) {
			e.of, e.markerAt = append(e.of, 0), append(e.markerAt, 0)
		}
		e.of[m.ID] = epoch - 1
		e.markers = append(e.markers, marker{m, epoch, q})
		e.markerAt[m.ID] = int32(len(e.markers))
		e.stamp(&m)
	}
}

// quiet says that nothing more of the epoch before comes into its partitions: every
// producer has changed over, and every send was answered.
func (e *epochs) quiet() bool {
	to := e.last()
	return e.changed[to] == len(e.now) && e.unanswered[to-1] == 0
}

// Partition implements [model.Partitioner].
func (e *epochs) Partition(key history.Key, hash uint32, count int) int {
	if len(e.spans) > 0 {
		return e.within(e.spans[0], key, hash)
	}
	return e.spread(key, hash, count)
}

// PartitionMessage implements [model.MessagePartitioner]: the partition is the one that
// the epoch of the message gives its key.
func (e *epochs) PartitionMessage(m *model.Message, hash uint32, count int) int {
	if k := e.markerOf(m.ID); k != nil {
		return k.partition
	}
	for len(e.hashes) <= int(m.Key) {
		e.hashes = append(e.hashes, 0)
	}
	e.hashes[m.Key] = hash
	s := span{0, count}
	if len(e.spans) > 0 {
		s = e.spans[e.of[m.ID]]
	}
	if by, ok := e.inner.(model.MessagePartitioner); ok {
		return s.first + by.PartitionMessage(m, hash, s.count)
	}
	return e.within(s, m.Key, hash)
}

func (e *epochs) within(s span, key history.Key, hash uint32) int {
	return s.first + e.spread(key, hash, s.count)
}

func (e *epochs) spread(key history.Key, hash uint32, count int) int {
	if e.inner != nil {
		return e.inner.Partition(key, hash, count)
	}
	return int(hash&0x7fffffff) % count
}

// pass notes that a consumer has come to a marker, with everything before it finished,
// and tells all consumers when that lets them go on.
func (e *epochs) pass(k *marker) (again bool) {
	p := &e.passed[k.epoch-1]
	old := e.spans[k.epoch-1]
	i := k.partition - old.first
	seen := &p.seen[i*len(e.now)+k.message.Producer]
	if *seen {
		return true
	}
	*seen = true
	if p.left[i]--; p.left[i] > 0 {
		return false
	}
	if p.all--; p.all == 0 {
		e.open[k.epoch] = true
	}
	if p.all == 0 || e.sh.set.EpochHold == HoldOwn {
		e.announce()
	}
	return false
}

// announce tells the consumers that more may be read, which takes a round trip.
func (e *epochs) announce() {
	for _, a := range e.sh.apps {
		if !e.sh.sim.Down(a.host.Node) {
			a.host.After(e.sh.set.TableLatency, timerBarrier, 0)
		}
	}
}

// mayRead says whether a message's turn has come: of what was sent to old partitions
// before, nothing is left that it could overtake.
func (e *epochs) mayRead(m history.Message, key history.Key) bool {
	epoch := uint8(0)
	if int(m) < len(e.of) {
		epoch = e.of[m]
	}
	if epoch == 0 || e.open[epoch] || e.sh.set.EpochHold == HoldNone {
		return true
	}
	if e.sh.set.EpochHold != HoldOwn || e.sh.set.Expand == NewTopic {
		return false
	}
	old, before := e.spans[epoch], e.spans[epoch-1]
	from := e.within(before, key, e.hashes[key])
	if epoch > 1 && !e.open[epoch-1] {
		return false
	}
	return from == e.within(old, key, e.hashes[key]) || e.passed[epoch-1].left[from-before.first] == 0
}

// Marker says whether a message is one that the application has sent of its own.
func (s *Shared) Marker(m history.Message) bool { return s.epochs.markerOf(m) != nil }
