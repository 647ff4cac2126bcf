package anomalies

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A system that does as it should shows no anomaly, though each has its occasions.
func TestCorrectWorld(t *testing.T) {
	decided := make(map[string]int)
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, rapid.IntRange(1, 3).Draw(t, "keys"))
		w.run(rapid.IntRange(10, 80).Draw(t, "steps"))
		w.drain(nil)
		for _, ww := range []bool{false, true} {
			for _, f := range Check(w.h, Log, nil, Options{WWDeps: ww}) {
				decided[f.ID] += f.Decided
				if f.Status != Holds {
					t.Fatalf("%s: %s in\n%s", f.ID, f.Text, dump(w.h))
				}
			}
		}
	})
	for _, id := range Of(Log) {
		if decided[id] == 0 {
			t.Errorf("nothing could have shown %s", id)
		}
	}
}

// fault is something that goes wrong in a world that is right otherwise. It happens to
// keys and processes of its own, among all the others.
type fault struct {
	id     string
	inject func(w *world) (short map[Key]int)
	// also are anomalies that cannot but come with it.
	also []string
	opt  Options
}

// put appends values to a log of the fault, and returns their places.
func (w *world) put(k Key, n int) (out []Place) {
	for range n {
		out = append(out, w.append(w.value(k)))
	}
	return out
}

func (w *world) then(step func()) { w.script = append(w.script, step) }

// sent records that a process sent what stands at some places.
func (w *world) sent(p []Place) { w.whole(Send, w.process(), OK, p, nil) }

// faults are one of each kind.
func faults() []fault {
	return slices.Concat(faultsOfValues(), faultsOfOrder(), faultsOfTransactions())
}

// faultsOfValues show in what is in a log and what is not.
func faultsOfValues() []fault {
	return []fault{
		{id: InconsistentOffsets, inject: injectConflict},
		{id: Duplicate, inject: injectDuplicate},
		{id: Phantom, inject: func(w *world) map[Key]int {
			k := w.key()
			w.then(func() { w.sent(w.put(k, 2)) })
			w.then(func() { w.put(k, 1) }) // it was not sent
			return nil
		}},
		{id: G1a, inject: func(w *world) map[Key]int {
			k := w.key()
			w.then(func() { w.whole(Send, w.process(), Fail, w.put(k, 2), nil) })
			return nil
		}},
		{id: PrecommittedRead, inject: func(w *world) map[Key]int {
			k := w.key()
			w.then(func() { p := w.put(k, 2); w.whole(Txn, w.process(), OK, p, p[:1]) })
			return nil
		}},
		{id: LostWrite, also: []string{Unseen}, inject: func(w *world) map[Key]int {
			k := w.key()
			w.then(func() {
				p := w.put(k, 3)
				w.sent(p)
				w.logs[k] = p[1:] // the first is gone
			})
			return nil
		}},
		{id: Unseen, inject: func(w *world) map[Key]int {
			k := w.key()
			w.then(func() { w.sent(w.put(k, 2)) })
			return map[Key]int{k: 1}
		}},
	}
}

// faultsOfOrder show in the order in which values are sent and polled.
func faultsOfOrder() []fault {
	return []fault{
		{id: IntPollSkip, inject: func(w *world) map[Key]int {
			k := w.key()
			w.then(func() { w.sent(w.put(k, 3)) })
			w.then(func() { p := w.logs[k]; w.whole(Poll, w.process(), OK, nil, []Place{p[0], p[2]}) })
			return nil
		}},
		{id: IntNonmonotonicPoll, inject: func(w *world) map[Key]int {
			k := w.key()
			w.then(func() { w.sent(w.put(k, 2)) })
			w.then(func() { p := w.logs[k]; w.whole(Poll, w.process(), OK, nil, []Place{p[0], p[1], p[1]}) })
			return nil
		}},
		{id: IntSendSkip, also: []string{G0}, opt: Options{WWDeps: true}, inject: func(w *world) map[Key]int {
			k := w.key()
			a, b := -1, -1
			w.then(func() { a = w.invoke(Send, w.process()) })
			w.then(func() { b = w.invoke(Send, w.process()) })
			w.then(func() { p := w.put(k, 3); w.complete(a, OK, []Place{p[0], p[2]}, nil); w.complete(b, OK, p[1:2], nil) })
			return nil
		}},
		{id: IntNonmonotonicSend, inject: func(w *world) map[Key]int {
			k := w.key()
			w.then(func() { p := w.put(k, 2); w.sent([]Place{p[1], p[0]}) })
			return nil
		}},
		{id: PollSkip, inject: func(w *world) map[Key]int { return injectPolls(w, 0, 2) }},
		{id: NonmonotonicPoll, inject: func(w *world) map[Key]int { return injectPolls(w, 1, 1) }},
		{id: NonmonotonicSend, inject: func(w *world) map[Key]int {
			k := w.key()
			process := w.process()
			w.then(func() {
				p := w.put(k, 2)
				w.whole(Send, process, OK, p[1:], nil)
				w.whole(Send, process, OK, p[:1], nil)
			})
			return nil
		}},
	}
}

// faultsOfTransactions show in cycles.
func faultsOfTransactions() []fault {
	return []fault{
		{id: G0, opt: Options{WWDeps: true}, inject: func(w *world) map[Key]int {
			return injectCycle(w, func(a, b []Place) (sentA, sentB, readA, readB []Place) {
				return []Place{a[0], b[1]}, []Place{a[1], b[0]}, nil, nil
			})
		}},
		{id: G1c, inject: func(w *world) map[Key]int {
			return injectCycle(w, func(a, b []Place) (sentA, sentB, readA, readB []Place) { return a, b, b, a })
		}},
		{id: G1cRealtime, inject: func(w *world) map[Key]int {
			k := w.key()
			w.then(func() {
				p := w.put(k, 1)
				w.whole(Poll, w.process(), OK, nil, p)
				w.sent(p) // it was handed over before it was sent
			})
			return nil
		}},
		{id: G0Realtime, opt: Options{WWDeps: true}, inject: func(w *world) map[Key]int {
			k := w.key()
			w.then(func() { p := w.put(k, 2); w.sent(p[1:]); w.sent(p[:1]) })
			return nil
		}},
	}
}

// injectConflict hands a consumer another value than the one that stands there.
func injectConflict(w *world) map[Key]int {
	k := w.key()
	w.then(func() { w.sent(w.put(k, 2)) })
	w.then(func() {
		v := w.value(k)
		w.whole(Send, w.process(), Info, []Place{{v, NoOffset}}, nil)
		w.whole(Poll, w.process(), OK, nil, []Place{{v, w.logs[k][0].Offset}, w.logs[k][1]})
	})
	return nil
}

// injectDuplicate tells a producer another offset than the one where its value stands.
func injectDuplicate(w *world) map[Key]int {
	k := w.key()
	w.then(func() {
		w.next[k]++ // something that is no message
		p := w.put(k, 2)
		w.sent([]Place{{p[0].Value, 0}, p[1]})
	})
	return nil
}

// injectPolls has a process poll up to one entry and go on with another.
func injectPolls(w *world, last, first int) map[Key]int {
	k, process := w.key(), w.process()
	w.then(func() { w.sent(w.put(k, 3)) })
	w.then(func() { w.whole(Poll, process, OK, nil, w.logs[k][:last+1]) })
	w.then(func() { w.whole(Poll, process, OK, nil, w.logs[k][first:]) })
	return nil
}

// injectCycle has two transactions at the same time. Parts says what each sends and
// polls of the entries of two keys.
func injectCycle(w *world, parts func(a, b []Place) (sentA, sentB, readA, readB []Place)) map[Key]int {
	x, y := w.key(), w.key()
	first, second := -1, -1
	w.then(func() { first = w.invoke(Txn, w.process()) })
	w.then(func() { second = w.invoke(Txn, w.process()) })
	w.then(func() {
		sentA, sentB, readA, readB := parts(w.put(x, 2), w.put(y, 2))
		w.complete(first, OK, sentA, readA)
		w.complete(second, OK, sentB, readB)
	})
	return nil
}

// With one fault in a world that is right otherwise exactly its anomaly is found.
func TestOneFault(t *testing.T) {
	tested := make(map[string]bool)
	for _, f := range faults() {
		tested[f.id] = true
		t.Run(f.id, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := newWorld(t, rapid.IntRange(1, 2).Draw(t, "keys"))
				short := f.inject(w)
				w.run(len(w.script) + rapid.IntRange(0, 30).Draw(t, "steps"))
				w.drain(short)
				found := false
				for _, g := range Check(w.h, Log, nil, f.opt) {
					switch {
					case g.Status == Holds:
					case g.ID == f.id:
						found = true
						minimal(t, w.h, Log, &g, f.opt)
					case !slices.Contains(f.also, g.ID):
						t.Fatalf("%s as well: %s in\n%s", g.ID, g.Text, dump(w.h))
					}
				}
				if !found {
					t.Fatalf("it is not found in\n%s", dump(w.h))
				}
			})
		})
	}
	for _, id := range Of(Log) {
		if !tested[id] && id != EmptyHistory {
			t.Errorf("no fault makes %s", id)
		}
	}
}
