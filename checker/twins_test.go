package checker_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"
)

// toy is a messaging system in which nothing goes wrong: two producers that take
// turns and wait for the answer, two partitions with a consumer each, one sink.
// It is told as the order of things at each point; a twin changes one of them.
type toy struct {
	r         *rand.Rand
	messages  []toyMessage
	delivered [2][]int // by partition, indexes of messages
	applied   []int
	ends      []toyRead
}

type toyMessage struct {
	key, partition, producer int
	position                 int64
}

// toyRead is a read that found the end of a partition after a message was acked.
type toyRead struct {
	after, partition int
	position         int64
}

func newToy(seed uint64) *toy {
	s := &toy{r: rand.New(rand.NewPCG(seed, 0))}
	var next [2]int64
	for i := range 60 {
		m := toyMessage{key: s.r.IntN(4), producer: s.r.IntN(2)}
		m.partition = m.key % 2
		m.position = next[m.partition]
		next[m.partition]++
		s.messages = append(s.messages, m)
		s.delivered[m.partition] = append(s.delivered[m.partition], i)
		s.applied = append(s.applied, i)
		if i%10 == 9 {
			s.ends = append(s.ends, toyRead{i, m.partition, next[m.partition]})
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

func swap(list []int, a, b int) {
	i, j := slices.Index(list, a), slices.Index(list, b)
	list[i], list[j] = list[j], list[i]
}

// history writes down what happened.
func (s *toy) history() *history.History {
	h := new(history.History)
	for _, key := range []string{"a", "b", "c", "d"} {
		h.AddKey(key)
	}
	names := []history.Process{h.AddProcess("p"), h.AddProcess("q"), h.AddProcess("c"), h.AddProcess("d")}
	places := []history.Place{h.AddPlace("x/0"), h.AddPlace("x/1")}
	sink, end := h.AddSymbol("sink"), h.AddSymbol("end")
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
		h.Append(*add(history.KindStore, names[2], i, at+100, at+100))
		h.Append(*add(history.KindAck, who, i, at, at+200))
		for _, r := range s.ends {
			if r.after == i {
				h.Append(history.Op{Kind: history.KindPoll, Process: names[3], Message: history.NoMessage,
					Place: places[r.partition], Position: r.position, Detail: end, Begin: at + 300, End: at + 400})
			}
		}
	}
	for p, list := range s.delivered {
		for j, i := range list {
			at := int64(1_000_000 + j)
			op := add(history.KindDeliver, names[2+p], i, at, at)
			op.Attempt = 1
			h.Append(*op)
		}
	}
	for j, i := range s.applied {
		at := int64(2_000_000 + j*10)
		op := add(history.KindApply, names[2+s.messages[i].partition], i, at, at+5)
		op.Detail = sink
		h.Append(*op)
	}
	return h
}

// twin is a toy that is broken in one way.
type twin struct {
	breaks string
	also   []string // guarantees that cannot hold either
	hop    checker.Hop
	how    func(s *toy)
}

var twins = []twin{
	{checker.PerKeyOrder, []string{checker.PerKeyRealtimeOrder}, checker.HopApplied, func(s *toy) {
		a, b := s.neighbours(true) // a pool of threads: the second effect is quicker
		swap(s.applied, a, b)
	}},
	{checker.PerKeyRealtimeOrder, nil, checker.HopApplied, func(s *toy) {
		a, b := s.neighbours(false) // the same, of two producers
		swap(s.applied, a, b)
	}},
	{checker.NoRegression, []string{checker.NoDuplicates}, checker.HopApplied, func(s *toy) {
		n := 20 + s.r.IntN(40) // a crash before a commit: the last ten come again
		s.applied = slices.Insert(s.applied, n, s.applied[n-10:n]...)
	}},
	{checker.NoDuplicates, nil, "", func(s *toy) {
		n := s.r.IntN(len(s.applied)) // two deliveries at once, no guard
		s.applied = slices.Insert(s.applied, n, s.applied[n])
	}},
	{checker.NoLoss, nil, "", func(s *toy) {
		n := s.r.IntN(len(s.applied)) // a commit before the work, then a crash
		s.applied = slices.Delete(s.applied, n, n+1)
	}},
	{checker.PartitionOrder, nil, checker.HopDelivered, func(s *toy) {
		list := s.delivered[0] // a prefetch that hands on what arrives
		n := s.r.IntN(len(list) - 1)
		list[n], list[n+1] = list[n+1], list[n]
	}},
	{checker.LinearizableLog, nil, "", func(s *toy) {
		s.ends[s.r.IntN(len(s.ends))].position-- // a new leader whose end lags behind
	}},
}

func holds(v *checker.Verdict) bool { return v.Status == checker.Holds && !v.Vacuous }

// Every guarantee has a twin of the toy that breaks it, and nothing that it does
// not have to break.
func TestBrokenTwinsAreCaught(t *testing.T) {
	var ids []string
	for _, g := range checker.Catalogue() {
		ids = append(ids, g.ID)
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
