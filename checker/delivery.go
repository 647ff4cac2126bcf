package checker

import (
	"fmt"
	"slices"

	"orderlab/model/history"
)

// noLoss decides no-loss: every acked message is applied at some sink, or
// disposed for an allowed reason.
func (c *Checker) noLoss(h *history.History, opt *Options) Verdict {
	x, s := &c.ix, &c.order
	s.first = resize(s.first, h.Messages(), none)
	s.keys = resize(s.keys, h.Keys(), false)
	for _, row := range x.applies {
		s.first[h.Op(int(row)).Message] = row
	}
	for _, row := range x.disposes {
		op := h.Op(int(row))
		if len(opt.Disposals) == 0 || slices.Contains(opt.Disposals, h.SymbolName(op.Detail)) {
			s.first[op.Message] = row
		}
	}
	var v Verdict
	lost := history.NoMessage
	for m := range x.ack {
		if x.ack[m] == none {
			continue
		}
		v.Decided++
		if s.first[m] != none {
			continue
		}
		v.Violations++
		if lost == history.NoMessage {
			lost = history.Message(m)
		}
		if key := h.Message(history.Message(m)).Key; key != history.NoKey {
			s.keys[key] = true
		}
	}
	if v.Decided == 0 {
		return vacuous("no message was acked")
	}
	if v.Violations > 0 && opt.Truncated != "" {
		return Verdict{Status: Unknown, Reason: opt.Truncated}
	}
	c.countKeys(&v)
	if lost != history.NoMessage {
		v.Witness = &Witness{Rows: []int{int(x.ack[lost])}, Messages: []history.Message{lost},
			Text: fmt.Sprintf("%s of key %s was acked and never applied", message(h, lost), h.KeyName(h.Message(lost).Key))}
	}
	return v
}

// noDuplicates decides no-duplicates, sink by sink.
func (c *Checker) noDuplicates(h *history.History) Verdict {
	x, s := &c.ix, &c.order
	s.keys = resize(s.keys, h.Keys(), false)
	var v Verdict
	for _, sink := range x.sinks {
		s.first = resize(s.first, h.Messages(), none)
		for _, row := range x.applies {
			op := h.Op(int(row))
			m := op.Message
			switch {
			case op.Detail != sink:
			case s.first[m] == none:
				s.first[m] = row
				v.Decided++
			default:
				v.Violations++
				if key := h.Message(m).Key; key != history.NoKey {
					s.keys[key] = true
				}
				if v.Witness == nil {
					v.Witness = &Witness{Rows: []int{int(s.first[m]), int(row)}, Messages: []history.Message{m},
						Text: fmt.Sprintf("%s of key %s was applied twice", message(h, m), h.KeyName(h.Message(m).Key))}
				}
			}
		}
	}
	if v.Decided == 0 {
		return vacuous("no message was applied")
	}
	c.countKeys(&v)
	return v
}

func (c *Checker) countKeys(v *Verdict) {
	for _, broken := range c.order.keys {
		if broken {
			v.Keys++
		}
	}
}

// reader is a consumer at a place.
type reader struct {
	process history.Process
	place   history.Place
}

// partitionOrder decides partition-order: the first deliveries to one consumer
// from one place come in the order of their positions.
func (c *Checker) partitionOrder(h *history.History) Verdict {
	x, s := &c.ix, &c.order
	s.keys = resize(s.keys, h.Keys(), false)
	furthest := make(map[reader]int32)
	var v Verdict
	for _, row := range x.delivers {
		op := h.Op(int(row))
		m := op.Message
		if op.Position == history.NoPosition || x.deliver[m] != row {
			continue
		}
		at := reader{op.Process, op.Place}
		last, ok := furthest[at]
		if !ok {
			furthest[at] = row
			continue
		}
		v.Decided++
		before := h.Op(int(last))
		if op.Position > before.Position {
			furthest[at] = row
			continue
		}
		v.Violations++
		if key := h.Message(m).Key; key != history.NoKey {
			s.keys[key] = true
		}
		if v.Witness == nil {
			v.LostAt = HopDelivered
			v.Witness = &Witness{Rows: []int{int(last), int(row)}, Messages: []history.Message{m, before.Message},
				Text: fmt.Sprintf("%s at position %d of %s was delivered to %s after position %d", message(h, m),
					op.Position, h.PlaceName(op.Place), h.ProcessName(op.Process), before.Position)}
			slices.Sort(v.Witness.Rows)
		}
	}
	if v.Decided == 0 {
		return vacuous("no consumer was delivered two messages of one place")
	}
	c.countKeys(&v)
	return v
}
