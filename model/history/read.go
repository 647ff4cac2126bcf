package history

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// SyntaxError says what is wrong with a line of a history file: that it cannot
// be read, or that what it says cannot have happened.
type SyntaxError struct {
	File    string // as it was given to Read
	Line    int    // from 1
	Column  int    // in bytes, from 1; 0 where the line as a whole is meant
	Problem string // what is wrong and what to do
}

// Error returns file:line:column: problem.
func (e *SyntaxError) Error() string {
	if e.Column == 0 {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Problem)
}

// ReadOptions say what is read leniently.
type ReadOptions struct {
	// AllowTruncated leaves out a last line that is cut off instead of
	// refusing it, and what is missing of a compressed file.
	AllowTruncated bool
	// Memory bounds what the history may take. The zero value does not.
	Memory Memory
}

// maxLineBytes is the longest line that is read.
const maxLineBytes = 1 << 20

// Read reads a history in JSON Lines (docs/history.md), which may be compressed
// with gzip, into h, in place of what h held. File is its name in errors. Read says
// whether the end of the file was missing and was left out.
//
// The error is a [*SyntaxError] for the first line that is malformed, or that
// tells what cannot have happened: an operation that ends before it begins, an
// answer to a send that was never made, a second answer, a second message with
// the name of another. It is a [*MemoryError] for a history that takes more memory
// than it may, and the error of r where reading fails. After an error h is of no
// use until it is read or reset again.
func Read(h *History, r io.Reader, file string, opt ReadOptions) (truncated bool, err error) {
	h.Reset()
	in := NewUnpacker(r, opt.AllowTruncated)
	d := newDecoder(h)
	lines := lineReader{r: bufio.NewReaderSize(in, 1<<16)}
	for {
		line, whole, err := lines.next()
		if errors.Is(err, io.EOF) {
			return truncated || in.CutOff(), d.end(file)
		}
		if err != nil {
			return false, d.broken(file, err)
		}
		d.line++
		p := d.read(line)
		switch {
		case p == nil:
		case whole:
			return false, d.wrong(file, p)
		case !opt.AllowTruncated:
			return false, d.wrong(file, problemf(p.column, "the file is cut off in its last line, or the line is wrong: %s; "+
				"complete it, or leave it out with --allow-truncated", p.text))
		default:
			truncated = true
		}
		if m := &opt.Memory; m.Limit > 0 {
			if err := m.Exceeded(file, d.used(m), in.Taken(), h.rows); err != nil {
				return false, err
			}
		}
	}
}

func (d *decoder) wrong(file string, p *problem) error {
	return &SyntaxError{File: file, Line: d.line, Column: p.column, Problem: p.text}
}

// end looks at the history as a whole.
func (d *decoder) end(file string) error {
	if !d.version {
		return &SyntaxError{File: file, Line: 1,
			Problem: fmt.Sprintf("nothing is in the file; its first line should be {\"history\":%d}", Version)}
	}
	if line, p := d.finish(); p != nil {
		return &SyntaxError{File: file, Line: line, Column: p.column, Problem: p.text}
	}
	return nil
}

// broken is the error when the next line cannot be had.
func (d *decoder) broken(file string, err error) error {
	d.line++
	var damage *DamageError
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return d.wrong(file, problemf(0, "the line is longer than %d bytes; is a line break missing?", maxLineBytes))
	case errors.As(err, &damage):
		return d.wrong(file, problemf(0, "%s", damage))
	}
	return fmt.Errorf("%s: %w", file, err)
}

// lineReader splits a file into lines.
type lineReader struct {
	r    *bufio.Reader
	long []byte // a line that is longer than the reader's buffer
}

// next returns the next line, valid until the next call. Whole is false for a
// last line that no line break ends. The error is io.EOF after the last line.
func (l *lineReader) next() (line []byte, whole bool, err error) {
	l.long = l.long[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		if len(l.long) == 0 && err == nil {
			return part, true, nil
		}
		if len(l.long)+len(part) > maxLineBytes {
			return nil, false, bufio.ErrTooLong
		}
		l.long = append(l.long, part...)
		switch {
		case err == nil:
			return l.long, true, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(bytes.TrimSpace(l.long)) > 0:
			return l.long, false, nil
		default:
			return nil, false, err
		}
	}
}
