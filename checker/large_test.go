package checker_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"
)

// shuffled is a history of one key, or of none but its own for each message, in
// which effects are far out of order.
func shuffled(r *rand.Rand, messages, keys, processes, reach int) *history.History {
	h := new(history.History)
	order := make([]int, messages)
	for i := range messages {
		p := h.AddProcess("p" + string(rune('a'+i%processes)))
		key := h.AddKey("k" + string(rune(0x4e00+i%keys)))
		m := h.AddMessage(history.MessageInfo{Key: key, Producer: p, Index: uint32(i)})
		at := int64(i) * 10
		op := history.Op{Kind: history.KindSend, Process: p, Session: uint16(i % 3), Message: m, Place: history.NoPlace,
			Position: history.NoPosition, Begin: at, End: at}
		h.Append(op)
		op.Kind, op.End = history.KindAck, at+int64(r.IntN(100))
		h.Append(op)
		order[i] = i
	}
	late := make([]int, messages)
	for i := range late {
		late[i] = i + r.IntN(reach)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(late[a], late[b]) })
	place, consumer := h.AddPlace("x"), h.AddProcess("c")
	for j, i := range order {
		at := int64(1_000_000 + j)
		op := history.Op{Kind: history.KindDeliver, Process: consumer, Message: history.Message(i), Place: place,
			Position: int64(i), Attempt: 1, Begin: at, End: at}
		h.Append(op)
		op.Kind = history.KindApply
		h.Append(op)
	}
	return h
}

// The fast ways agree with the definitions on long sequences, where trees are
// deep; and on many keys and sessions, where tables are sparse.
func TestLongSequencesAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ messages, keys, processes, reach int }{
		{100, 1, 1, 1}, {150, 1, 1, 3}, {150, 1, 2, 50}, {150, 3, 1, 150}, {100, 70, 25, 100},
	} {
		h := shuffled(r, c.messages, c.keys, c.processes, c.reach)
		w := newWorld(h)
		for _, got := range checker.New().Check(h, linear, checker.Options{}) {
			f, want := oracle(w, got.Guarantee, checker.Options{})
			if got.Status == checker.Violated && f.overtaken != unnamed && !slices.Contains(got.Witness.Rows, f.overtaken) {
				t.Errorf("%+v: %s: the witness %v is not about row %d", c, got.Guarantee, got.Witness.Rows, f.overtaken)
			}
			got.Reason, got.Witness, got.LostAt = "", nil, ""
			if got != want {
				t.Errorf("%+v: %s: %+v, want %+v", c, got.Guarantee, got, want)
			}
		}
	}
}

// A checker that has seen a history of a size takes no new memory for the next,
// but for the verdicts.
func TestMemoryIsReused(t *testing.T) {
	h := pipeline(20_000, 1)
	c := checker.New()
	ids := append(slices.Clone(linear), checker.LinearizableLog)
	if n := testing.AllocsPerRun(5, func() { c.Check(h, ids, checker.Options{Budget: checker.Budget{Steps: 1}}) }); n > 8 {
		t.Errorf("%g allocations", n)
	}
}

func TestContextIsAllThatHappenedToTheMessages(t *testing.T) {
	h := readFile(t, "testdata/arbiters/08-key-split.jsonl")
	v := checker.New().Check(h, []string{checker.PerKeyOrder}, checker.Options{})[0]
	var kinds []string
	for _, row := range checker.Context(h, &v) {
		kinds = append(kinds, h.Kind(row).String()+" "+h.MessageName(h.MessageAt(row)))
	}
	want := []string{"send apple1", "store apple1", "ack apple1", "send apple2", "store apple2", "ack apple2",
		"deliver apple2", "apply apple2", "deliver apple1", "apply apple1"}
	if !slices.Equal(kinds, want) {
		t.Errorf("%q, want %q", kinds, want)
	}
	if rows := checker.Context(h, new(checker.Verdict)); rows != nil {
		t.Errorf("rows %v without a witness", rows)
	}
}
