package checker_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"
)

// model is a system of which clients use one thing at overlapping times. What
// happens does so at one moment, unless a twin does it wrong.
type model struct {
	r       *rand.Rand
	h       *history.History
	wrong   bool // the next operation is one that the twin may do wrong
	queue   []history.Message
	states  []history.Message // all that were written
	at      int64
	message int
}

// span draws the begin and the end of an operation around its moment.
func (m *model) span() (begin, end int64) {
	m.at += int64(1 + m.r.IntN(20))
	return m.at - int64(m.r.IntN(30)), m.at + int64(m.r.IntN(30))
}

func (m *model) row(k history.Kind, message history.Message, position int64) {
	begin, end := m.span()
	m.h.Append(history.Op{Kind: k, Message: message, Place: history.NoPlace, Position: position, Begin: begin, End: end})
}

func (m *model) next(name string) history.Message {
	m.message++
	return m.h.AddNamedMessage(fmt.Sprintf("%d/%s", m.message, name), 0)
}

// put and take are a queue.
func (m *model) put() {
	v := m.next("")
	m.queue = append(m.queue, v)
	m.row(history.KindAck, v, history.NoPosition)
}

func (m *model) take(i int) {
	v := m.queue[i]
	m.queue = append(m.queue[:i:i], m.queue[i+1:]...)
	m.row(history.KindDeliver, v, history.NoPosition)
}

func (m *model) empty() {
	begin, end := m.span()
	m.h.Append(history.Op{Kind: history.KindPoll, Message: history.NoMessage, Place: history.NoPlace,
		Position: history.NoPosition, Detail: m.h.AddSymbol("empty"), Begin: begin, End: end})
}

// aQueue does the next thing with a queue. When wrong is set, twin is what a broken
// one does in its place; it returns false where it has nothing to do wrong.
func aQueue(twin func(m *model) bool) func(m *model) {
	return func(m *model) {
		switch {
		case m.wrong && len(m.queue) > 3 && twin(m):
			m.wrong = false
		case m.r.IntN(2) == 0:
			m.put()
		case len(m.queue) == 0:
			m.empty()
		default:
			m.take(0)
		}
	}
}

// aRegister does the next thing with a register.
func aRegister(twin func(m *model) bool) func(m *model) {
	return func(m *model) {
		switch {
		case m.wrong && len(m.states) > 5 && twin(m):
			m.wrong = false
		case m.r.IntN(2) == 0 || len(m.states) == 0:
			v := m.next("")
			m.states = append(m.states, v)
			m.row(history.KindApply, v, history.NoPosition)
		default:
			m.row(history.KindRead, m.states[len(m.states)-1], 0)
		}
	}
}

// anOrder takes an order through its states, over and over.
func anOrder(twin func(m *model) bool) func(m *model) {
	events := []string{"placed", "paid", "shipped"}
	return func(m *model) {
		if m.wrong && m.message%3 == 1 && twin(m) {
			m.wrong = false
			return
		}
		v := m.next(events[m.message%3])
		m.at += 60 // one after the other
		m.row(history.KindApply, v, history.NoPosition)
	}
}

var orders = &checker.Machine{Initial: "new", Transitions: []checker.Transition{
	{From: "new", Event: "placed", To: "placed"}, {From: "placed", Event: "paid", To: "paid"},
	{From: "paid", Event: "shipped", To: "new"}}}

const orderTwin = "an order that is shipped before it is paid"

// later lets so much time pass that nothing overlaps.
func (m *model) later() { m.at += 100 }

// brokenThing is a thing that does one thing wrong.
type brokenThing struct {
	name, guarantee string
	thing           func(twin func(m *model) bool) func(m *model)
	wrong           func(m *model) bool
}

var notLinearizable = []brokenThing{
	{"a stack", checker.LinearizableQueue, aQueue, func(m *model) bool {
		m.later()
		m.take(len(m.queue) - 1)
		m.later()
		m.take(0)
		return true
	}},
	{"a queue that delivers again", checker.LinearizableQueue, aQueue, func(m *model) bool {
		m.row(history.KindDeliver, m.queue[0], history.NoPosition)
		return true
	}},
	{"a queue that loses", checker.LinearizableQueue, aQueue, func(m *model) bool {
		m.later()
		m.queue = m.queue[1:]
		m.take(0)
		return true
	}},
	{"a queue that hides", checker.LinearizableQueue, aQueue, func(m *model) bool {
		m.later()
		m.empty()
		m.later()
		return true
	}},
	{"a queue that makes things up", checker.LinearizableQueue, aQueue, func(m *model) bool {
		m.row(history.KindDeliver, m.next(""), history.NoPosition)
		return true
	}},
	{"a replica that lags", checker.LinearizableState, aRegister, func(m *model) bool {
		m.later()
		m.row(history.KindApply, m.next(""), history.NoPosition)
		m.later()
		m.row(history.KindRead, m.states[len(m.states)-4], 0)
		m.later()
		return true
	}},
	{"a register that forgets", checker.LinearizableState, aRegister, func(m *model) bool {
		m.later()
		m.row(history.KindRead, history.NoMessage, 0)
		return true
	}},
	{"a register that loses a write", checker.LinearizableState, aRegister, func(m *model) bool {
		last := m.states[len(m.states)-1]
		m.later()
		m.row(history.KindApply, m.next(""), history.NoPosition)
		m.later()
		m.row(history.KindRead, last, 0)
		return true
	}},
	{orderTwin, checker.LinearizableState, anOrder, func(m *model) bool {
		m.at += 60
		m.row(history.KindApply, m.next("shipped"), history.NoPosition)
		m.message += 2
		return true
	}},
}

// The broken twins of linearizable things are caught, each by one mistake among
// hundreds of operations, and things without a mistake are not.
func TestBrokenTwinsAreNotLinearizable(t *testing.T) {
	for _, k := range notLinearizable {
		t.Run(k.name, func(t *testing.T) {
			for seed := range uint64(10) {
				k.play(t, seed, false)
				k.play(t, seed, true)
			}
		})
	}
}

func (k *brokenThing) play(t *testing.T, seed uint64, wrong bool) {
	t.Helper()
	m := &model{r: rand.New(rand.NewPCG(seed, 7)), h: new(history.History)}
	m.h.AddProcess("c")
	m.h.AddKey("k")
	var opt checker.Options
	n, most := 400, 6
	if k.name == orderTwin {
		// Whoever does not know of an effect does not know the state.
		opt.Machine, n, most = orders, 12, 12
	}
	do := k.thing(k.wrong)
	for i := range n {
		m.wrong = m.wrong || wrong && i == n/2
		do(m)
	}
	v := checker.New().Check(m.h, []string{k.guarantee}, opt)[0]
	if m.wrong || (v.Status == checker.Violated) != wrong || v.Status == checker.Unknown {
		t.Fatalf("seed %d, wrong %t: %+v", seed, wrong, v)
	}
	if wrong && len(v.Witness.Rows) > most {
		t.Errorf("seed %d: a witness of %d operations: %s", seed, len(v.Witness.Rows), v.Witness.Text)
	}
}
