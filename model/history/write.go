package history

import (
	"bufio"
	"io"
	"strconv"
	"unicode/utf8"
)

// Version is the version of the file format, which the first line names.
const Version = 1

// Write writes the history as JSON Lines (docs/history.md): a line with the
// version, then a line an operation in the order of the rows. The same history
// gives the same bytes. Its only errors are those of w.
func Write(w io.Writer, h *History) error {
	buf := bufio.NewWriterSize(w, 1<<16)
	e := encoder{h: h, quoted: make(map[string]string)}
	e.line = append(e.line, `{"history":1}`...)
	for i := 0; ; i++ {
		e.line = append(e.line, '\n')
		if _, err := buf.Write(e.line); err != nil {
			return err
		}
		if i == h.Len() {
			return buf.Flush()
		}
		op := h.Op(i)
		e.encode(&op)
	}
}

// encoder writes one line at a time.
type encoder struct {
	h      *History
	line   []byte
	id     []byte            // scratch, for a message's name
	quoted map[string]string // names as JSON, of the small tables
}

// encode makes the line of an operation. Fields that say nothing are left out.
func (e *encoder) encode(op *Op) {
	h := e.h
	e.line = append(e.line[:0], `{"op":"`...)
	e.line = append(e.line, op.Kind.String()...)
	e.line = append(e.line, '"')
	key := NoKey
	if op.Message != NoMessage {
		e.name("message")
		e.message(op.Message)
		key = h.messages[op.Message].Key
	}
	if op.Kind == KindRead && op.Position != NoPosition {
		key = Key(op.Position)
	}
	if key != NoKey {
		e.name("key")
		e.line = appendQuoted(e.line, h.KeyName(key))
	}
	e.word("process", h.ProcessName(op.Process))
	e.number("session", int64(op.Session), op.Session != 0)
	if op.Outcome != defaultOutcome(op.End) {
		e.word("outcome", op.Outcome.String())
	}
	e.word("place", h.PlaceName(op.Place))
	e.number(fields[positionField(op.Kind)].name, op.Position, op.Position != NoPosition && op.Kind != KindRead)
	e.number("attempt", int64(op.Attempt), op.Attempt != 0)
	e.number("epoch", int64(op.Epoch), op.Epoch != 0)
	e.word(detailField(op.Kind), h.SymbolName(op.Detail))
	if op.Begin == op.End {
		e.number("at", op.Begin, true)
	} else {
		e.number("begin", op.Begin, true)
		e.number("end", op.End, op.End != Pending)
	}
	e.line = append(e.line, '}')
}

// defaultOutcome is the outcome of a line that names none.
func defaultOutcome(end int64) Outcome {
	if end == Pending {
		return Unknown
	}
	return OK
}

// detailField is what the detail of an operation is called in its line.
func detailField(k Kind) string {
	switch k {
	case KindApply, KindRead:
		return "sink"
	case KindAck, KindCommit:
		return "error"
	case KindDispose:
		return "reason"
	case KindSample:
		return "metric"
	}
	return "detail"
}

// name begins a field.
func (e *encoder) name(field string) {
	e.line = append(e.line, ',', '"')
	e.line = append(e.line, field...)
	e.line = append(e.line, '"', ':')
}

func (e *encoder) number(field string, v int64, present bool) {
	if present {
		e.name(field)
		e.line = strconv.AppendInt(e.line, v, 10)
	}
}

// word writes a name of one of the small tables.
func (e *encoder) word(field, v string) {
	if v == "" {
		return
	}
	q, ok := e.quoted[v]
	if !ok {
		q = string(appendQuoted(nil, v))
		e.quoted[v] = q
	}
	e.name(field)
	e.line = append(e.line, q...)
}

// message writes a message's name.
func (e *encoder) message(m Message) {
	if int(m) < len(e.h.ids) && e.h.ids[m] != "" {
		e.line = appendQuoted(e.line, e.h.ids[m])
		return
	}
	info := &e.h.messages[m]
	e.id = append(e.id[:0], e.h.ProcessName(info.Producer)...)
	e.id = append(e.id, '#')
	e.id = strconv.AppendUint(e.id, uint64(info.Index), 10)
	e.line = appendQuoted(e.line, e.id)
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends a string as JSON. What is not UTF-8 becomes U+FFFD.
func appendQuoted[T string | []byte](b []byte, s T) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, n := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
			b = utf8.AppendRune(b, r)
			i += n
			continue
		}
		i++
	}
	return append(b, '"')
}
