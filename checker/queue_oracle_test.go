package checker_test

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"orderlab/checker"
	"orderlab/model/history"
)

func queueJudged() judged {
	return judged{"queue", checker.LinearizableQueue, playQueue, recordQueue, queueIsLegal, weakenQueue, checker.Options{}}
}

// playQueue plays FIFO queues: enqueues that are acked, fail or have no answer,
// dequeues, polls that find nothing, and dequeues and polls of which nobody heard.
// Now and then a message is sent again.
func playQueue(p *plays) {
	var queues [2][]int
	places, again := 1+p.r.IntN(2), 0
	if p.chance(15) {
		again = 20
	}
	for range 2 + p.r.IntN(7) {
		place := p.r.IntN(places)
		q := &queues[place]
		switch what := p.r.IntN(10); {
		case what < 5:
			value := len(p.steps)
			for i := range p.steps {
				if p.steps[i].do == "enq" && p.steps[i].place == place && p.chance(again) {
					value = p.steps[i].value
				}
			}
			s := p.happens(step{do: "enq", value: value, place: place})
			switch {
			case p.chance(15):
				s.outcome, s.end = history.Unknown, never
				if p.chance(50) {
					*q = append(*q, s.value)
				}
			case p.chance(5):
				s.outcome = history.Fail
			default:
				*q = append(*q, s.value)
			}
		case what == 5:
			s := p.happens(step{do: "open", place: place, outcome: history.Unknown})
			s.end = never
			if p.chance(30) {
				s.do = "opens"
			}
			for len(*q) > 0 && p.chance(70) {
				*q = (*q)[1:]
				if s.do == "open" {
					break
				}
			}
		case len(*q) == 0:
			p.happens(step{do: "empty", place: place})
		default:
			p.happens(step{do: "deq", value: (*q)[0], place: place})
			*q = (*q)[1:]
		}
	}
	p.lie()
	if p.chance(5) && len(p.steps) > 1 { // a second delivery, or one of what nobody sent
		value, place := p.r.IntN(len(p.steps)), p.r.IntN(places)
		for _, s := range p.steps {
			if s.do == "enq" && s.value == value && s.outcome == history.Unknown {
				place = s.place // nobody but this delivery says where it was sent
			}
		}
		p.happens(step{do: "deq", value: value, place: place})
	}
}

// recordQueue writes the history of queues.
func recordQueue(p *plays, h *history.History) {
	names := []history.Place{h.AddPlace("x"), h.AddPlace("y")}
	producer, consumer, poller := h.AddProcess("p"), h.AddProcess("c"), h.AddProcess("d")
	empty := h.AddSymbol("empty")
	for i := range len(p.steps) {
		h.AddMessage(history.MessageInfo{Key: history.NoKey, Producer: producer, Index: uint32(i)})
	}
	var units [][]history.Op
	for _, s := range p.steps {
		op := history.Op{Process: consumer, Message: history.Message(s.value), Place: names[s.place],
			Position: history.NoPosition, Begin: s.begin, End: s.end, Outcome: s.outcome}
		poll := op
		poll.Kind, poll.Message = history.KindPoll, history.NoMessage
		switch s.do {
		case "enq":
			op.Process, op.Kind = producer, history.KindAck
			send := op
			send.Kind, send.Place, send.Outcome, send.End = history.KindSend, history.NoPlace, history.OK, send.Begin
			if s.outcome == history.Unknown || p.chance(70) || sends(p.steps, s.value) > 1 {
				units = append(units, []history.Op{send})
			}
			if s.outcome != history.Unknown {
				units = append(units, []history.Op{op})
			}
		case "deq":
			op.Kind = history.KindDeliver
			if p.chance(50) {
				op.Begin, op.Process, poll.Process = op.End, poller, poller
				units = append(units, []history.Op{poll, op})
			} else {
				units = append(units, []history.Op{op})
			}
		case "empty":
			poll.Detail = empty
			units = append(units, []history.Op{poll})
		case "open":
			op.Kind, op.Message = history.KindDeliver, history.NoMessage
			units = append(units, []history.Op{op})
		case "opens":
			units = append(units, []history.Op{poll})
		}
	}
	p.shuffled(units, h)
}

// sends counts the enqueues of a value.
func sends(steps []step, value int) (n int) {
	for _, s := range steps {
		if s.do == "enq" && s.value == value {
			n++
		}
	}
	return n
}

// queueIsLegal asks porcupine about each queue. A poll of which nobody heard is as
// many dequeues as there could be messages.
func queueIsLegal(steps []step) bool {
	for place := range 2 {
		var here []step
		for _, s := range steps {
			if s.place != place {
				continue
			}
			here = append(here, s)
			for _, other := range steps {
				if s.do == "opens" && other.do == "enq" && other.place == place {
					here = append(here, s)
				}
			}
		}
		if !porcupineSays(here, "", func(state string, s step) (bool, string) {
			value := fmt.Sprintf("%d,", s.value)
			switch s.do {
			case "enq":
				return true, state + value
			case "deq":
				return strings.HasPrefix(state, value), strings.TrimPrefix(state, value)
			case "empty":
				return state == "", state
			}
			_, rest, _ := strings.Cut(state, ",")
			return true, rest
		}) {
			return false
		}
	}
	return true
}

// weakenQueue returns what a witness says, but for one row: of that nobody knows
// when it happened and whether it did.
func weakenQueue(h *history.History, v *checker.Verdict, without int) *history.History {
	out := new(history.History)
	out.AddPlace("x")
	out.AddPlace("y")
	producer, consumer := out.AddProcess("p"), out.AddProcess("c")
	out.AddProcess("d")
	out.AddSymbol("empty")
	for k := range h.Keys() {
		out.AddKey(h.KeyName(history.Key(k)))
	}
	for m := range h.Messages() {
		out.AddMessage(h.Message(history.Message(m)))
	}
	missing := map[history.Message]int{} // sends of which the history is to say nothing
	for _, m := range v.Witness.Messages {
		missing[m] = sendsOf(h, m, v.Witness.Rows)
	}
	for _, row := range v.Witness.Rows {
		op := h.Op(row)
		switch enqueue := op.Kind == history.KindSend || op.Kind == history.KindAck; {
		case row != without:
			if enqueue {
				missing[op.Message]--
			}
			if op.Kind == history.KindAck {
				out.Append(history.Op{Kind: history.KindSend, Process: producer, Message: op.Message, Place: history.NoPlace,
					Position: history.NoPosition, Begin: op.Begin, End: op.Begin})
			}
			out.Append(op)
		case op.Kind == history.KindDeliver:
			out.Append(history.Op{Kind: history.KindDeliver, Process: consumer, Message: history.NoMessage, Place: op.Place,
				Position: history.NoPosition, Outcome: history.Unknown, Begin: math.MinInt64, End: history.Pending})
		}
	}
	for m, n := range missing {
		for range n {
			out.Append(history.Op{Kind: history.KindSend, Process: producer, Message: m, Place: history.NoPlace,
				Position: history.NoPosition, Begin: math.MinInt64, End: math.MinInt64})
		}
	}
	return out
}

// sendsOf counts the sends of a message, but for those that are known to have
// failed outside of a witness.
func sendsOf(h *history.History, m history.Message, witness []int) int {
	called, answered, failed := 0, 0, 0
	for i := range h.Len() {
		switch op := h.Op(i); {
		case op.Message != m:
		case op.Kind == history.KindSend:
			called++
		case op.Kind == history.KindAck:
			answered++
			if op.Outcome == history.Fail && !slices.Contains(witness, i) {
				failed++
			}
		}
	}
	return max(called, answered) - failed
}
