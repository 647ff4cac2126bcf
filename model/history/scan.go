package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// problem is what is wrong with a line, and where in it: a column counted in
// bytes from 1, or 0 for the line as a whole.
type problem struct {
	column int
	text   string
}

func problemf(column int, format string, args ...any) *problem {
	return &problem{column, fmt.Sprintf(format, args...)}
}

// value is a string or a whole number of a line.
type value struct {
	text   []byte // of a string, without quotes and escapes
	number int64
	str    bool
	column int // 0 where the field is absent
}

// scanner takes the fields out of a line that holds one flat JSON object.
type scanner struct {
	line   []byte
	i      int
	fields int // read so far
}

func (s *scanner) space() {
	for s.i < len(s.line) {
		switch s.line[s.i] {
		case ' ', '\t', '\r':
			s.i++
		default:
			return
		}
	}
}

// expect skips one byte.
func (s *scanner) expect(c byte, what string) *problem {
	s.space()
	if s.i < len(s.line) && s.line[s.i] == c {
		s.i++
		return nil
	}
	return s.unexpected(what)
}

func (s *scanner) unexpected(what string) *problem {
	if s.i >= len(s.line) {
		return problemf(s.i+1, "the line ends where %s should stand; an object stands on one line", what)
	}
	r, _ := utf8.DecodeRune(s.line[s.i:])
	return problemf(s.i+1, "%q stands where %s should", r, what)
}

// next returns the next field of the object, and a nil name after the last.
func (s *scanner) next() (name []byte, v value, p *problem) {
	s.space()
	if s.i < len(s.line) && s.line[s.i] == '}' {
		s.i++
		s.space()
		if s.i < len(s.line) {
			return nil, v, s.unexpected("the end of the line")
		}
		return nil, v, nil
	}
	if s.fields > 0 {
		if p := s.expect(',', "a comma or }"); p != nil {
			return nil, v, p
		}
		s.space()
	}
	s.fields++
	column := s.i + 1
	if name, p = s.quoted("a field's name in double quotes"); p != nil {
		return nil, v, p
	}
	if p = s.expect(':', "a colon"); p != nil {
		return nil, v, p
	}
	s.space()
	v, p = s.value()
	v.column = column
	return name, v, p
}

func (s *scanner) value() (v value, p *problem) {
	if s.i < len(s.line) && s.line[s.i] == '"' {
		v.str = true
		v.text, p = s.quoted("a string")
		return v, p
	}
	start := s.i
	for s.i < len(s.line) && (s.line[s.i] >= '0' && s.line[s.i] <= '9' || s.line[s.i] == '-' && s.i == start) {
		s.i++
	}
	digits := s.line[start:s.i]
	if s.i < len(s.line) && (s.line[s.i] == '.' || s.line[s.i]|0x20 == 'e') && len(digits) > 0 {
		return v, problemf(start+1, "numbers are whole, without a fraction or an exponent")
	}
	unsigned := digits
	if len(digits) > 0 && digits[0] == '-' {
		unsigned = digits[1:]
	}
	if len(unsigned) == 0 {
		s.i = start
		if bytes.HasPrefix(s.line[s.i:], []byte("null")) {
			return v, problemf(s.i+1, "a field is null; leave it out")
		}
		return v, s.unexpected("a string in double quotes or a whole number")
	}
	if len(unsigned) > 1 && unsigned[0] == '0' {
		return v, problemf(start+1, "a number begins with 0")
	}
	if v.number, p = number(digits, unsigned); p != nil {
		p.column = start + 1
	}
	return v, p
}

// number returns the value of digits, which may have a sign before the unsigned ones.
func number(digits, unsigned []byte) (n int64, p *problem) {
	const safe = 18 // so many digits fit for sure
	if len(unsigned) > safe {
		n, err := strconv.ParseInt(string(digits), 10, 64)
		if err != nil {
			return 0, problemf(0, "%s does not fit 64 bits", shorten(digits))
		}
		return n, nil
	}
	for _, c := range unsigned {
		n = 10*n + int64(c-'0')
	}
	if len(digits) > len(unsigned) {
		n = -n
	}
	return n, nil
}

// shorten makes a piece of a file short enough for a message.
func shorten(text []byte) string {
	const most = 60
	if len(text) <= most {
		return string(text)
	}
	return fmt.Sprintf("%s... (%d bytes)", text[:most], len(text))
}

// quoted reads a string. Without escapes it is a part of the line.
func (s *scanner) quoted(what string) ([]byte, *problem) {
	start := s.i
	if start >= len(s.line) || s.line[start] != '"' {
		return nil, s.unexpected(what)
	}
	escaped, ascii := false, true
	for s.i = start + 1; s.i < len(s.line); s.i++ {
		switch c := s.line[s.i]; {
		case c == '"':
			s.i++
			text := s.line[start+1 : s.i-1]
			if !ascii && !utf8.Valid(text) {
				return nil, problemf(start+1, "the string is not UTF-8")
			}
			if escaped {
				return unescape(s.line[start:s.i], start+1)
			}
			return text, nil
		case c >= utf8.RuneSelf:
			ascii = false
		case c == '\\':
			escaped = true
			s.i++
			ascii = ascii && s.i < len(s.line) && s.line[s.i] < utf8.RuneSelf
		case c < ' ':
			return nil, problemf(s.i+1, "a control character stands in a string; write \\u%04x", c)
		}
	}
	return nil, problemf(start+1, "the string has no end")
}

func unescape(quoted []byte, column int) ([]byte, *problem) {
	var out string
	if err := json.Unmarshal(quoted, &out); err != nil {
		return nil, problemf(column, "the string has an escape that JSON does not know")
	}
	return []byte(out), nil
}
