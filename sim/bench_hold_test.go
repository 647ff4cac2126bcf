package sim

import (
	"container/heap"
	"fmt"
	"math"
	"runtime"
	"testing"

	"orderlab/internal/peak"
)

// BenchmarkHold is the hold model: take the earliest event, schedule one at a
// random time after it. The sub-benchmarks without a size have n = 10,000
// pending events; /baseline is container/heap of pointers. Both have one core, as
// in BenchmarkPHOLD.
func BenchmarkHold(b *testing.B) {
	b.Run("queue", func(b *testing.B) { holdQueue(b, 10_000) })
	b.Run("baseline", func(b *testing.B) { holdBaseline(b, 10_000) })
	for _, n := range []int{100, 1_000_000} {
		b.Run(fmt.Sprintf("queue-n=%d", n), func(b *testing.B) { holdQueue(b, n) })
		b.Run(fmt.Sprintf("baseline-n=%d", n), func(b *testing.B) { holdBaseline(b, n) })
	}
}

// oneCore lets a benchmark have one core, and returns what takes that back: the
// collection of garbage counts then. A sweep has a run on every core, and none
// that is free to clean up.
func oneCore() (restore func()) {
	before := runtime.GOMAXPROCS(1)
	return func() { runtime.GOMAXPROCS(before) }
}

// measured does something b.N times. Besides the time it reports that of the
// processor, which is the one to look at where the machine does much else.
func measured(b *testing.B, do func(n int)) {
	b.ReportAllocs()
	b.ResetTimer()
	start := peak.Processor()
	do(b.N)
	b.ReportMetric(float64((peak.Processor()-start).Nanoseconds())/float64(b.N), "processor-ns/op")
}

// increments returns exponential increments with a mean of 1 ms; cycling through
// them keeps the cost of drawing out of the measurement.
func increments() []Time {
	out := make([]Time, 1<<12)
	s := Exponential(int64(Millisecond))
	for i := range out {
		out[i] = 1 + Time(s.Sample(draw(1, 2, uint64(i))))
	}
	return out
}

func holdQueue(b *testing.B, n int) {
	var q queue
	q.reset()
	inc := increments()
	for i := range n {
		q.push(inc[i%len(inc)], 0, 0, 0)
	}
	hold := func(k int) {
		for i := range k {
			s := q.pop(math.MaxInt64)
			at := q.items[s].at
			q.release(s)
			q.push(at+inc[i%len(inc)], 0, 0, 0)
		}
	}
	defer oneCore()()
	hold(2 * n)
	measured(b, hold)
}

// heapEvent and heapQueue are what one writes first: a heap of pointers, as in
// the example of container/heap, with the index that cancelling an event needs.
type heapEvent struct {
	at    Time
	seq   uint64
	run   func()
	index int
}

type heapQueue []*heapEvent

func (h heapQueue) Len() int { return len(h) }
func (h heapQueue) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}
func (h heapQueue) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *heapQueue) Push(x any) {
	e := x.(*heapEvent)
	e.index = len(*h)
	*h = append(*h, e)
}
func (h *heapQueue) Pop() any {
	old := *h
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return e
}

func holdBaseline(b *testing.B, n int) {
	var h heapQueue
	inc := increments()
	seq := uint64(0)
	push := func(at Time) {
		seq++
		heap.Push(&h, &heapEvent{at: at, seq: seq})
	}
	for i := range n {
		push(inc[i%len(inc)])
	}
	hold := func(k int) {
		for i := range k {
			e := heap.Pop(&h).(*heapEvent)
			push(e.at + inc[i%len(inc)])
		}
	}
	defer oneCore()()
	hold(2 * n)
	measured(b, hold)
}
