package jepsen

import (
	"errors"
	"fmt"
	"io"
	"math"

	"orderlab/checker/anomalies"
	"orderlab/checker/internal/edn"
	"orderlab/model/history"
)

// Options say what is read leniently.
type Options struct {
	// AllowTruncated leaves out a last event that is cut off.
	AllowTruncated bool
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
// [*history.SyntaxError] or of r.
func Read(r io.Reader, file string, opt Options) (*History, error) {
	d := newDecoder(edn.NewReader(&unpacker{file: source{r: r}}, edn.Limits{}))
	err := d.all()
	var syntax *edn.SyntaxError
	var wrong *problem
	var damage *damageError
	switch {
	case errors.As(err, &syntax) && syntax.Ended && opt.AllowTruncated:
		d.out.Truncated = true
	case errors.As(err, &syntax):
		return nil, &history.SyntaxError{File: file, Line: syntax.Line, Column: syntax.Column, Problem: syntax.Problem}
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
	kindLine  int32 // where the kind was seen first
	other     []string

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
	d := &decoder{p: p, out: new(History), processes: make(map[int64]*process), last: math.MinInt64}
	d.out.Unit = "line"
	d.names.init(&d.out.History)
	return d
}

// all reads every event. Its errors are of the reader, or a *problem.
func (d *decoder) all() error {
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
	}
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
