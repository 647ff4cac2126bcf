package jepsen

import (
	"errors"
	"fmt"
	"io"
	"math"
	"unsafe"

	"orderlab/checker/anomalies"
	"orderlab/checker/internal/edn"
	"orderlab/model/history"
)

// Options say what is read leniently.
type Options struct {
	// AllowTruncated leaves out a last event that is cut off, and what is missing of
	// a compressed file.
	AllowTruncated bool
	// Memory bounds what the history may take. The zero value does not.
	Memory history.Memory
}

// History is what a file holds.
type History struct {
	anomalies.History
	// Kind is what it is about; 0 when it has no operation of a client.
	Kind anomalies.Kind
	// Truncated says that a last event was cut off and left out.
	Truncated bool
}

// Read reads a history. File is its name in errors, which are a
// [*history.SyntaxError], a [*history.MemoryError] or of r.
func Read(r io.Reader, file string, opt Options) (*History, error) {
	in := history.NewUnpacker(r, opt.AllowTruncated)
	d := newDecoder(edn.NewReader(in, edn.Limits{}))
	err := d.all(func() error {
		if opt.Memory.Limit == 0 {
			return nil
		}
		if err := opt.Memory.Exceeded(file, d.used(&opt.Memory), in.Taken(), len(d.out.Ops)); err != nil {
			return err
		}
		return nil
	})
	d.out.Truncated = in.CutOff()
	var syntax *edn.SyntaxError
	var wrong *problem
	var damage *history.DamageError
	var large *history.MemoryError
	switch {
	case errors.As(err, &large):
		return nil, large
	case errors.As(err, &syntax) && syntax.Ended && opt.AllowTruncated:
		d.out.Truncated = true
	case errors.As(err, &syntax):
		what := syntax.Problem
		if syntax.Ended {
			what += "; complete the file, or leave out what is cut off with --allow-truncated"
		}
		if syntax.Line == 1 && !syntax.Ended && len(d.out.Ops) == 0 {
			what += "; a history in JSON Lines is read without --history-format jepsen"
		}
		return nil, &history.SyntaxError{File: file, Line: syntax.Line, Column: syntax.Column, Problem: what}
	case errors.As(err, &wrong):
		return nil, &history.SyntaxError{File: file, Line: int(wrong.line), Column: int(wrong.column), Problem: wrong.text}
	case errors.As(err, &damage):
		return nil, &history.SyntaxError{File: file, Line: d.p.Line(), Problem: damage.Error()}
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if wrong := d.finish(); wrong != nil {
		return nil, &history.SyntaxError{File: file, Line: int(wrong.line), Problem: wrong.text}
	}
	return d.out, nil
}

// problem is what is wrong with an event.
type problem struct {
	line, column int32
	text         string
}

// Error returns the text.
func (p *problem) Error() string { return p.text }

// decoder makes a history of events.
type decoder struct {
	p    *edn.Reader
	form *edn.Form
	out  *History
	now  int32 // number of the event
	last int64 // :index of the event before

	processes map[int64]*process
	clients   map[string]int32 // the numbers of those that are named
	again     bool             // the event is of a value that was sent before

	clientText int64 // bytes of their names
	kindLine   int32 // where the kind was seen first
	other      []string

	early     []earlyRead // completed before it was known what the history is about
	earlyText int64       // bytes that these take
	tuples    bool        // registers are independent: values are [key value]

	names  names
	sentBy []sender // by value
}

// process is what is known of a process.
type process struct {
	number int32
	op     int // that is under way, or -1
	f      []byte
	line   int32 // of its latest event
	timed  bool  // its latest invocation has a time
}

func newDecoder(p *edn.Reader) *decoder {
	d := &decoder{p: p, out: new(History), last: math.MinInt64,
		processes: make(map[int64]*process), clients: make(map[string]int32)}
	d.out.Unit = "line"
	d.names.init(&d.out.History)
	return d
}

// all reads every event, and asks room after each. Its errors are of the reader, of
// room, or a *problem.
func (d *decoder) all(room func() error) error {
	if _, err := d.p.Enter(); err != nil {
		return err
	}
	for {
		form, err := d.p.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		d.form = form
		if wrong := d.event(); wrong != nil {
			return wrong
		}
		if err := room(); err != nil {
			return err
		}
	}
}

// What names take at most, in bytes, besides their part of the history. Slices and maps
// are counted with the room that they keep and with what lives while they grow.
const (
	readerBytes = 1 << 20 // buffers, besides that of an event
	textBytes   = 120     // of a value or key whose text decides, besides its text
	numberBytes = 90      // of a whole number: an entry of a map
	keyBytes    = 72      // of a key
	slotBytes   = 7       // of a place in a list of numbers
)

// used is an upper bound of the memory that the history takes by now.
func (d *decoder) used(m *history.Memory) int64 {
	n := &d.names
	return readerBytes + d.out.Bytes() + d.form.Bytes() +
		int64(n.slots)*slotBytes + int64(n.others+len(n.intKeys))*numberBytes +
		int64(len(n.texts)+len(n.keys))*textBytes + int64(len(d.out.Keys))*keyBytes +
		int64(cap(d.sentBy))*int64(unsafe.Sizeof(sender{}))*2 + int64(len(d.out.Ops))*m.PerOperation + d.earlyText +
		int64(d.out.Values())*m.PerMessage +
		int64(len(d.clients))*textBytes + 2*d.clientText
}

func (d *decoder) wrong(id edn.NodeID, format string, args ...any) *problem {
	n := d.form.Node(id)
	return &problem{n.Line, n.Column, fmt.Sprintf(format, args...)}
}

// show writes a node for an error message.
func (d *decoder) show(id edn.NodeID) string {
	const most = 60
	s := string(d.form.Append(nil, id))
	if len(s) > most {
		s = s[:most] + "..."
	}
	return s
}
