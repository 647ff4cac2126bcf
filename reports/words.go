package reports

import (
	"strings"
	"unicode"
)

// clean makes a name fit for one line of a terminal or a picture: line breaks
// and tabs become spaces; other control characters, which could colour or move
// the terminal's text, and marks that turn its direction become U+FFFD.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r', r == '\u2028', r == '\u2029':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// textWidth is the number of columns that s takes on a terminal.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// runeWidth is 0 for marks on the letter before, 2 for the wide letters of East
// Asia and for pictures, else 1.
//
// Reference: Unicode Standard Annex 11, East Asian Width.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0x303e, r >= 0x3041 && r <= 0x33ff,
		r >= 0x3400 && r <= 0x4dbf, r >= 0x4e00 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3,
		r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60,
		r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1f64f, r >= 0x1f900 && r <= 0x1f9ff,
		r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}

// wrap fills words into lines of at most width columns; further lines begin with
// hang. A word that is wider than a line has one for itself.
func wrap(s string, width int, hang string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case textWidth(line)+1+textWidth(word) > width:
			lines = append(lines, line)
			line = hang + word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// joined writes a list: "a", "a and b", "a, b and c".
func joined(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	s := thousands(n) + " " + noun
	switch {
	case n == 1:
		return s
	case strings.HasSuffix(noun, "y"):
		return strings.TrimSuffix(s, "y") + "ies"
	}
	return s + "s"
}

// thousands writes a count in groups of three digits.
func thousands(n int) string {
	digits := []byte{}
	if n < 0 {
		return "-" + thousands(-n)
	}
	for i := 0; n > 0 || i == 0; i++ {
		if i > 0 && i%3 == 0 {
			digits = append(digits, ',')
		}
		digits = append(digits, byte('0'+n%10))
		n /= 10
	}
	for i, j := 0, len(digits)-1; i < j; i, j = i+1, j-1 {
		digits[i], digits[j] = digits[j], digits[i]
	}
	return string(digits)
}
