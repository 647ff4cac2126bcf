package edn

import (
	"errors"
	"fmt"
	"io"
)

// SyntaxError says what is wrong with the text and where.
type SyntaxError struct {
	Line, Column int // from 1, the column in bytes
	Problem      string
	Ended        bool // the text ends here: more of it could make it right
}

// Error returns line:column: problem.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Problem) }

// Limits bound what one form may take.
type Limits struct {
	Depth int // of nesting
	Nodes int
	Bytes int // of the texts of its nodes
}

// DefaultLimits hold an operation that reads some millions of values.
var DefaultLimits = Limits{Depth: 64, Nodes: 1 << 24, Bytes: 1 << 27}

// Reader reads forms.
type Reader struct {
	r      io.Reader
	limits Limits
	buf    []byte
	i      int   // of the next byte in buf
	err    error // of the reader, io.EOF at the end
	line   int32
	start  int64 // offset of the first byte of the line
	base   int64 // offset of buf[0]
	form   Form
	token  []byte // the number or symbol that is being read
	inside byte   // the bracket that closes the outermost collection, or 0
}

// NewReader returns a reader of r. The zero Limits are DefaultLimits.
func NewReader(r io.Reader, limits Limits) *Reader {
	if limits == (Limits{}) {
		limits = DefaultLimits
	}
	return &Reader{r: r, limits: limits, buf: make([]byte, 0, 1<<16), line: 1}
}

// Enter steps into the vector or list that comes next, so that [Reader.Next]
// returns its elements one by one; ok is false, and nothing is read, when what
// comes next is no such thing.
func (p *Reader) Enter() (ok bool, err error) {
	if err := p.skip(0); err != nil || p.inside != 0 {
		return false, err
	}
	switch c, _ := p.peek(); c {
	case '[':
		p.inside = ']'
	case '(':
		p.inside = ')'
	default:
		return false, p.failure()
	}
	p.i++
	return true, nil
}

// Next returns the next form, valid until the next call. The error is io.EOF after
// the last, a *SyntaxError for text that is no EDN, or the error of the reader.
func (p *Reader) Next() (*Form, error) {
	p.form.nodes, p.form.text = p.form.nodes[:0], p.form.text[:0]
	if err := p.skip(0); err != nil {
		return nil, err
	}
	c, ok := p.peek()
	if p.inside != 0 {
		if !ok {
			return nil, p.ended("before %q", p.inside)
		}
		if c == p.inside {
			p.i++
			p.inside = 0
			if err := p.skip(0); err != nil {
				return nil, err
			}
			if _, ok := p.peek(); ok {
				return nil, p.errorf("something follows the end of the list")
			}
		}
	}
	if _, ok := p.peek(); !ok {
		if err := p.failure(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	if _, err := p.value(0); err != nil {
		return nil, err
	}
	return &p.form, nil
}

// Line returns the line that is being read, from 1.
func (p *Reader) Line() int { return int(p.line) }

// peek returns the next byte; ok is false at the end, or when reading failed.
func (p *Reader) peek() (c byte, ok bool) {
	if p.i < len(p.buf) {
		return p.buf[p.i], true
	}
	return p.refill()
}

func (p *Reader) refill() (c byte, ok bool) {
	for tries := 0; p.err == nil; tries++ {
		p.base += int64(len(p.buf))
		p.buf = p.buf[:cap(p.buf)]
		n, err := p.r.Read(p.buf)
		p.buf, p.i = p.buf[:n], 0
		p.err = err
		if n > 0 {
			return p.buf[0], true
		}
		if err == nil && tries == 100 {
			p.err = io.ErrNoProgress
		}
	}
	return 0, false
}

// failure returns the error of the reader, if there is one besides the end.
func (p *Reader) failure() error {
	if p.i < len(p.buf) || p.err == nil || errors.Is(p.err, io.EOF) {
		return nil
	}
	return p.err
}

func (p *Reader) newline() {
	p.line++
	p.start = p.base + int64(p.i)
}

// column returns the column of the next byte.
func (p *Reader) column() int32 { return int32(min(p.base+int64(p.i)-p.start+1, 1<<31-1)) }

func (p *Reader) errorf(format string, args ...any) error {
	return p.errorAt(p.line, p.column(), format, args...)
}

func (p *Reader) errorAt(line, column int32, format string, args ...any) error {
	e := &SyntaxError{Line: int(line), Column: int(column), Problem: fmt.Sprintf(format, args...)}
	// A word that is wrong, but the last of the text, may have been cut off.
	_, more := p.peek()
	e.Ended = !more
	return e
}

// ended is the error when the text ends too early.
func (p *Reader) ended(format string, args ...any) error {
	if err := p.failure(); err != nil {
		return err
	}
	return &SyntaxError{Line: int(p.line), Column: int(p.column()), Ended: true,
		Problem: fmt.Sprintf("the text ends "+format, args...)}
}

// skip skips blanks, commas, comments and discarded forms.
func (p *Reader) skip(depth int) error {
	for {
		c, ok := p.peek()
		if !ok {
			return p.failure()
		}
		switch c {
		case '\n':
			p.i++
			p.newline()
		case ' ', '\t', '\r', ',', '\f', '\v':
			p.i++
		case ';':
			p.comment()
		case '#':
			discard, err := p.discard(depth)
			if err != nil || !discard {
				return err
			}
		default:
			return nil
		}
	}
}

func (p *Reader) comment() {
	for {
		c, ok := p.peek()
		if !ok || c == '\n' {
			return
		}
		p.i++
	}
}

// discard skips #_ and the form behind it. It says whether there was one.
func (p *Reader) discard(depth int) (bool, error) {
	next, err := p.second()
	if err != nil || next != '_' {
		return false, err
	}
	p.i += 2
	if depth >= p.limits.Depth {
		return false, p.errorf("the nesting is deeper than %d", p.limits.Depth)
	}
	if err := p.skip(depth + 1); err != nil {
		return false, err
	}
	nodes, text := len(p.form.nodes), len(p.form.text)
	_, err = p.value(depth + 1)
	p.form.nodes, p.form.text = p.form.nodes[:nodes], p.form.text[:text]
	return true, err
}

// second returns the byte after the next, or 0 at the end. Both are in the buffer
// then.
func (p *Reader) second() (byte, error) {
	if p.i+1 < len(p.buf) {
		return p.buf[p.i+1], nil
	}
	for tries := 0; p.i+1 >= len(p.buf) && p.err == nil; tries++ {
		// What is left of the buffer moves to its front.
		rest := copy(p.buf[:cap(p.buf)], p.buf[p.i:])
		p.base += int64(p.i)
		p.i, p.buf = 0, p.buf[:cap(p.buf)]
		n, err := p.r.Read(p.buf[rest:])
		p.buf, p.err = p.buf[:rest+n], err
		if n == 0 && err == nil && tries == 100 {
			p.err = io.ErrNoProgress
		}
	}
	if p.i+1 < len(p.buf) {
		return p.buf[p.i+1], nil
	}
	if p.err != nil && !errors.Is(p.err, io.EOF) {
		return 0, p.err
	}
	return 0, nil
}
