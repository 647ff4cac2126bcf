package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

const (
	// maxErrors is how many mistakes of a file are reported.
	maxErrors = 20
	// maxFound is how many are kept while a file is read.
	maxFound = 1000
)

// Problem is one mistake in a scenario file.
type Problem struct {
	// File is the file in which it stands: the scenario's, or one that it includes.
	File string
	// Line and Column are counted from 1.
	Line, Column int
	// Text says what is wrong, what was expected, and the nearest valid name
	// where there is one.
	Text string
}

// Errors are the mistakes of a scenario file, in order of position.
type Errors struct {
	File     string
	Problems []Problem
	// More counts the mistakes that are not in Problems.
	More  int
	files []file
}

// file is a file that was read, with its lines for excerpts.
type file struct {
	name  string // as messages have it
	path  string // below the folder of the scenario; empty for the scenario itself
	lines []string
}

// Error lists the mistakes, each with its place, the line of the file, and a
// mark under the column.
func (e *Errors) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", p.File, p.Line, p.Column, p.Text)
		i := slices.IndexFunc(e.files, func(f file) bool { return f.name == p.File })
		if i >= 0 && p.Line >= 1 && p.Line <= len(e.files[i].lines) {
			excerpt(&b, e.files[i].lines[p.Line-1], p)
		}
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\n%s: and at least %d more\n", e.File, e.More)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// excerptWidth is how much of a long line is shown around the column.
const excerptWidth = 100

func excerpt(b *strings.Builder, line string, p Problem) {
	runes := []rune(strings.ToValidUTF8(line, "\ufffd"))
	from := 0
	if p.Column > excerptWidth*3/4 {
		from = p.Column - excerptWidth/2
	}
	from = min(from, len(runes))
	shown := runes[from:min(len(runes), from+excerptWidth)]
	var text, mark strings.Builder
	for i, r := range shown {
		if !unicode.IsPrint(r) {
			r = ' ' // a tab would move the mark, and an escape the terminal
		}
		text.WriteRune(r)
		if i < p.Column-1-from {
			mark.WriteString(strings.Repeat(" ", width(r)))
		}
	}
	mark.WriteString(strings.Repeat(" ", max(0, p.Column-1-from-len(shown))))
	number := fmt.Sprintf("%5d", p.Line)
	fmt.Fprintf(b, "%s\n", strings.TrimRight(number+" | "+text.String(), " "))
	fmt.Fprintf(b, "%s | %s^\n", strings.Repeat(" ", len(number)), mark.String())
}

// width is how many columns of a terminal a character takes.
func width(r rune) int {
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60 {
		return 2
	}
	return 1
}

// found is a mistake with the cases in which it shows.
type found struct {
	Problem
	file  int
	cases int
	first string
}

// problems collects mistakes while a file is read.
type problems struct {
	list  []*found
	known map[Problem]*found
	// calls counts the reports, also of what was found before: a file expands
	// to many cases, and a mistake shows in each.
	calls int
	// files are those that were read, the scenario's first; reading is the number
	// of the one that is being parsed.
	files   []file
	reading int
	// cases counts the cases so far; label is the one that is being read.
	cases int
	label string
	// misreferred says that a reference is wrong, so that nobody can tell what is
	// never referred to.
	misreferred bool
	// notes are no mistakes.
	notes []Note
	// own are the lines of which a reader knows to which strategy they belong.
	own []span
}

// span is a range of lines, both ends included.
type span struct{ first, last int }

func newProblems(name string) *problems {
	return &problems{known: make(map[Problem]*found), files: []file{{name: name}}}
}

// begin starts a case.
func (p *problems) begin(label string) { p.cases, p.label = p.cases+1, label }

// end leaves the cases behind.
func (p *problems) end() { p.label = "" }

func (p *problems) add(at position, format string, args ...any) {
	p.calls++
	text := fmt.Sprintf(format, args...)
	if at.given != "" {
		text += "; " + at.given
	}
	in := max(at.file, p.reading)
	one := Problem{p.files[in].name, max(1, at.line), max(1, at.column), text}
	f := p.known[one]
	if f == nil {
		if p.full() {
			return
		}
		f = &found{Problem: one, file: in, first: p.label}
		p.known[one] = f
		p.list = append(p.list, f)
	}
	if p.label != "" {
		f.cases++
	}
}

// has says whether something is wrong at the place already.
func (p *problems) has(at position) bool {
	return slices.ContainsFunc(p.list, func(f *found) bool {
		return f.file == at.file && f.Line == at.line && f.Column == at.column
	})
}

// full says that no more mistakes are kept.
func (p *problems) full() bool { return len(p.list) == maxFound }

// enough says that no more mistakes need be looked for.
func (p *problems) enough() bool { return len(p.list) > maxErrors }

// err returns the mistakes as an error, or nil.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b *found) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	e := &Errors{File: p.files[0].name, files: p.files, More: max(0, len(p.list)-maxErrors)}
	for _, f := range p.list[:min(len(p.list), maxErrors)] {
		inside := slices.ContainsFunc(p.own, func(s span) bool {
			return f.file == 0 && f.Line >= s.first && f.Line <= s.last
		})
		if f.cases > 0 && f.cases < p.cases && !inside {
			f.Text += "; so it is with " + f.first
		}
		e.Problems = append(e.Problems, f.Problem)
	}
	return e
}
