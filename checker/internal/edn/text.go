package edn

import (
	"strconv"
	"unicode/utf8"
)

// text reads a string, or a regular expression, whose escapes are its own affair.
func (p *Reader) text(kind Kind) (NodeID, error) {
	id, err := p.add(kind)
	if err != nil {
		return None, err
	}
	p.i++
	for {
		c, ok := p.peek()
		switch {
		case !ok:
			n := &p.form.nodes[id]
			return None, p.ended("inside the string that begins at %d:%d", n.Line, n.Column)
		case !p.room():
			return None, p.errorf("the form has more than %d bytes", p.limits.Bytes)
		case c == '"':
			p.i++
			p.finish(id)
			if !utf8.Valid(p.form.Text(id)) {
				n := &p.form.nodes[id]
				return None, p.errorAt(n.Line, n.Column, "the string is not UTF-8")
			}
			return id, nil
		case c == '\\':
			if err := p.escape(kind); err != nil {
				return None, err
			}
		default:
			p.i++
			if c == '\n' {
				p.newline()
			}
			p.form.text = append(p.form.text, c)
		}
	}
}

// escapes are those that stand for one character.
var escapes = map[byte]byte{
	't': '\t', 'r': '\r', 'n': '\n', 'b': '\b', 'f': '\f', '\\': '\\', '"': '"', '\'': '\'',
}

// escape reads an escape of a string.
func (p *Reader) escape(kind Kind) error {
	p.i++
	c, ok := p.peek()
	if !ok {
		return p.ended("where an escape should stand")
	}
	if kind != String {
		p.i++
		p.form.text = append(p.form.text, '\\', c)
		if c == '\n' {
			p.newline()
		}
		return nil
	}
	if out, ok := escapes[c]; ok {
		p.i++
		p.form.text = append(p.form.text, out)
		return nil
	}
	switch {
	case c == 'u':
		p.i++
		r, err := p.hex()
		if err != nil {
			return err
		}
		p.form.text = utf8.AppendRune(p.form.text, r)
		return nil
	case c >= '0' && c <= '7':
		p.form.text = utf8.AppendRune(p.form.text, p.octal())
		return nil
	}
	return p.errorf("the string has an escape \\%c that EDN does not know", c)
}

// hex reads the digits of \uXXXX, and of the second half where it is a pair.
func (p *Reader) hex() (rune, error) {
	r, err := p.hexDigits()
	if err != nil || r < 0xd800 || r > 0xdbff {
		return r, err
	}
	if next, err := p.second(); err != nil || next != 'u' || p.buf[p.i] != '\\' {
		return utf8.RuneError, err
	}
	p.i += 2
	low, err := p.hexDigits()
	if low < 0xdc00 || low > 0xdfff {
		return utf8.RuneError, err
	}
	return (r-0xd800)<<10 | (low - 0xdc00) + 0x10000, err
}

func (p *Reader) hexDigits() (rune, error) {
	r := rune(0)
	for range 4 {
		c, ok := p.peek()
		if !ok {
			return 0, p.ended("where a hexadecimal digit should stand")
		}
		n, err := strconv.ParseUint(string(c), 16, 8)
		if err != nil {
			return 0, p.errorf("%q stands where a hexadecimal digit should", c)
		}
		p.i++
		r = r<<4 | rune(n)
	}
	return r, nil
}

// octal reads up to three octal digits.
func (p *Reader) octal() rune {
	r := rune(0)
	for range 3 {
		c, ok := p.peek()
		if !ok || c < '0' || c > '7' {
			break
		}
		p.i++
		r = r<<3 | rune(c-'0')
	}
	return r
}

// char reads a character: one after a backslash, or its name.
func (p *Reader) char() (NodeID, error) {
	id, err := p.add(Char)
	if err != nil {
		return None, err
	}
	p.i++
	c, ok := p.peek()
	if !ok {
		return None, p.ended("where a character should stand")
	}
	if c == '\n' {
		return None, p.errorf("a line ends where a character should stand")
	}
	p.form.text = append(p.form.text, c) // it may be a delimiter itself
	p.i++
	rest, err := p.word()
	if err != nil {
		return None, err
	}
	p.form.text = append(p.form.text, rest...)
	p.finish(id)
	n := &p.form.nodes[id]
	if text := p.form.Text(id); utf8.RuneCount(text) > 1 {
		r, ok := named(string(text))
		if !ok {
			return None, p.errorAt(n.Line, n.Column, "\\%s is no character", text)
		}
		p.form.text = utf8.AppendRune(p.form.text[:n.from], r)
		p.finish(id)
	} else if !utf8.Valid(text) {
		return None, p.errorAt(n.Line, n.Column, "the text is not UTF-8")
	}
	return id, nil
}

// named returns the character of a name.
func named(name string) (rune, bool) {
	switch name {
	case "newline":
		return '\n', true
	case "return":
		return '\r', true
	case "space":
		return ' ', true
	case "tab":
		return '\t', true
	case "formfeed":
		return '\f', true
	case "backspace":
		return '\b', true
	}
	base := map[byte]int{'u': 16, 'o': 8}[name[0]]
	if base == 0 {
		return 0, false
	}
	n, err := strconv.ParseUint(name[1:], base, 16)
	return rune(n), err == nil
}
