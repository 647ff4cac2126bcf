package jepsen_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"orderlab/checker"
	"orderlab/checker/anomalies"
)

// oracle says whether operations have a linearization, by trying every order. An
// operation with an unknown outcome may happen at any time after its invocation, or not.
// Take returns the state after an operation, and whether it is possible.
func oracle(h *anomalies.History, state string, take func(state string, op *anomalies.Op) (string, bool)) bool {
	left := make([]bool, len(h.Ops))
	for i := range h.Ops {
		left[i] = h.Ops[i].Type != anomalies.Fail
	}
	seen := make(map[string]bool)
	var try func(state string) bool
	try = func(state string) bool {
		id := fmt.Sprint(state, left)
		if seen[id] {
			return false
		}
		seen[id] = true
		first := int32(anomalies.Never) // what ended first has to come before what began later
		needed := false
		for i := range h.Ops {
			if op := &h.Ops[i]; left[i] && op.Type == anomalies.OK {
				first, needed = min(first, op.Completed), true
			}
		}
		if !needed {
			return true
		}
		for i := range h.Ops {
			if op := &h.Ops[i]; left[i] && op.Invoked < first {
				if next, ok := take(state, op); ok {
					left[i] = false
					if try(next) {
						return true
					}
					left[i] = true
				}
			}
		}
		return false
	}
	return try(state)
}

// fifo is a queue that holds values, each with a comma behind. A drain takes its values
// one after the other without anything in between, which is more than a drain promises;
// the vectors have no operation beside one.
func fifo(h *anomalies.History) func(state string, op *anomalies.Op) (string, bool) {
	name := func(v anomalies.Value) string { return h.Name(v) + "," }
	return func(state string, op *anomalies.Op) (string, bool) {
		switch op.F {
		case anomalies.Enqueue:
			return state + name(h.SendsOf(op)[0].Value), true
		case anomalies.Dequeue, anomalies.Drain:
			reads := h.ReadsOf(op)
			for _, r := range reads {
				if !strings.HasPrefix(state, name(r.Value)) {
					return state, false
				}
				state = strings.TrimPrefix(state, name(r.Value))
			}
			if op.F == anomalies.Dequeue && len(reads) == 0 {
				_, state, _ = strings.Cut(state, ",") // it may have taken any one
			}
		}
		return state, true
	}
}

// Every vector about a queue has the verdict as a FIFO queue that trying every order
// has.
func TestQueueVectorsAsFIFO(t *testing.T) {
	violated := 0
	for _, v := range load(t, "queue") {
		if strings.HasPrefix(v.Checker, "set") {
			continue
		}
		h := read(t, v.History)
		rows, _ := checker.QueueOf(&h.History)
		got := checker.New().Check(rows, []string{checker.LinearizableQueue}, checker.Options{})[0]
		want := checker.Holds
		if !oracle(&h.History, "", fifo(&h.History)) {
			want = checker.Violated
			violated++
		}
		if got.Status != want {
			t.Errorf("%s is %s %s, want %s", v.ID, got.Status, got.Reason, want)
		}
		t.Logf("%s: %s", v.ID, got.Status)
	}
	if violated == 0 {
		t.Error("no vector breaks the order")
	}
}

// register is the value of a register.
func register(h *anomalies.History) func(state string, op *anomalies.Op) (string, bool) {
	return func(state string, op *anomalies.Op) (string, bool) {
		switch op.F {
		case anomalies.Read:
			if op.Type != anomalies.OK {
				return state, true
			}
			return state, h.Name(h.ReadsOf(op)[0].Value) == state
		case anomalies.CAS:
			if h.Name(h.ReadsOf(op)[0].Value) != state {
				return state, op.Type != anomalies.OK
			}
		}
		return h.Name(h.SendsOf(op)[0].Value), true
	}
}

// randomRegister writes down what a few clients do with a register: at random, and
// mostly as it should be.
func randomRegister(r *rand.Rand, cas bool) string {
	type call struct {
		f, completion string // what it does, and how it ends: "" when no line says so
		from, to      int
	}
	var lines []string
	state := 0
	processes, busy := []int{0, 1, 2}, make([]*call, 3)
	event := func(typ string, client int, c *call) {
		value := fmt.Sprint(c.to)
		switch {
		case c.f == "cas":
			value = fmt.Sprintf("[%d %d]", c.from, c.to)
		case c.f == "read" && typ != "ok":
			value = "nil"
		}
		lines = append(lines, fmt.Sprintf("{:process %d, :type :%s, :f :%s, :value %s}", processes[client], typ, c.f, value))
	}
	for range 14 {
		client := r.IntN(3)
		if c := busy[client]; c != nil {
			if c.completion != "" {
				event(c.completion, client, c)
			} else {
				processes[client] += 3 // a process that does not know goes on under another number
			}
			busy[client] = nil
			continue
		}
		c := &call{f: []string{"read", "write", "cas"}[r.IntN(3)], from: r.IntN(3), to: r.IntN(3), completion: "ok"}
		if c.f == "cas" && !cas {
			c.f = "write"
		}
		event("invoke", client, c)
		switch happens := r.IntN(10) > 0; {
		case c.f == "read" && happens:
			c.to = state
		case c.f == "cas" && c.from != state && happens:
			c.completion = "fail"
		case c.f != "read" && happens:
			state = c.to
		}
		if c.f != "read" && r.IntN(6) == 0 {
			c.completion = []string{"info", ""}[r.IntN(2)]
		}
		busy[client] = c
	}
	return strings.Join(lines, "\n")
}

// Registers are judged as trying every order judges them, with values that come again,
// cas, and operations whose outcome nobody knows; and the operations of a witness alone
// are wrong too.
func TestRegistersAgreeWithEveryOrder(t *testing.T) {
	counts := map[bool]int{}
	for seed := range uint64(2000) {
		text := randomRegister(rand.New(rand.NewPCG(seed, 3)), seed%2 == 0)
		h := readText(t, text)
		if h.Kind != anomalies.Register {
			continue
		}
		legal := oracle(&h.History, "0", register(&h.History))
		counts[legal]++
		v := checker.RegistersOf(&h.History, "0").Check(checker.Options{})
		if (v.Status == checker.Holds) != legal || v.Status == checker.Unknown {
			t.Fatalf("seed %d: %s %s, but every order says %t, of\n%s", seed, v.Status, v.Reason, legal, text)
		}
		if legal {
			continue
		}
		shown := h.History
		shown.Ops = nil
		for _, i := range v.Witness.Rows {
			shown.Ops = append(shown.Ops, h.Ops[i])
		}
		if again := checker.RegistersOf(&shown, "0").Check(checker.Options{}); again.Status != checker.Violated {
			t.Fatalf("seed %d: the witness %v alone is %s, of\n%s", seed, v.Witness.Rows, again.Status, text)
		}
	}
	if min(counts[true], counts[false]) < 200 {
		t.Errorf("%d legal histories, %d illegal", counts[true], counts[false])
	}
}

// A long history of few values is judged in a moment, and has a short witness.
func TestLongRegister(t *testing.T) {
	var b strings.Builder
	state := 0
	for i := range 20_000 {
		p := i % 5
		fmt.Fprintf(&b, "{:process %d, :type :invoke, :f :cas, :value [%d %d]}\n", p, state, (state+i)%5)
		if i == 15_000 {
			state++ // what nobody wrote
		} else {
			state = (state + i) % 5
		}
		fmt.Fprintf(&b, "{:process %d, :type :ok, :f :cas, :value nil}\n", p)
	}
	h := readText(t, b.String())
	v := checker.RegistersOf(&h.History, "0").Check(checker.Options{})
	if v.Status != checker.Violated || v.Witness.NotMinimal || len(v.Witness.Rows) > 10 {
		t.Fatalf("%s %s: %+v", v.Status, v.Reason, v.Witness)
	}
}
