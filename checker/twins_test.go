package checker_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"
)

// toy is a messaging system in which nothing goes wrong: two producers that take
// turns and wait for the answer, two partitions with a consumer each, two sinks.
// In the first half both producers read everything that was sent. It is told as
// the order of things at each point; a twin changes one of them.
type toy struct {
	r         *rand.Rand
	messages  []toyMessage
	delivered [2][]int // by partition, indexes of messages
	applied   []int    // at the sink
	mirrored  []int    // at a second sink
	disposed  []int    // after everything else
	stale     int      // place in applied of what an older owner does, or -1
	ends      []toyRead
}

type toyMessage struct {
	key, partition, producer int
	position                 int64
	failed                   bool
}

// toyRead is a read that found the end of a partition after a message was acked:
// by its producer, or by somebody else.
type toyRead struct {
	after, partition int
	position         int64
	own              bool
}

// half is the number of messages that the producers read.
const half = 30

func newToy(seed uint64) *toy {
	s := &toy{r: rand.New(rand.NewPCG(seed, 0)), stale: -1}
	var next [2]int64
	for i := range 60 {
		m := toyMessage{key: s.r.IntN(4), producer: s.r.IntN(2)}
		switch i { // in every toy there are neighbours in a partition, of two producers and of one
		case 10, 11:
			m.key, m.producer = 2*(i-10), i-10
		case half + 10, half + 11:
			m.key, m.producer = 2*(i-half-10), 0
		}
		m.partition = m.key % 2
		m.position = next[m.partition]
		next[m.partition]++
		s.messages = append(s.messages, m)
		s.delivered[m.partition] = append(s.delivered[m.partition], i)
		s.applied = append(s.applied, i)
		s.mirrored = append(s.mirrored, i)
		if i%5 == 4 && (i%10 == 9 || i < half) {
			s.ends = append(s.ends, toyRead{i, m.partition, next[m.partition], i%10 == 4})
		}
	}
	return s
}

// neighbours picks two messages of one key that follow each other, and says
// whether one producer should have sent both.
func (s *toy) neighbours(oneProducer bool) (a, b int) {
	for _, i := range s.r.Perm(len(s.messages)) {
		for j := i + 1; j < len(s.messages); j++ {
			if s.messages[j].key == s.messages[i].key {
				if (s.messages[i].producer == s.messages[j].producer) == oneProducer {
					return i, j
				}
				break
			}
		}
	}
	panic("no neighbours")
}

// adjacent picks two messages of different keys in a range, sent one after the
// other by different producers or by one, to any partition or to one.
func (s *toy) adjacent(from, to int, oneProducer, onePartition bool) (a, b int) {
	for _, i := range s.r.Perm(to - from - 1) {
		m, n := &s.messages[from+i], &s.messages[from+i+1]
		if m.key != n.key && (m.producer == n.producer) == oneProducer && (!onePartition || m.partition == n.partition) {
			return from + i, from + i + 1
		}
	}
	panic("no adjacent messages")
}

// restore swaps the positions of two messages of a partition; consumers are
// delivered them as they are stored.
func (s *toy) restore(a, b int) {
	m, n := &s.messages[a], &s.messages[b]
	m.position, n.position = n.position, m.position
	swap(s.delivered[m.partition], a, b)
}

func swap(list []int, a, b int) {
	i, j := slices.Index(list, a), slices.Index(list, b)
	list[i], list[j] = list[j], list[i]
}

// reads calls read for all reads after a message was acked: in the first half of
// both producers, which are shown it, and of a monitor (producer -1), each time
// in a new session, which is not.
func (s *toy) reads(i int, read func(producer int, r toyRead, session uint16)) {
	m := &s.messages[i]
	for producer := range 2 {
		if i >= half {
			break
		}
		r := toyRead{position: m.position + 1}
		for _, end := range s.ends {
			if end.after == i && end.own && producer == m.producer {
				r = end
			}
		}
		read(producer, r, 0)
	}
	for j, end := range s.ends {
		if end.after == i && !end.own {
			read(-1, end, uint16(j))
		}
	}
}

// history writes down what happened.
func (s *toy) history() *history.History {
	h := new(history.History)
	for _, key := range []string{"a", "b", "c", "d"} {
		h.AddKey(key)
	}
	names := []history.Process{h.AddProcess("p"), h.AddProcess("q"), h.AddProcess("c"), h.AddProcess("d")}
	monitor := h.AddProcess("monitor")
	places := []history.Place{h.AddPlace("x/0"), h.AddPlace("x/1")}
	end := h.AddSymbol("end")
	add := func(k history.Kind, who history.Process, m int, begin, end int64) *history.Op {
		op := history.Op{Kind: k, Process: who, Message: history.Message(m), Place: history.NoPlace,
			Position: history.NoPosition, Begin: begin, End: end}
		if k != history.KindSend {
			op.Place, op.Position = places[s.messages[m].partition], s.messages[m].position
		}
		return &op
	}
	for i, m := range s.messages {
		at, who := int64(i)*1000, names[m.producer]
		h.AddMessage(history.MessageInfo{Key: history.Key(m.key), Producer: who, Index: uint32(i)})
		h.Append(*add(history.KindSend, who, i, at, at))
		ack := add(history.KindAck, who, i, at, at+200)
		if m.failed {
			ack.Outcome, ack.Place, ack.Position = history.Fail, history.NoPlace, history.NoPosition
		}
		h.Append(*add(history.KindStore, names[2], i, at+100, at+100))
		h.Append(*ack)
		s.reads(i, func(producer int, r toyRead, session uint16) {
			op := history.Op{Kind: history.KindPoll, Process: monitor, Session: session, Message: history.NoMessage,
				Place: places[m.partition], Position: r.position, Begin: at + 220, End: at + 250}
			if r.own || producer < 0 {
				op.Detail = end
			}
			if producer >= 0 {
				op.Process = names[producer]
			}
			h.Append(op)
			if producer >= 0 {
				h.Append(*add(history.KindDeliver, names[producer], i, at+250, at+250))
			}
		})
	}
	for p, list := range s.delivered {
		for j, i := range list {
			at := int64(1_000_000 + j)
			op := add(history.KindDeliver, names[2+p], i, at, at)
			op.Attempt = 1
			h.Append(*op)
		}
	}
	for n, list := range [][]int{s.applied, s.mirrored} {
		sink := h.AddSymbol([]string{"sink", "mirror"}[n])
		for j, i := range list {
			at := int64(2_000_000 + j*10)
			op := add(history.KindApply, names[2+s.messages[i].partition], i, at, at+5)
			op.Detail, op.Epoch = sink, 2
			if n == 0 && j == s.stale {
				op.Epoch = 1
			}
			h.Append(*op)
		}
	}
	for _, i := range s.disposed {
		op := add(history.KindDispose, names[2], i, 3_000_000, 3_000_000)
		op.Detail = h.AddSymbol("dead-letter")
		h.Append(*op)
	}
	return h
}

// twin is a toy that is broken in one way.
type twin struct {
	breaks string
	also   []string // guarantees that may not hold either
	hop    checker.Hop
	how    func(s *toy)
}

// What follows when two messages change places at one sink.
var swapped = []string{checker.PerKeyRealtimeOrder, checker.PerProducerOrder, checker.TotalOrder, checker.SameOrder,
	checker.CausalOrder, checker.Convergence, checker.NoGap}

// What follows when a reader steps over a message and back.
var stepped = []string{checker.MonotonicReads, checker.ConsistentPrefix}

var twins = []twin{
	{checker.PerKeyOrder, swapped, checker.HopApplied, func(s *toy) {
		a, b := s.neighbours(true) // a pool of threads: the second effect is quicker
		swap(s.applied, a, b)
	}},
	{checker.PerKeyRealtimeOrder, slices.Concat(swapped, []string{checker.PerKeyOrder}), checker.HopApplied, func(s *toy) {
		a, b := s.neighbours(false) // the same, of two producers
		swap(s.applied, a, b)
	}},
	{checker.NoRegression, []string{checker.NoDuplicates}, checker.HopApplied, func(s *toy) {
		n := half + 10 + s.r.IntN(20) // a crash before a commit: the last ten come again
		s.applied = slices.Insert(s.applied, n, s.applied[n-10:n]...)
	}},
	{checker.NoDuplicates, nil, "", func(s *toy) {
		n := s.r.IntN(len(s.applied)) // two deliveries at once, no guard
		s.applied = slices.Insert(s.applied, n, s.applied[n])
	}},
	{checker.NoLoss, []string{checker.NoGap, checker.Convergence}, "", func(s *toy) {
		n := s.r.IntN(len(s.applied)) // a commit before the work, then a crash
		s.applied, s.mirrored = slices.Delete(s.applied, n, n+1), slices.Delete(s.mirrored, n, n+1)
	}},
	{checker.PartitionOrder, stepped, checker.HopDelivered, func(s *toy) {
		list := s.delivered[0] // a prefetch that hands on what arrives
		n := s.r.IntN(len(list) - 1)
		list[n], list[n+1] = list[n+1], list[n]
	}},
	{checker.LinearizableLog, []string{checker.ReadYourWrites, checker.ConsistentPrefix}, "", func(s *toy) {
		s.ends[s.r.IntN(len(s.ends))].position-- // a new leader whose end lags behind
	}},
	{checker.PerProducerOrder, swapped, checker.HopApplied, func(s *toy) {
		a, b := s.adjacent(0, 60, true, true) // a pool of threads with an order for each key
		swap(s.applied, a, b)
	}},
	{checker.NoGhost, []string{checker.Convergence}, "", func(s *toy) {
		n := s.r.IntN(len(s.messages)) // an error that was called definite and was not
		s.messages[n].failed = true
	}},
	{checker.NoGap, nil, "", func(s *toy) {
		a, _ := s.neighbours(true) // a retry queue on the side that gives up in the end
		drop := func(i int) bool { return i == a }
		s.applied, s.mirrored = slices.DeleteFunc(s.applied, drop), slices.DeleteFunc(s.mirrored, drop)
		s.disposed = []int{a}
	}},
	{checker.NoStaleApply, nil, "", func(s *toy) {
		s.stale = 50 + s.r.IntN(10) // a consumer that lost its partition finishes its work
	}},
	{checker.TotalOrder, nil, "", func(s *toy) {
		a, b := s.adjacent(half, 60, false, false) // two partitions, one behind the other at every sink
		swap(s.applied, a, b)
		swap(s.mirrored, a, b)
	}},
	{checker.SameOrder, []string{checker.TotalOrder}, "", func(s *toy) {
		a, b := s.adjacent(half, 60, false, false) // two devices, each with its own order
		swap(s.applied, a, b)
	}},
	{checker.CausalOrder, []string{checker.TotalOrder}, checker.HopApplied, func(s *toy) {
		a, b := s.adjacent(0, half, false, false) // the answer is shown before the question
		swap(s.applied, a, b)
		swap(s.mirrored, a, b)
	}},
	{checker.Convergence, []string{checker.NoDuplicates, checker.NoRegression, checker.SameOrder}, "", func(s *toy) {
		s.applied = append(s.applied, s.notLast()) // an old write comes again
	}},
	{checker.MonotonicReads, nil, "", func(s *toy) {
		list := s.delivered[0] // a seek back
		n := 3 + s.r.IntN(len(list)-3)
		s.delivered[0] = slices.Insert(list, n, list[n-3:n]...)
	}},
	{checker.ReadYourWrites, []string{checker.LinearizableLog, checker.ConsistentPrefix}, "", func(s *toy) {
		i := slices.IndexFunc(s.ends, func(r toyRead) bool { return r.own })
		s.ends[i].position-- // a read at a follower
	}},
	{checker.MonotonicWrites, []string{checker.LinearizableLog}, "", func(s *toy) {
		s.restore(s.adjacent(half, 60, true, true)) // a retry that overtakes
	}},
	{checker.WritesFollowReads, []string{checker.LinearizableLog, checker.MonotonicReads, checker.ConsistentPrefix,
		checker.PartitionOrder, checker.ReadYourWrites}, "", func(s *toy) {
		s.restore(s.adjacent(0, half, false, true)) // an answer that is stored before the question
	}},
	{checker.ConsistentPrefix, nil, "", func(s *toy) {
		n := 1 + s.r.IntN(len(s.delivered[0])-2) // a fetch that steps over a record
		s.delivered[0] = slices.Delete(s.delivered[0], n, n+1)
	}},
}

// notLast returns a message that is not the last of its key.
func (s *toy) notLast() int {
	a, _ := s.neighbours(true)
	return a
}

// The toy is a log that several consumers read, and no queue; nobody reads states, and
// nothing is declared. Broken twins of the first two stand beside their oracles; of
// what is declared there are broken banks.
var noToy = append([]string{"linearizable-queue", "linearizable-state"}, declared...)

func holds(v *checker.Verdict) bool { return v.Status == checker.Holds && !v.Vacuous }

// Every guarantee has a twin of the toy that breaks it, and nothing that it does
// not have to break.
func TestBrokenTwinsAreCaught(t *testing.T) {
	var ids []string
	for _, g := range checker.Catalogue() {
		if !slices.Contains(noToy, g.ID) {
			ids = append(ids, g.ID)
		}
	}
	c := checker.New()
	for seed := range uint64(200) {
		for _, v := range c.Check(newToy(seed).history(), ids, checker.Options{}) {
			if !holds(&v) {
				t.Fatalf("seed %d: %s %s with nothing wrong: %+v", seed, v.Guarantee, v.Status, v.Witness)
			}
		}
		for _, twin := range twins {
			s := newToy(seed)
			twin.how(s)
			for _, v := range c.Check(s.history(), ids, checker.Options{}) {
				switch {
				case v.Guarantee == twin.breaks:
					if v.Status != checker.Violated || v.LostAt != twin.hop {
						t.Fatalf("seed %d: the twin of %s gives %+v", seed, twin.breaks, v)
					}
				case !slices.Contains(twin.also, v.Guarantee) && !holds(&v):
					t.Fatalf("seed %d: the twin of %s breaks %s: %s", seed, twin.breaks, v.Guarantee, v.Witness.Text)
				}
			}
		}
	}
	for _, id := range ids {
		if !slices.ContainsFunc(twins, func(t twin) bool { return t.breaks == id }) {
			t.Errorf("%s has no broken twin", id)
		}
	}
}
