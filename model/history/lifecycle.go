package history

// state is what is known of a message's sends and answers while a file is read.
type state struct {
	sent        int64 // begin of the earliest send
	first       int32 // line of the send that is not a repetition, or 0
	acked       int32 // line of the latest answer
	sends, acks uint32
}

// lateAck is an answer whose send comes later in the file, as when the files of
// several processes were joined.
type lateAck struct {
	row, line int
	moment    bool // its begin was not given
}

// lifecycle checks an operation against what is known of its message.
func (d *decoder) lifecycle(op *Op) *problem {
	switch op.Kind {
	case KindSend:
		return d.send(op)
	case KindAck:
		return d.ack(op)
	}
	return nil
}

func (d *decoder) send(op *Op) *problem {
	s := &d.states[op.Message]
	if op.Attempt <= 1 {
		if s.first > 0 {
			return problemf(d.fields[fieldMessage].column, "message %s was sent on line %d; every message needs a name of "+
				"its own, and one that is sent again has an attempt above 1", d.h.MessageName(op.Message), s.first)
		}
		s.first = int32(d.line)
	}
	if s.sends == 0 || op.Begin < s.sent {
		s.sent = op.Begin
	}
	s.sends++
	return nil
}

func (d *decoder) ack(op *Op) *problem {
	s := &d.states[op.Message]
	s.acks++
	s.acked = int32(d.line)
	moment := d.has(fieldAt)
	if s.sends == 0 {
		d.late = append(d.late, lateAck{d.h.Len(), d.line, moment})
		return nil
	}
	if op.End < s.sent {
		return d.early(op.Message, op.End)
	}
	if moment {
		op.Begin = s.sent
	}
	return nil
}

// finish checks what only the whole file can tell. It returns the line that is
// at fault.
func (d *decoder) finish() (line int, p *problem) {
	for m := range d.states {
		s := &d.states[m]
		if s.acks <= s.sends || p != nil && int(s.acked) >= line {
			continue
		}
		line = int(s.acked)
		name := d.h.MessageName(Message(m))
		if s.sends == 0 {
			p = problemf(0, "message %s is answered, but no line says that it was sent", name)
		} else {
			p = problemf(0, "message %s is answered once more than it was sent", name)
		}
	}
	if p != nil {
		return line, p
	}
	for _, a := range d.late {
		m := d.h.MessageAt(a.row)
		if end := d.h.EndAt(a.row); end < d.states[m].sent {
			return a.line, d.early(m, end)
		}
		if a.moment {
			d.h.setBegin(a.row, d.states[m].sent)
		}
	}
	return 0, nil
}

func (d *decoder) early(m Message, answered int64) *problem {
	return problemf(0, "message %s is answered at %d, before it is sent at %d", d.h.MessageName(m), answered, d.states[m].sent)
}
