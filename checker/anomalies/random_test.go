package anomalies

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// randomHistory draws a small history of logs in which anything may be: values that
// stand at several offsets, offsets with several values, polls of what was never
// sent, operations of all types in any overlap.
func randomHistory(t *rapid.T) *History {
	h := &History{Unit: "line"}
	keys := rapid.IntRange(1, 2).Draw(t, "keys")
	values := rapid.IntRange(1, 6).Draw(t, "values")
	for k := range keys {
		h.AddKey(string(rune('x' + k)))
		for v := range values {
			h.AddValue(Key(k), fmt.Sprint(v))
		}
	}
	processes := rapid.IntRange(1, 3).Draw(t, "processes")
	running := make([]int, processes)
	for p := range running {
		h.AddProcess(fmt.Sprint(p))
		running[p] = -1
	}
	sent := make(map[Value]bool)
	place := func(label string) Place {
		v := Value(rapid.IntRange(0, keys*values-1).Draw(t, label))
		offset := int64(int(v)%values) * 2 // mostly where it belongs
		if rapid.IntRange(0, 3).Draw(t, "elsewhere") == 0 {
			offset = int64(rapid.IntRange(-1, 2*values).Draw(t, "offset"))
		}
		return Place{v, offset}
	}
	for now := range int32(rapid.IntRange(1, 16).Draw(t, "events")) {
		p := rapid.IntRange(0, processes-1).Draw(t, "process")
		if running[p] < 0 {
			f := []F{Send, Poll, Txn, Txn, Send, Poll, Assign, Subscribe, Release, Crash}[rapid.IntRange(0, 9).Draw(t, "f")]
			running[p] = h.Begin(Op{F: f, Process: int32(p), Invoked: now, Completed: Never, Line: now, EndLine: now})
		} else {
			op := &h.Ops[running[p]]
			op.Type = []Type{OK, OK, OK, Fail, Info}[rapid.IntRange(0, 4).Draw(t, "type")]
			op.Completed, op.EndLine = now, now
		}
		i := running[p]
		if h.Ops[i].Completed != Never {
			running[p] = -1
		}
		fill(t, h, i, keys, sent, place)
	}
	return h
}

// fill gives an operation what it sends, polls or lists.
func fill(t *rapid.T, h *History, i, keys int, sent map[Value]bool, place func(string) Place) {
	for _, s := range h.SendsOf(&h.Ops[i]) {
		delete(sent, s.Value)
	}
	h.Rewrite(i)
	f := h.Ops[i].F
	if f == Send || f == Txn {
		for range rapid.IntRange(0, 3).Draw(t, "sends") {
			if s := place("sent"); !sent[s.Value] {
				sent[s.Value] = true
				h.Send(i, s.Value, s.Offset)
			}
		}
	}
	if f == Poll || f == Txn {
		for range rapid.IntRange(0, 4).Draw(t, "reads") {
			r := place("read")
			h.Read(i, r.Value, r.Offset)
		}
	}
	if f == Assign || f == Subscribe || f == Release || rapid.IntRange(0, 5).Draw(t, "moves") == 0 && f != Crash {
		for k := range keys {
			if rapid.Bool().Draw(t, "listed") {
				h.List(i, Key(k))
			}
		}
	}
}

// The counts are those of the definitions, word by word.
func TestOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := randomHistory(t)
		opt := Options{WWDeps: rapid.Bool().Draw(t, "ww"), Subscribe: rapid.Bool().Draw(t, "subscribe")}
		want := oracle(h, opt)
		for _, f := range Check(h, Log, nil, opt) {
			if f.Count != want[f.ID] || (f.Status == Violated) != (f.Count > 0) {
				t.Fatalf("%s: %s, %d cases, want %d in\n%s", f.ID, f.Status, f.Count, want[f.ID], dump(h))
			}
			if f.Vacuous && f.Decided > 0 || f.Status == Holds && f.Decided == 0 && !f.Vacuous {
				t.Fatalf("%s is vacuous: %v, and %d were decided", f.ID, f.Vacuous, f.Decided)
			}
		}
	})
}

// A witness shows its anomaly, and does not without any one of its operations.
func TestWitnesses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := randomHistory(t)
		opt := Options{WWDeps: rapid.Bool().Draw(t, "ww")}
		for _, f := range Check(h, Log, nil, opt) {
			if f.Status == Violated && f.ID != EmptyHistory {
				minimal(t, h, Log, &f, opt)
			}
		}
	})
}

func minimal(t *rapid.T, h *History, kind Kind, f *Finding, opt Options) {
	t.Helper()
	shows := func(without int) bool {
		var ops []int32
		for j, i := range f.Witness {
			if j != without {
				ops = append(ops, int32(i))
			}
		}
		return search(h.part(ops), kind, opt)[f.ID].count > 0
	}
	if len(f.Witness) == 0 || f.Text == "" {
		t.Fatalf("%s has no witness", f.ID)
	}
	if !shows(-1) {
		t.Fatalf("%s: the witness %v alone does not show it (%s):\n%s", f.ID, f.Witness, f.Text, dump(h))
	}
	for j := range f.Witness {
		if shows(j) {
			t.Fatalf("%s: the witness %v shows it without %d:\n%s", f.ID, f.Witness, f.Witness[j], dump(h))
		}
	}
}

// dump writes a history for people.
func dump(h *History) (out string) {
	for i := range h.Ops {
		op := &h.Ops[i]
		out += fmt.Sprintf("%d: process %d %s %s [%d, %d]", i, op.Process, op.F, op.Type, op.Invoked, op.Completed)
		for _, s := range h.SendsOf(op) {
			out += fmt.Sprintf(" send %s/%s@%d", h.Keys[h.KeyOf(s.Value)], h.Name(s.Value), s.Offset)
		}
		for _, r := range h.ReadsOf(op) {
			out += fmt.Sprintf(" poll %s/%s@%d", h.Keys[h.KeyOf(r.Value)], h.Name(r.Value), r.Offset)
		}
		for _, k := range h.ListedOf(op) {
			out += " key " + h.Keys[k]
		}
		out += "\n"
	}
	return out
}
