package checker_test

import (
	"strconv"

	"orderlab/checker"
	"orderlab/model/history"
)

func logJudged() judged {
	return judged{name: "log", guarantee: checker.LinearizableLog, play: playLog, record: recordLog, legal: logIsLegal}
}

// playLog plays logs: appends that are told their position, fail or have no
// answer, and reads of the end.
func playLog(p *plays) {
	var lengths [2]int
	places := 1 + p.r.IntN(2)
	for range 2 + p.r.IntN(7) {
		place := p.r.IntN(places)
		length := &lengths[place]
		if p.chance(35) {
			p.happens(step{do: "read", position: *length, place: place})
			continue
		}
		s := p.happens(step{do: "append", value: len(p.steps), position: *length, place: place})
		switch {
		case p.chance(15):
			s.outcome, s.end = history.Unknown, never
			*length += p.r.IntN(2)
		case p.chance(5):
			s.outcome = history.Fail
		default:
			*length++
		}
	}
	p.lie()
	if p.chance(10) && len(p.steps) > 0 {
		p.steps[p.r.IntN(len(p.steps))].position += p.r.IntN(3)
	}
}

func recordLog(p *plays, h *history.History) {
	names := []history.Place{h.AddPlace("x"), h.AddPlace("y")}
	process, end := h.AddProcess("p"), h.AddSymbol("end")
	for i := range len(p.steps) {
		h.AddMessage(history.MessageInfo{Key: history.NoKey, Producer: process, Index: uint32(i)})
	}
	var units [][]history.Op
	for _, s := range p.steps {
		op := history.Op{Kind: history.KindAck, Process: process, Message: history.Message(s.value), Place: names[s.place],
			Position: int64(s.position), Begin: s.begin, End: s.end, Outcome: s.outcome}
		if s.do == "read" {
			op.Kind, op.Message, op.Detail = history.KindPoll, history.NoMessage, end
		}
		units = append(units, []history.Op{op})
	}
	p.shuffled(units, h)
}

// logIsLegal asks porcupine about each log. Its state is the length; a position of
// which nothing is known was filled by somebody.
func logIsLegal(steps []step) bool {
	for place := range 2 {
		var here []step
		for _, s := range steps {
			if s.place == place && s.outcome == history.OK {
				here = append(here, s)
			}
		}
		if !porcupineSays(here, "0", func(state string, s step) (bool, string) {
			length, _ := strconv.Atoi(state)
			if s.do == "append" {
				return length <= s.position, strconv.Itoa(s.position + 1)
			}
			return length <= s.position, strconv.Itoa(s.position)
		}) {
			return false
		}
	}
	return true
}
