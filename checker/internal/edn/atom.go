package edn

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxWord is the longest number, symbol or keyword, in bytes.
const maxWord = 1 << 16

// delimiter says whether a byte ends a word.
func delimiter(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ',', '\f', '\v', ';', '"', '(', ')', '[', ']', '{', '}', '\\':
		return true
	}
	return false
}

// word reads up to the next delimiter. It is valid until the next call.
func (p *Reader) word() ([]byte, error) {
	// The usual case: all of it is in the buffer.
	for j := p.i; j < len(p.buf); j++ {
		if delimiter(p.buf[j]) {
			word := p.buf[p.i:j]
			p.i = j
			return word, nil
		}
	}
	p.token = p.token[:0]
	for {
		c, ok := p.peek()
		if !ok || delimiter(c) {
			return p.token, p.failure()
		}
		if len(p.token) >= maxWord {
			return nil, p.errorf("a word is longer than %d bytes", maxWord)
		}
		p.token = append(p.token, c)
		p.i++
	}
}

// atom reads a number, a keyword, a symbol, nil or a boolean.
func (p *Reader) atom() (NodeID, error) {
	id, err := p.add(Symbol)
	if err != nil {
		return None, err
	}
	word, err := p.word()
	if err != nil {
		return None, err
	}
	n := &p.form.nodes[id]
	fail := func(format string, args ...any) (NodeID, error) {
		return None, p.errorAt(n.Line, n.Column, format, args...)
	}
	switch {
	case len(word) == 0:
		return fail("a value should stand here")
	case len(word) > maxWord:
		return fail("a word is longer than %d bytes", maxWord)
	case !utf8.Valid(word):
		return fail("the text is not UTF-8")
	case word[0] == ':':
		if word = word[1:]; len(word) == 0 || word[0] == ':' {
			return fail("a keyword has no name")
		}
		n.Kind = Keyword
	case digit(word[0]) || (word[0] == '-' || word[0] == '+') && len(word) > 1 && digit(word[1]):
		text, value, kind := number(word)
		if kind == 0 {
			return fail("%q is no number", word)
		}
		n.Kind, n.Int = kind, value
		if kind == Int {
			return id, nil
		}
		p.form.text = append(p.form.text, text...)
		p.finish(id)
		return id, nil
	case string(word) == "nil":
		n.Kind = Nil
		return id, nil
	case string(word) == "true":
		n.Kind, n.Int = Bool, 1
		return id, nil
	case string(word) == "false":
		n.Kind = Bool
		return id, nil
	case word[0] == '^' || word[0] == '\'' || word[0] == '@' || word[0] == '`' || word[0] == '~':
		return fail("%q begins no value in EDN", word[0])
	}
	p.form.text = append(p.form.text, word...)
	p.finish(id)
	return id, nil
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// number reads a word that begins like a number. Kind is 0 when it is none. Text
// is what stays of it when it is not an Int.
func number(word []byte) (text string, value int64, kind Kind) {
	if n, ok := decimal(word); ok {
		return "", n, Int
	}
	s := strings.TrimPrefix(string(word), "+")
	if n, ok := integer(strings.TrimSuffix(s, "N")); ok {
		if n.IsInt64() {
			return "", n.Int64(), Int
		}
		return n.String(), 0, Number
	}
	if over, under, ok := strings.Cut(s, "/"); ok {
		a, ok1 := new(big.Int).SetString(over, 10)
		b, ok2 := new(big.Int).SetString(under, 10)
		if !ok1 || !ok2 || b.Sign() <= 0 || strings.ContainsAny(s, "_") || !digit(under[0]) {
			return "", 0, 0
		}
		r := new(big.Rat).SetFrac(a, b)
		if r.IsInt() && r.Num().IsInt64() {
			return "", r.Num().Int64(), Int
		}
		return r.RatString(), 0, Number
	}
	plain, decimal := strings.CutSuffix(s, "M")
	if floating(plain) && (decimal || strings.ContainsAny(plain, ".eE")) {
		return s, 0, Number
	}
	return "", 0, 0
}

// decimal reads the plain case without leaving the bytes.
func decimal(word []byte) (n int64, ok bool) {
	digits := word
	if digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 18 || len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	for _, c := range digits {
		if !digit(c) {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if len(digits) < len(word) {
		n = -n
	}
	return n, true
}

// maxDigits bounds the work that a number takes.
const maxDigits = 4096

// integer reads a whole number: decimal, octal with a leading 0, 0x, or a base
// from 2 to 36 before an r.
func integer(s string) (*big.Int, bool) {
	sign := ""
	digits := s
	if strings.HasPrefix(s, "-") {
		sign, digits = "-", s[1:]
	}
	base := 10
	lower := strings.ToLower(digits)
	switch i := strings.IndexByte(lower, 'r'); {
	case strings.HasPrefix(lower, "0x"):
		base, digits = 16, digits[2:]
	case i > 0:
		b, err := strconv.Atoi(lower[:i])
		if err != nil || b < 2 || b > 36 {
			return nil, false
		}
		base, digits = b, digits[i+1:]
	case len(digits) > 1 && digits[0] == '0':
		base, digits = 8, digits[1:]
	}
	if digits == "" || len(digits) > maxDigits || strings.ContainsAny(digits, "+-_") {
		return nil, false
	}
	return new(big.Int).SetString(sign+digits, base)
}

// floating says whether a text is a decimal fraction, with an exponent or without.
func floating(s string) bool {
	if len(s) > maxDigits {
		return false
	}
	s = strings.TrimPrefix(s, "-")
	whole, rest := digits(s)
	if whole == 0 {
		return false
	}
	if strings.HasPrefix(rest, ".") {
		_, rest = digits(rest[1:])
	}
	if rest != "" && rest[0]|0x20 == 'e' {
		rest = strings.TrimLeft(rest[1:], "+-")
		n := 0
		if n, rest = digits(rest); n == 0 {
			return false
		}
	}
	return rest == ""
}

func digits(s string) (n int, rest string) {
	for n < len(s) && digit(s[n]) {
		n++
	}
	return n, s[n:]
}
