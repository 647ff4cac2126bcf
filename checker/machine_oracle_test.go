package checker_test

import (
	"fmt"

	"orderlab/checker"
	"orderlab/model/history"
)

// machineValues is how many messages there are; the event of message i is that of
// number i%3.
const machineValues = 40

func machineJudged() judged {
	m := *orders
	m.Events = map[string]string{}
	for i := range machineValues {
		m.Events[fmt.Sprintf("c#%d", i)] = orderEvents[i%3]
	}
	return judged{"machine", checker.LinearizableState, playMachine, recordMachine, machineIsLegal, weakenRegister,
		checker.Options{Machine: &m}}
}

// playMachine takes an order through its states, with effects that may have taken
// place and some that take place twice, and reads.
func playMachine(p *plays) {
	last, state := initially, 0
	for range 2 + p.r.IntN(7) {
		if p.chance(25) {
			p.happens(step{do: "read", value: last})
			continue
		}
		s := p.happens(step{do: "write", value: 3*len(p.steps) + state})
		switch {
		case p.chance(15):
			s.outcome, s.end = history.Unknown, never
			if p.chance(50) {
				continue
			}
		case p.chance(5):
			s.outcome = history.Fail
			continue
		case p.chance(5):
			p.happens(*s)
		}
		last, state = s.value, (state+1)%3
	}
	p.lie()
}

// recordMachine writes the history of one key.
func recordMachine(p *plays, h *history.History) {
	key, sink, process := h.AddKey("a"), h.AddSymbol("s"), h.AddProcess("c")
	for i := range machineValues {
		h.AddMessage(history.MessageInfo{Key: key, Producer: process, Index: uint32(i)})
	}
	var units [][]history.Op
	for _, s := range p.steps {
		op := history.Op{Kind: history.KindApply, Process: process, Message: history.Message(s.value), Place: history.NoPlace,
			Position: history.NoPosition, Begin: s.begin, End: s.end, Outcome: s.outcome, Detail: sink}
		if s.do == "read" {
			op.Kind, op.Position = history.KindRead, int64(key)
			if s.value == initially {
				op.Message = history.NoMessage
			}
		}
		units = append(units, []history.Op{op})
	}
	p.shuffled(units, h)
}

// machineIsLegal asks porcupine. The state is the number of the next event, and the
// value that was written last. What has no answer need not have taken place.
func machineIsLegal(steps []step) bool {
	return porcupineSays(steps, fmt.Sprint("0 ", initially), func(state string, s step) (bool, string) {
		var next, last int
		fmt.Sscan(state, &next, &last)
		switch {
		case s.do == "read":
			return last == s.value, state
		case s.value%3 == next:
			return true, fmt.Sprint((next+1)%3, " ", s.value)
		}
		return s.outcome == history.Unknown, state
	})
}
