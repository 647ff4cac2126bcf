package reports

import (
	"strings"
	"unicode/utf8"
)

// tone is what a cell means, for a terminal with colours.
type tone int

const (
	plain tone = iota
	good
	bad
	mixed
	faint
	strong
)

// escapes are the ANSI sequences of the tones.
var escapes = [...]string{
	plain: "", good: "\x1b[32m", bad: "\x1b[31m", mixed: "\x1b[33m", faint: "\x1b[2m", strong: "\x1b[1m",
}

// paint wraps s in the colour of t.
func paint(s string, t tone, color bool) string {
	if !color || t == plain || s == "" {
		return s
	}
	return escapes[t] + s + "\x1b[0m"
}

// cell is a word in a table with its meaning.
type cell struct {
	text string
	tone tone
}

// table is rows of cells under a head. The first labels columns stand to the
// left and name the row; they are repeated when the others do not fit the width
// and continue in a further block. Numbers are aligned to the right.
type table struct {
	labels int
	right  bool // align the columns after the labels to the right
	head   []string
	rows   [][]cell
}

const (
	indent = "  "
	gap    = "  "
	// labelMin is the width below which a label is not squeezed.
	labelMin = 14
)

func textWidth(s string) int { return utf8.RuneCountInString(s) }

// lines lays the table out in at most width columns, as far as single words
// allow.
func (t *table) lines(width int, color bool) []string {
	widths := t.widths()
	t.squeeze(widths, width)
	used := textWidth(indent)
	for _, w := range widths[:t.labels] {
		used += w + len(gap)
	}
	var out []string
	for from := t.labels; from < len(t.head); {
		to, sum := from, used
		for to < len(t.head) && (to == from || sum+widths[to] <= width) {
			sum += widths[to] + len(gap)
			to++
		}
		out = append(out, t.block(widths, from, to, color)...)
		from = to
	}
	return out
}

// widths returns the natural width of each column.
func (t *table) widths() []int {
	widths := make([]int, len(t.head))
	for i, h := range t.head {
		widths[i] = textWidth(h)
	}
	for _, row := range t.rows {
		for i, c := range row {
			widths[i] = max(widths[i], textWidth(c.text))
		}
	}
	return widths
}

// squeeze narrows the first column when the whole does not fit. Its texts are
// then broken over several lines.
func (t *table) squeeze(widths []int, width int) {
	total := textWidth(indent) - len(gap)
	for _, w := range widths {
		total += w + len(gap)
	}
	if over := total - width; over > 0 {
		widths[0] = max(min(widths[0], labelMin), widths[0]-over)
	}
}

// block renders the labels and the columns [from, to).
func (t *table) block(widths []int, from, to int, color bool) []string {
	columns := make([]int, 0, len(t.head))
	for i := range t.head {
		if i < t.labels || i >= from && i < to {
			columns = append(columns, i)
		}
	}
	head := make([]cell, len(t.head))
	for i, h := range t.head {
		head[i] = cell{h, faint}
	}
	out := t.row(head, columns, widths, color)
	for _, r := range t.rows {
		out = append(out, t.row(r, columns, widths, color)...)
	}
	return out
}

// row renders one row, over several lines when its first cell is too long.
func (t *table) row(row []cell, columns, widths []int, color bool) []string {
	first := breakWord(row[0].text, widths[0])
	out := make([]string, 0, len(first))
	for n, part := range first {
		var line, end strings.Builder
		line.WriteString(indent)
		for _, i := range columns {
			c := row[i]
			if i == 0 {
				c.text = part
			} else if n > 0 {
				c.text = ""
			}
			pad := strings.Repeat(" ", max(0, widths[i]-textWidth(c.text)))
			if i > 0 {
				end.WriteString(gap)
			}
			if t.right && i >= t.labels {
				end.WriteString(pad)
				pad = ""
			}
			if c.text != "" {
				line.WriteString(end.String() + paint(c.text, c.tone, color))
				end.Reset()
			}
			end.WriteString(pad)
		}
		out = append(out, line.String())
	}
	return out
}

// breakWord cuts s into parts of at most width, after a hyphen, slash or space
// where there is one.
func breakWord(s string, width int) []string {
	var parts []string
	runes := []rune(s)
	for width > 0 && len(runes) > width {
		cut := width
		for i := width; i > width/3; i-- {
			if strings.ContainsRune("-/_ .", runes[i-1]) {
				cut = i
				break
			}
		}
		parts = append(parts, string(runes[:cut]))
		runes = runes[cut:]
	}
	return append(parts, string(runes))
}

// wrap fills words into lines of at most width; further lines are indented.
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
