package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxErrors is how many mistakes of a file are reported.
const maxErrors = 20

// Problem is one mistake in a scenario file.
type Problem struct {
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
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", e.File, p.Line, p.Column, p.Text)
		if p.Line >= 1 && p.Line <= len(e.lines) {
			excerpt(&b, e.lines[p.Line-1], p)
		}
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\n%s: and %d more\n", e.File, e.More)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// excerptWidth is how much of a long line is shown around the column.
const excerptWidth = 100

func excerpt(b *strings.Builder, line string, p Problem) {
	runes := []rune(strings.TrimRight(line, "\r"))
	from := 0
	if p.Column > excerptWidth*3/4 {
		from = p.Column - excerptWidth/2
	}
	from = min(from, len(runes))
	to := min(len(runes), from+excerptWidth)
	number := fmt.Sprintf("%5d", p.Line)
	fmt.Fprintf(b, "%s | %s\n", number, strings.ReplaceAll(string(runes[from:to]), "\t", " "))
	fmt.Fprintf(b, "%s | %s^\n", strings.Repeat(" ", len(number)), strings.Repeat(" ", max(0, p.Column-1-from)))
}

// problems collects mistakes while a file is read.
type problems struct {
	list []Problem
}

func (p *problems) add(at position, format string, args ...any) {
	found := Problem{max(1, at.line), max(1, at.column), fmt.Sprintf(format, args...)}
	// A file expands to many cases, and a mistake shows in each.
	if !slices.Contains(p.list, found) {
		p.list = append(p.list, found)
	}
}

// err returns the mistakes as an error, or nil.
func (p *problems) err(file string, src []byte) error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	e := &Errors{File: file, Problems: p.list, lines: strings.Split(string(src), "\n")}
	if len(e.Problems) > maxErrors {
		e.More = len(e.Problems) - maxErrors
		e.Problems = e.Problems[:maxErrors]
	}
	return e
}

// Nearest returns the name that is most like the given one, or "" when none is
// much like it.
func Nearest(name string, names []string) string {
	best, least := "", max(2, len(name)/2)+1
	for _, n := range names {
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is the Levenshtein distance with swaps of neighbours.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := [3][]int{make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(x); i++ {
		older, old, now := rows[(i-1)%3], rows[i%3], rows[(i+1)%3]
		now[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			now[j] = min(old[j]+1, now[j-1]+1, old[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], older[j-2]+1)
			}
		}
	}
	return rows[(len(x)+1)%3][len(y)]
}

// didYouMean is the end of a sentence that names the nearest valid name, or all
// names where there are few.
func didYouMean(name string, names []string) string {
	if n := Nearest(name, names); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	if len(names) > 0 && len(names) <= 12 {
		return "; there are " + strings.Join(names, ", ")
	}
	return ""
}
