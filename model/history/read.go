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
	// refusing it.
	AllowTruncated bool
}

// maxLineBytes is the longest line that is read.
const maxLineBytes = 1 << 20

// Read reads a history in JSON Lines (docs/history.md) into h, in place of what
// h held. File is its name in errors. Read says whether a line that was cut off
// at the end was left out.
//
// The error is a [*SyntaxError] for the first line that is malformed, or that
// tells what cannot have happened: an operation that ends before it begins, an
// answer to a send that was never made, a second answer, a second message with
// the name of another. It is the error of r where reading fails. After an error
// h is of no use until it is read or reset again.
func Read(h *History, r io.Reader, file string, opt ReadOptions) (truncated bool, err error) {
	h.Reset()
	d := newDecoder(h)
	lines := lineReader{r: bufio.NewReaderSize(r, 1<<16)}
	fail := func(line int, p *problem) error {
		return &SyntaxError{File: file, Line: line, Column: p.column, Problem: p.text}
	}
	for {
		line, whole, err := lines.next()
		switch {
		case errors.Is(err, io.EOF):
			if !d.version {
				return false, fail(1, problemf(0, "nothing is in the file; its first line should be {\"history\":%d}", Version))
			}
			if at, p := d.finish(); p != nil {
				return false, fail(at, p)
			}
			return truncated, nil
		case errors.Is(err, bufio.ErrTooLong):
			return false, fail(d.line+1, problemf(0, "the line is longer than %d bytes", maxLineBytes))
		case err != nil:
			return false, err
		}
		d.line++
		p := d.read(line)
		switch {
		case p == nil:
		case whole:
			return false, fail(d.line, p)
		case !opt.AllowTruncated:
			return false, fail(d.line, problemf(p.column, "the file is cut off in its last line: %s", p.text))
		default:
			truncated = true
		}
	}
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
