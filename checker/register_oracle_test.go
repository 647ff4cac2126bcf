package checker_test

import (
	"math"
	"slices"
	"strconv"

	"orderlab/checker"
	"orderlab/model/history"
)

func registerJudged() judged {
	return judged{"register", checker.LinearizableState, playRegister, recordRegister, registerIsLegal, weakenRegister,
		checker.Options{}}
}

// initially is what is read before the first write.
const initially = -1

// playRegister plays registers: writes that take effect, fail or may have, and
// reads. Now and then a value is written twice.
func playRegister(p *plays) {
	states := [2]int{initially, initially}
	keys := 1 + p.r.IntN(2)
	for range 2 + p.r.IntN(7) {
		key := p.r.IntN(keys)
		if p.chance(50) {
			s := p.happens(step{do: "read", value: states[key], place: key})
			if p.chance(5) {
				s.outcome, s.end = history.Unknown, never
			}
			continue
		}
		s := p.happens(step{do: "write", value: len(p.steps), place: key})
		switch {
		case p.chance(15):
			s.outcome, s.end = history.Unknown, never
			if p.chance(50) {
				states[key] = s.value
			}
		case p.chance(5):
			s.outcome = history.Fail
		default:
			states[key] = s.value
			if p.chance(3) {
				p.happens(*s)
			}
		}
	}
	p.lie()
	for i := range p.steps {
		if s := &p.steps[i]; s.do == "read" && p.chance(15) { // of another value of the register
			for _, other := range p.steps {
				if other.place == s.place && p.chance(30) {
					s.value = other.value
				}
			}
		}
	}
}

// recordRegister writes the history of registers, which are keys at a sink, or
// one key at two sinks.
func recordRegister(p *plays, h *history.History) {
	a, b := h.AddKey("a"), h.AddKey("b")
	keys, sinks := []history.Key{a, b}, []history.Symbol{h.AddSymbol("s"), h.AddSymbol("s")}
	if p.chance(30) {
		keys[1], sinks[1] = a, h.AddSymbol("t")
	}
	process := h.AddProcess("c")
	for i := range len(p.steps) {
		key := a
		for _, s := range p.steps {
			if s.do == "write" && s.value == i {
				key = keys[s.place]
			}
		}
		h.AddMessage(history.MessageInfo{Key: key, Producer: process, Index: uint32(i)})
	}
	var units [][]history.Op
	for _, s := range p.steps {
		op := history.Op{Kind: history.KindApply, Process: process, Message: history.Message(s.value), Place: history.NoPlace,
			Position: history.NoPosition, Begin: s.begin, End: s.end, Outcome: s.outcome, Detail: sinks[s.place]}
		if s.do == "read" {
			op.Kind, op.Position = history.KindRead, int64(keys[s.place])
			if s.value == initially {
				op.Message = history.NoMessage
			}
		}
		units = append(units, []history.Op{op})
	}
	p.shuffled(units, h)
}

// registerIsLegal asks porcupine about each register.
func registerIsLegal(steps []step) bool {
	for place := range 2 {
		var here []step
		for _, s := range steps {
			if s.place == place && (s.do == "write" || s.outcome == history.OK) {
				here = append(here, s)
			}
		}
		if !porcupineSays(here, strconv.Itoa(initially), func(state string, s step) (bool, string) {
			if s.do == "write" {
				return true, strconv.Itoa(s.value)
			}
			return state == strconv.Itoa(s.value), state
		}) {
			return false
		}
	}
	return true
}

// weakenRegister returns what a witness says, but for one row: of that nobody
// knows when it happened and whether it did.
func weakenRegister(h *history.History, v *checker.Verdict, without int) *history.History {
	out := new(history.History)
	process := out.AddProcess("c")
	for k := range h.Keys() {
		out.AddKey(h.KeyName(history.Key(k)))
	}
	for s := range h.Symbols() {
		out.AddSymbol(h.SymbolName(history.Symbol(s + 1)))
	}
	for m := range h.Messages() {
		out.AddNamedMessage(h.MessageName(history.Message(m)), h.KeyOf(history.Message(m)))
	}
	for i := range h.Len() {
		op := h.Op(i)
		switch {
		case slices.Contains(v.Witness.Rows, i) && i != without:
			out.Append(op)
		case op.Kind == history.KindApply && op.Outcome != history.Fail &&
			slices.Contains(v.Witness.Messages, op.Message) && op.Detail == h.DetailAt(v.Witness.Rows[0]):
			op.Process, op.Outcome, op.Begin, op.End = process, history.Unknown, math.MinInt64, history.Pending
			out.Append(op)
		}
	}
	return out
}
