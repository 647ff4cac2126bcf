package sim

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// slowQueue is the oracle: a list that is searched for the smallest time, and
// among equal times for the smallest key and the one that was pushed first.
type slowQueue struct {
	list []slowItem
	seq  int
	key  func(it *slowItem) uint64 // nil is FIFO
}

type slowItem struct {
	at   Time
	node NodeID
	arg  uint64
	seq  int
	id   TimerID
}

func (q *slowQueue) push(it slowItem) {
	q.seq++
	it.seq = q.seq
	q.list = append(q.list, it)
}

func (q *slowQueue) earliest() int {
	best := 0
	for i := range q.list {
		a, b := &q.list[i], &q.list[best]
		switch {
		case a.at != b.at:
			if a.at < b.at {
				best = i
			}
		case q.key != nil && q.key(a) != q.key(b):
			if q.key(a) < q.key(b) {
				best = i
			}
		case a.seq < b.seq:
			best = i
		}
	}
	return best
}

func (q *slowQueue) remove(i int) { q.list = append(q.list[:i], q.list[i+1:]...) }

// distances are lengths of time for which an event lands on each of the levels
// of the wheel, and often at a time that another event has.
func distances() *rapid.Generator[Time] {
	return rapid.Custom(func(t *rapid.T) Time {
		bits := rapid.IntRange(0, 62).Draw(t, "bits")
		if rapid.Bool().Draw(t, "round") { // multiples collide
			return Time(rapid.Int64Range(0, 3).Draw(t, "times")) << max(0, bits-2)
		}
		return Time(rapid.Int64Range(0, 1<<bits).Draw(t, "distance"))
	})
}

// queueMachine drives a queue and its oracle through the same operations.
type queueMachine struct {
	q     *queue
	slow  slowQueue
	now   Time
	arg   uint64
	stale []TimerID // fired or cancelled
}

func (m *queueMachine) Push(t *rapid.T) { m.push(t, distances().Draw(t, "after")) }

// Burst pushes so many events into a short time that they pass the front, in one
// pass or in two.
func (m *queueMachine) Burst(t *rapid.T) {
	d := distances().Draw(t, "after")
	width := Time(1) << rapid.IntRange(0, 30).Draw(t, "width")
	seed := rapid.Uint64().Draw(t, "times")
	for i := range uint64(rapid.IntRange(frontFew, 3*frontMany).Draw(t, "count")) {
		m.push(t, d/2+Time(draw(seed, 0, i))&(width-1))
	}
}

func (m *queueMachine) push(t *rapid.T, d Time) {
	if m.now > math.MaxInt64-d {
		return
	}
	m.arg++
	it := slowItem{at: m.now + d, node: NodeID(rapid.IntRange(0, 4).Draw(t, "node")), arg: m.arg}
	it.id = m.q.timer(m.q.push(it.at, it.node, Kind(m.arg%7), it.arg))
	m.slow.push(it)
}

func (m *queueMachine) Pop(t *rapid.T) {
	limit := Time(math.MaxInt64)
	if rapid.Bool().Draw(t, "limited") {
		limit = m.now + min(distances().Draw(t, "limit"), math.MaxInt64-m.now)
	}
	got := m.q.pop(limit)
	if len(m.slow.list) == 0 {
		if got != none {
			t.Fatalf("pop gave slot %d of an empty queue", got)
		}
		return
	}
	i := m.slow.earliest()
	want := m.slow.list[i]
	if want.at > limit {
		if got != later {
			t.Fatalf("pop gave %d, and the earliest is at %d, after the limit %d", got, want.at, limit)
		}
		return
	}
	if got <= 0 {
		t.Fatalf("pop gave %d with %d pending", got, len(m.slow.list))
	}
	it := m.q.items[got]
	if it.at != want.at || it.arg != want.arg || it.tag.node() != want.node || it.tag.kind() != Kind(want.arg%7) {
		t.Fatalf("pop gave event %d at %d, want %d at %d", it.arg, it.at, want.arg, want.at)
	}
	m.q.release(got)
	m.now = want.at
	m.stale = append(m.stale, want.id)
	m.slow.remove(i)
}

func (m *queueMachine) Cancel(t *rapid.T) {
	if len(m.slow.list) == 0 {
		return
	}
	i := rapid.IntRange(0, len(m.slow.list)-1).Draw(t, "which")
	slot := m.q.slot(m.slow.list[i].id)
	if slot == 0 {
		t.Fatalf("event %d is pending and its id names nothing", m.slow.list[i].arg)
	}
	m.q.cancel(slot)
	m.stale = append(m.stale, m.slow.list[i].id)
	m.slow.remove(i)
}

// Check looks at the whole queue: each finds every pending event once, and the
// ids of others name nothing.
func (m *queueMachine) Check(t *rapid.T) {
	if m.q.pending != len(m.slow.list) {
		t.Fatalf("%d are pending, want %d", m.q.pending, len(m.slow.list))
	}
	found := map[uint64]Time{}
	m.q.each(func(_ int32, it *item) { found[it.arg] = it.at })
	for _, want := range m.slow.list {
		if at, ok := found[want.arg]; !ok || at != want.at {
			t.Fatalf("each did not find event %d at %d", want.arg, want.at)
		}
	}
	if len(found) != len(m.slow.list) {
		t.Fatalf("each found %d events, want %d", len(found), len(m.slow.list))
	}
	if len(m.slow.list) > 0 {
		got, want := m.q.items[m.q.earliest()], m.slow.list[m.slow.earliest()]
		if got.at != want.at || m.slow.key == nil && got.arg != want.arg {
			t.Fatalf("the earliest is event %d at %d, want %d at %d", got.arg, got.at, want.arg, want.at)
		}
	}
	for _, id := range m.stale {
		if m.q.slot(id) != 0 {
			t.Fatalf("the id %x of an event that is over names one that is pending", id)
		}
	}
}

// runMachine gives rapid the operations, pushes being the most frequent.
func runMachine(t *rapid.T, m *queueMachine) {
	t.Repeat(map[string]func(*rapid.T){
		"push": m.Push, "push again": m.Push, "pop": m.Pop, "cancel": m.Cancel, "": m.Check})
	m.empty(t)
}

// empty takes everything, which comes in order.
func (m *queueMachine) empty(t *rapid.T) {
	for len(m.slow.list) > 0 {
		m.Pop(t)
		m.Check(t)
	}
}

func TestQueueMatchesOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &queueMachine{q: new(queue)}
		m.q.reset()
		runMachine(t, m)
	})
}

// Many events in a short time pass the front of the queue, and what comes and goes
// meanwhile keeps its place.
func TestFrontMatchesOracle(t *testing.T) {
	passed := false
	rapid.Check(t, func(t *rapid.T) {
		m := &queueMachine{q: new(queue)}
		m.q.reset()
		m.Burst(t)
		pop := func(t *rapid.T) {
			for range rapid.IntRange(1, 40).Draw(t, "pops") {
				m.Pop(t)
			}
			passed = passed || m.q.front.next > 0
		}
		t.Repeat(map[string]func(*rapid.T){"push": m.Push, "push again": m.Push, "pop": m.Pop, "pops": pop,
			"pops again": pop, "cancel": m.Cancel, "burst": m.Burst, "": m.Check})
		for len(m.slow.list) > 0 {
			m.Pop(t)
		}
	})
	if !passed {
		t.Error("no event passed the front")
	}
}

// With ties permuted, the events of one instant come by their keys, also those
// that are scheduled when the first of them have gone.
func TestPermutedQueueMatchesOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := New(1, Limits{})
		for i := range 5 {
			e.AddNode(fmt.Sprint("node ", i), nil)
		}
		e.PermuteTies(rapid.Uint64().Draw(t, "seed"))
		m := &queueMachine{q: &e.q}
		m.slow.key = func(it *slowItem) uint64 {
			return e.q.ties.key(&item{at: it.at, tag: tagOf(it.node, 0)})
		}
		runMachine(t, m)
	})
}

// The wheel and the candidates that it was compared with give one order over many
// events, with cancelled ones among them.
func TestCandidatesAgree(t *testing.T) {
	timers := Empirical([]Quantile{{0, 0}, {400_000, 1000}, {900_000, int64(Millisecond)}, {1_000_000, int64(Minute)}})
	for name, s := range map[string]Sampler{"exponential": Exponential(int64(Millisecond)), "ties": Uniform(0, 3),
		"timers": timers} {
		queues := candidates()
		ids := map[string][]TimerID{}
		now := Time(0)
		for i := range uint64(100_000) {
			at := now + Time(s.Sample(draw(9, 0, i)))
			for q := range queues {
				ids[q] = append(ids[q], queues[q].push(at, i))
			}
			if i%3 == 0 {
				which := draw(9, 1, i) % (i + 1) // pending or not
				for q := range queues {
					queues[q].cancel(ids[q][which])
				}
			}
			if i < 5000 || i%3 == 0 {
				continue
			}
			want, arg := queues["wheel"].pop()
			for q := range queues {
				if q == "wheel" {
					continue
				}
				if at, got := queues[q].pop(); at != want || got != arg {
					t.Fatalf("%s, step %d: the wheel gave %d at %d, %s gave %d at %d", name, i, arg, want, q, got, at)
				}
			}
			now = want
		}
	}
}

// A slot comes round: an id of an earlier use names nothing, also after more
// uses than 16 bits count.
func TestTimerIDsOutliveManyUses(t *testing.T) {
	var q queue
	q.reset()
	first := q.timer(q.push(0, 0, 0, 0))
	for i := range 70_000 {
		q.release(q.pop(math.MaxInt64))
		if slot := q.push(0, 0, 0, 0); q.slot(first) != 0 || slot != int32(uint32(first)) {
			t.Fatalf("use %d: slot %d, and the first id names slot %d", i, slot, q.slot(first))
		}
	}
	if q.slot(NoTimer) != 0 || q.slot(1<<40) != 0 || q.slot(1<<32|77) != 0 {
		t.Error("an id that was never given names an event")
	}
}

// The queue and a tag of the smallest and largest node and kind.
func TestTags(t *testing.T) {
	for _, n := range []NodeID{noNode, 0, 1, maxNodes} {
		for _, k := range []Kind{0, 1, kindEngine, 1<<kindBits - 1} {
			if tag := tagOf(n, k); tag.node() != n || tag.kind() != k {
				t.Errorf("node %d, kind %d came back as %d, %d", n, k, tag.node(), tag.kind())
			}
		}
	}
}

func TestQueueAllocatesNothing(t *testing.T) {
	var q queue
	q.reset()
	work := func() {
		for i := range 1000 {
			q.push(q.now+Time(i*i), 0, 0, 0)
			if i%3 == 0 {
				q.cancel(q.push(q.now+Time(i), 0, 0, 0))
			}
		}
		for q.pending > 0 {
			q.release(q.pop(math.MaxInt64))
		}
	}
	work()
	if n := testing.AllocsPerRun(10, work); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
