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
	return judged{"queue", checker.LinearizableQueue, playQueue, recordQueue, queueIsLegal, weakenQueue}
}

// playQueue plays FIFO queues: enqueues that are acked, fail or have no answer,
// dequeues, polls that find nothing, and dequeues of which nobody heard.
func playQueue(p *plays) {
	var queues [2][]int
	places := 1 + p.r.IntN(2)
	for range 2 + p.r.IntN(7) {
		place := p.r.IntN(places)
		q := &queues[place]
		switch what := p.r.IntN(10); {
		case what < 5:
			s := p.happens(step{do: "enq", value: len(p.steps), place: place})
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
			if len(*q) > 0 && p.chance(70) {
				*q = (*q)[1:]
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
			if s.outcome == history.Unknown || p.chance(70) {
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
			units = append(units, []history.Op{poll})
		}
	}
	p.shuffled(units, h)
}

// queueIsLegal asks porcupine about each queue.
func queueIsLegal(steps []step) bool {
	for place := range 2 {
		var here []step
		for _, s := range steps {
			if s.place == place {
				here = append(here, s)
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
	for m := range h.Messages() {
		out.AddMessage(h.Message(history.Message(m)))
	}
	tried := map[history.Message]bool{} // a row of the witness says that it was sent
	for _, row := range v.Witness.Rows {
		op := h.Op(row)
		enqueue := op.Kind == history.KindSend || op.Kind == history.KindAck
		switch {
		case row != without:
			tried[op.Message] = tried[op.Message] || enqueue
			out.Append(op)
		case op.Kind == history.KindDeliver:
			out.Append(history.Op{Kind: history.KindPoll, Process: consumer, Message: history.NoMessage, Place: op.Place,
				Position: history.NoPosition, Outcome: history.Unknown, Begin: math.MinInt64, End: history.Pending})
		}
	}
	for i := range h.Len() {
		op := h.Op(i)
		if (op.Kind == history.KindSend || op.Kind == history.KindAck) && !tried[op.Message] &&
			slices.Contains(v.Witness.Messages, op.Message) {
			tried[op.Message] = true
			out.Append(history.Op{Kind: history.KindSend, Process: producer, Message: op.Message, Place: history.NoPlace,
				Position: history.NoPosition, Begin: math.MinInt64, End: math.MinInt64})
		}
	}
	return out
}
