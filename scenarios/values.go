package scenarios

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"orderlab/model"
)

// scalar says whether the node is a single value, and reports it if not.
func (d *decoder) scalar(n *node, what string) bool {
	if n.shape != shapeScalar {
		d.ps.add(n.at, "%s is a single value, and here is %v", what, n.shape)
		return false
	}
	if refers(n.text) {
		if d.c == nil {
			d.ps.misreferred = true
			d.ps.add(n.at, "a reference can only stand in %s, and in the patches of them", oneOf(names(keysOf(d.body))))
		}
		d.ps.calls++ // what could not be put in was reported where that was tried
		return false
	}
	return true
}

// single values that are kept as they stand.
func anyValue() value[*node] {
	return value[*node]{spec{kind: kindValue}, func(d *decoder, n *node, what string, out **node) {
		if d.scalar(n, what) {
			*out = n
		}
	}}
}

func text() value[string] {
	return value[string]{spec{kind: kindText}, func(d *decoder, n *node, what string, out *string) {
		if d.scalar(n, what) && d.noBoolean(n, what) {
			*out = n.text
		}
	}}
}

// booleans are the texts that YAML reads as true and false.
var booleans = []string{"true", "True", "TRUE", "false", "False", "FALSE"}

// noBoolean says whether YAML reads a value as a text or as a number, and reports it
// if not. What a variable stands for is what the variable is.
func (d *decoder) noBoolean(n *node, what string) bool {
	if n.quoted || n.at.given != "" || !slices.Contains(booleans, n.text) {
		return true
	}
	d.ps.add(n.at, "%s is a text, and YAML reads %s as true or false; write it in quotes", what, n.text)
	return false
}

// nodesValue reads names of nodes, in a list or one alone.
func nodesValue() value[model.Value] {
	return into(oneOrList(name(), "[billing-0, billing-1]"),
		func(names []string) model.Value { return model.NodesValue(names...) })
}

// name reads a text that stands for something: see [decoder.name].
func name() value[string] {
	return value[string]{spec{kind: kindText}, func(d *decoder, n *node, what string, out *string) {
		if d.scalar(n, what) && d.noBoolean(n, what) && d.name(n.text, n.at, what) {
			*out = n.text
		}
	}}
}

// maxName is how many characters a name may have.
const maxName = 64

// name says whether a text can be a name, and reports it if not. Names stand in
// command lines, file names and tables.
func (d *decoder) name(s string, at position, what string) bool {
	wrong := strings.IndexFunc(s, func(r rune) bool { return !nameRune(r) }) >= 0
	if s == "" || wrong || utf8.RuneCountInString(s) > maxName {
		d.ps.add(at, "%s has 1 to %d letters, digits and . _ - +, and here is %s", what, maxName, quote(s))
		return false
	}
	return true
}

func nameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-+", r)
}

// choice reads one of some words.
func choice(words ...string) value[string] {
	return value[string]{spec{kind: kindText, enum: words}, func(d *decoder, n *node, what string, out *string) {
		switch {
		case !d.scalar(n, what):
		case !slices.Contains(words, n.text):
			d.ps.add(n.at, "%s is %s, and here is %s%s", what, oneOf(words), quote(n.text), nearest(n.text, words))
		default:
			*out = n.text
		}
	}}
}

// whole is what a whole number looks like: not octal, hexadecimal or grouped.
var whole = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

// integer reads a whole number from lo to hi.
func integer[I int | int64](lo, hi int64) value[I] {
	return value[I]{
		spec{kind: kindInteger, min: lo, max: hi},
		func(d *decoder, n *node, what string, out *I) {
			if !d.scalar(n, what) {
				return
			}
			v, err := strconv.ParseInt(n.text, 10, 64)
			switch {
			case n.at.given != "" && n.quoted && whole.MatchString(n.text):
				d.ps.add(n.at, "%s is a whole number, and a reference with something beside it makes a text", what)
			case n.quoted && whole.MatchString(n.text):
				d.ps.add(n.at, "%s is a whole number, and here is a text; write %s without quotes", what, clip(n.text))
			case !whole.MatchString(n.text):
				d.ps.add(n.at, "%s is a whole number, as 12, and here is %s", what, quote(n.text))
			case err != nil || v < lo || v > hi:
				d.ps.add(n.at, "%s is from %d to %d, and here is %s", what, lo, hi, clip(n.text))
			default:
				*out = I(v)
			}
		},
	}
}

func boolean() value[bool] {
	return value[bool]{spec{kind: kindBoolean}, func(d *decoder, n *node, what string, out *bool) {
		if !d.scalar(n, what) {
			return
		}
		switch {
		case n.text != "true" && n.text != "false":
			d.ps.add(n.at, "%s is true or false, and here is %s", what, quote(n.text))
		case n.quoted:
			d.ps.add(n.at, "%s is true or false, and here is a text; write %s without quotes", what, n.text)
		default:
			*out = n.text == "true"
		}
	}}
}

// quantity reads a number with a unit, from lo to hi.
func quantity(u *units, lo, hi int64) value[int64] { return bareQuantity(u, "", lo, hi) }

// bareQuantity also accepts a number without a unit, which has the given one.
func bareQuantity(u *units, bare string, lo, hi int64) value[int64] {
	return value[int64]{
		spec{kind: u.kind, min: lo, max: hi, bare: bare},
		func(d *decoder, n *node, what string, out *int64) {
			if !d.scalar(n, what) {
				return
			}
			t := n.text
			if bare != "" && !n.quoted && whole.MatchString(t) {
				t += bare
			}
			v, err := u.parseSigned(t, lo < 0)
			switch {
			case err != nil:
				d.ps.add(n.at, "%s: %v", what, err)
			case v < lo:
				d.ps.add(n.at, "%s is at least %s, and here is %s", what, u.format(lo), clip(n.text))
			case hi > 0 && v > hi:
				d.ps.add(n.at, "%s is at most %s, and here is %s", what, u.format(hi), clip(n.text))
			default:
				*out = v
			}
		},
	}
}

func duration(lo int64) value[int64] { return quantity(&durations, lo, maxQuantity) }

// number reads a number as 0.5 or 1.1 in millionths, above 0 and up to most.
func number(most int64) value[int64] {
	return value[int64]{
		spec{kind: kindNumber, max: most},
		func(d *decoder, n *node, what string, out *int64) {
			if !d.scalar(n, what) {
				return
			}
			v, err := scaled(n.text, million, 1, false)
			switch {
			case err != nil || n.quoted:
				d.ps.add(n.at, "%s is a number, as 1.1, and here is %s", what, quote(n.text))
			case v <= 0 || v > most:
				d.ps.add(n.at, "%s is above 0 and at most %s, and here is %s", what, decimal(most, million), clip(n.text))
			default:
				*out = v
			}
		},
	}
}

// oneOf lists words as the end of a sentence.
func oneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
