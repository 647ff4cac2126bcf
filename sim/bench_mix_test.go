package sim

import (
	"fmt"
	"math"
	"math/bits"
	"testing"
)

func bitsOf(t Time) int { return bits.Len64(uint64(t)) }

// mixQueue is what the candidates for the event queue have in common.
type mixQueue interface {
	push(at Time, arg uint64) TimerID
	pop() (at Time, arg uint64)
	cancel(id TimerID)
}

// wheel is the engine's queue as a candidate.
type wheel struct{ queue }

func (w *wheel) push(at Time, arg uint64) TimerID { return w.timer(w.queue.push(at, 0, 0, arg)) }

func (w *wheel) pop() (Time, uint64) {
	slot := w.queue.pop(math.MaxInt64)
	it := w.items[slot]
	w.release(slot)
	return it.at, it.arg
}

func (w *wheel) cancel(id TimerID) {
	if slot := w.slot(id); slot != 0 {
		w.queue.cancel(slot)
	}
}

func candidates() map[string]mixQueue {
	w := new(wheel)
	w.reset()
	return map[string]mixQueue{"wheel": w, "heap4": new(heap4), "radix": new(radixHeap)}
}

// mixture is that of a cluster of brokers with one message a batch, as counted in
// runs of the runner's benchmarks: of 100 events 63 are frames under way for 65 to 520 us,
// 16 are timers of up to 2 ms, and 21 set a timer of 500 ms that is cancelled by
// the next frame. About 25 events are pending for one producer; more stands for
// more producers.
type mixture struct {
	q     mixQueue
	now   Time
	i     uint64
	frame Sampler
	wait  Sampler
	slow  []TimerID
}

const mixTimeout = 500 * Millisecond

func newMix(q mixQueue, n int) *mixture {
	m := &mixture{q: q, frame: Uniform(65_000, 520_000), wait: Exponential(150_000), slow: make([]TimerID, n)}
	for k := range n {
		m.slow[k] = q.push(mixTimeout, uint64(n))
		q.push(Time(m.frame.Sample(draw(1, 1, uint64(k)))), uint64(k))
	}
	return m
}

// run handles n events: each belongs to one of the chains, which goes on.
func (m *mixture) run(n int) {
	for range n {
		at, k := m.q.pop()
		m.now = at
		m.i++
		u := draw(2, 2, m.i)
		switch {
		case k == uint64(len(m.slow)): // a time-out that nobody cancelled
		case u%100 < 27: // the answer came; wait for the next one
			m.q.cancel(m.slow[k])
			m.slow[k] = m.q.push(at+mixTimeout, uint64(len(m.slow)))
			m.q.push(at+Time(m.frame.Sample(u)), k)
		case u%100 < 80:
			m.q.push(at+Time(m.frame.Sample(u)), k)
		default:
			m.q.push(at+Time(m.wait.Sample(u)), k)
		}
	}
}

// BenchmarkMix compares the wheel with a 4-ary heap and a radix heap on the mix
// of events of a real run, for n chains of events and as many time-outs.
func BenchmarkMix(b *testing.B) {
	for _, n := range []int{12, 100, 1000, 10_000, 100_000} {
		for _, name := range []string{"wheel", "heap4", "radix"} {
			b.Run(fmt.Sprintf("%s-n=%d", name, n), func(b *testing.B) {
				m := newMix(candidates()[name], n)
				m.run(20*n + 10_000)
				measured(b, m.run)
			})
		}
	}
}

// BenchmarkTies is the hold model with times that collide: sixteen different
// increments.
func BenchmarkTies(b *testing.B) {
	for _, name := range []string{"wheel", "heap4", "radix"} {
		b.Run(name, func(b *testing.B) {
			q := candidates()[name]
			for i := range 10_000 {
				q.push(Time(i%16)*Millisecond, 0)
			}
			hold := func(n int) {
				for i := range n {
					at, _ := q.pop()
					q.push(at+Time(i%16)*Millisecond, 0)
				}
			}
			hold(100_000)
			measured(b, hold)
		})
	}
}
