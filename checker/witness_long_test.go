package checker_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"
)

// longThing is a thing that porcupine has to judge, because messages come twice or a
// state machine is declared, and that goes wrong once in a long history.
type longThing struct {
	judged
	do    func(m *model)
	wrong func(m *model)
	most  int // operations of a witness
}

// rewrite is a register to which every tenth value is written again at once.
func rewrite(m *model) {
	switch last := len(m.states) - 1; {
	case last >= 0 && m.r.IntN(2) == 0:
		m.row(history.KindRead, m.states[last], 0)
	case last >= 0 && m.r.IntN(10) == 0:
		m.row(history.KindApply, m.states[last], history.NoPosition)
	default:
		m.states = append(m.states, m.next(""))
		m.row(history.KindApply, m.states[last+1], history.NoPosition)
	}
}

// orderEvents are the events of the machine orders.
var orderEvents = []string{"placed", "paid", "shipped"}

// wrongEvents are events that no order takes, by how many it took.
var wrongEvents = []string{"paid", "shipped", "paid"}

// cycle takes an order through its states, over and over, with overlapping effects.
func cycle(m *model) {
	if m.r.IntN(6) == 0 {
		m.later()
	}
	v := m.next(orderEvents[len(m.states)%3])
	m.states = append(m.states, v)
	m.row(history.KindApply, v, history.NoPosition)
	if m.r.IntN(200) == 0 {
		m.h.Append(history.Op{Kind: history.KindApply, Message: m.next("shipped"), Place: history.NoPlace,
			Position: history.NoPosition, Outcome: history.Unknown, Begin: m.at, End: history.Pending})
	}
}

// watched is the same with a reader.
func watched(m *model) {
	if m.r.IntN(6) == 0 {
		m.later()
	}
	if len(m.states) > 0 && m.r.IntN(2) == 0 {
		m.row(history.KindRead, m.states[len(m.states)-1], 0)
		return
	}
	v := m.next(orderEvents[len(m.states)%3])
	m.states = append(m.states, v)
	m.row(history.KindApply, v, history.NoPosition)
}

// resend is a queue to which every twentieth message is sent twice, and delivered so.
func resend(m *model) {
	switch {
	case m.r.IntN(20) == 0:
		v := m.next("")
		m.queue = append(m.queue, v, v)
		m.row(history.KindAck, v, history.NoPosition)
		m.later()
		m.row(history.KindAck, v, history.NoPosition)
	case len(m.queue) < 2 || m.r.IntN(2) == 0 && len(m.queue) < 5:
		m.put()
	default:
		m.take(0)
	}
}

// between does something when nothing else is going on.
func between(wrong func(m *model)) func(m *model) {
	return func(m *model) {
		m.later()
		wrong(m)
		m.later()
	}
}

func longThings() []longThing {
	register := registerJudged()
	machine := judged{name: "machine", guarantee: checker.LinearizableState, weaken: weakenRegister,
		options: checker.Options{Machine: orders}}
	return []longThing{
		{register, rewrite, between(func(m *model) { // a stale read
			m.row(history.KindRead, m.states[len(m.states)-3], 0)
		}), 8},
		{machine, cycle, between(func(m *model) { // the wrong event
			m.row(history.KindApply, m.next(wrongEvents[len(m.states)%3]), history.NoPosition)
		}), 12},
		{machine, watched, between(func(m *model) { // a stale read
			m.row(history.KindRead, m.states[len(m.states)-2], 0)
		}), 10},
		{machine, watched, between(func(m *model) { // the wrong event, between reads
			m.row(history.KindApply, m.next(wrongEvents[len(m.states)%3]), history.NoPosition)
		}), 12},
		{queueJudged(), resend, between(func(m *model) { // a message overtakes
			m.put()
			m.later()
			m.put()
			m.later()
			m.take(len(m.queue) - 1)
			m.later()
			m.take(0)
		}), 8},
	}
}

// However long a history is, every operation of a witness is needed, and no budget
// ends the search for it.
func TestWitnessesOfLongHistoriesAreMinimal(t *testing.T) {
	for k, thing := range longThings() {
		t.Run(fmt.Sprint(k, " ", thing.name), func(t *testing.T) {
			c := checker.New()
			for seed := range uint64(9) {
				m := &model{r: rand.New(rand.NewPCG(seed, uint64(k))), h: new(history.History)}
				m.h.AddProcess("p")
				m.h.AddPlace("x")
				m.h.AddKey("k")
				n := []int{30, 300, 3000}[seed%3]
				at := n/2 + m.r.IntN(n/2)
				for i := range n {
					if i == at {
						thing.wrong(m)
					} else {
						thing.do(m)
					}
				}
				v := c.Check(m.h, []string{thing.guarantee}, thing.options)[0]
				if v.Status != checker.Violated {
					t.Fatalf("seed %d: %s %s", seed, v.Status, v.Reason)
				}
				if len(v.Witness.Rows) > thing.most || v.Witness.NotMinimal {
					t.Errorf("seed %d: a witness of %d operations: %s", seed, len(v.Witness.Rows), v.Witness.Text)
				}
				needed(t, c, m.h, &v, thing.judged)
			}
		})
	}
}
