package anomalies

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// randomBag draws a small history of a queue or a set in which anything may be.
func randomBag(t *rapid.T, kind Kind) *History {
	h := &History{Unit: "line"}
	h.AddKey("")
	values := rapid.IntRange(1, 4).Draw(t, "values")
	for v := range values {
		h.AddValue(0, fmt.Sprint(v))
	}
	processes := rapid.IntRange(1, 4).Draw(t, "processes")
	running := make([]int, processes)
	for p := range running {
		h.AddProcess(fmt.Sprint(p))
		running[p] = -1
	}
	any := func() Value { return Value(rapid.IntRange(0, values-1).Draw(t, "value")) }
	in, out := Enqueue, []F{Dequeue, Drain}
	if kind == Set {
		in, out = Add, []F{Read}
	}
	for now := range int32(rapid.IntRange(1, 16).Draw(t, "events")) {
		p := rapid.IntRange(0, processes-1).Draw(t, "process")
		if running[p] < 0 {
			f := append([]F{in}, out...)[rapid.IntRange(0, len(out)).Draw(t, "f")]
			running[p] = h.Begin(Op{F: f, Process: int32(p), Invoked: now, Completed: Never})
			if f == in {
				h.Send(running[p], any(), NoOffset)
			}
			continue
		}
		i := running[p]
		running[p] = -1
		op := &h.Ops[i]
		op.Type, op.Completed = []Type{OK, OK, OK, Fail, Info}[rapid.IntRange(0, 4).Draw(t, "type")], now
		if op.F == in || op.Type != OK {
			continue
		}
		h.Rewrite(i)
		n := 1
		if op.F != Dequeue {
			n = rapid.IntRange(0, 4).Draw(t, "reads")
		}
		for range n {
			h.Read(i, any(), NoOffset)
		}
	}
	return h
}

func TestQueueOracle(t *testing.T) { bagProperty(t, Queue, queueOracle) }
func TestSetOracle(t *testing.T)   { bagProperty(t, Set, setOracle) }

// bagProperty compares the counts with those of the definitions, and looks at the
// witnesses.
func bagProperty(t *testing.T, kind Kind, oracle func(*History) map[string]int) {
	rapid.Check(t, func(t *rapid.T) {
		h := randomBag(t, kind)
		want := oracle(h)
		for _, f := range Check(h, kind, nil, Options{}) {
			if f.Count != want[f.ID] {
				t.Fatalf("%s: %d cases, want %d in\n%s", f.ID, f.Count, want[f.ID], dump(h))
			}
			if f.Status == Violated {
				minimal(t, h, kind, &f, Options{})
			}
		}
	})
}

// queueOracle counts by looking at each value and each way it came out.
func queueOracle(h *History) map[string]int {
	count := make(map[string]int)
	taken := 0
	for i := range h.Ops {
		taken += len(h.ReadsOf(&h.Ops[i]))
	}
	for v := range h.Values() {
		attempts, acked, failed, out := 0, 0, 0, 0
		first := int32(Never)
		for i := range h.Ops {
			op := &h.Ops[i]
			if slices.ContainsFunc(h.SendsOf(op), func(p Place) bool { return p.Value == Value(v) }) {
				attempts++
				first = min(first, op.Invoked)
				switch op.Type {
				case OK:
					acked++
				case Fail:
					failed++
				}
			}
		}
		for i := range h.Ops {
			for _, r := range h.ReadsOf(&h.Ops[i]) {
				switch {
				case r.Value != Value(v):
				case h.Ops[i].Completed < first:
					count[QueueUnexpected]++
					out++ // it is gone nevertheless
				default:
					out++
					if failed == attempts {
						count[QueueAbortedRead]++
					}
					switch {
					case out > attempts:
						count[QueueDuplicated]++
					case out > acked:
						count[QueueRecovered]++
					}
				}
			}
		}
		if taken > 0 {
			count[QueueLost] += max(0, acked-out)
		}
	}
	return count
}

// setOracle follows every element through all reads in order of their invocation.
func setOracle(h *History) map[string]int {
	count := make(map[string]int)
	has := func(places []Place, v int) (n int) {
		for _, p := range places {
			if p.Value == Value(v) {
				n++
			}
		}
		return n
	}
	for v := range h.Values() {
		added, known, present, absent := int32(Never), int32(Never), int32(-1), int32(-1)
		attempts, acked, failed, early, twice := 0, 0, 0, false, false
		for i := range h.Ops {
			if op := &h.Ops[i]; op.F == Add && has(h.SendsOf(op), v) > 0 {
				attempts++
				added = min(added, op.Invoked)
				switch op.Type {
				case OK:
					acked++
					known = min(known, op.Completed)
				case Fail:
					failed++
				}
			}
		}
		for i := range h.Ops {
			op := &h.Ops[i]
			if op.F != Read || op.Type != OK {
				continue
			}
			n := has(h.ReadsOf(op), v)
			twice = twice || n > 1
			switch {
			case op.Completed < added:
				early = early || n > 0
			case n > 0:
				present, known = max(present, op.Invoked), min(known, op.Completed)
			default:
				absent = max(absent, op.Invoked)
			}
		}
		add := func(id string, is bool) {
			if is {
				count[id]++
			}
		}
		add(SetDuplicated, twice)
		add(SetUnexpected, early)
		add(SetRecovered, present >= 0 && acked == 0)
		add(SetAbortedRead, present >= 0 && failed == attempts)
		stable, lost := present > absent, absent > known && absent > present
		add(SetStale, stable && absent > known)
		add(SetLost, lost)
		add(SetNeverRead, attempts > 0 && !stable && !lost)
	}
	return count
}
