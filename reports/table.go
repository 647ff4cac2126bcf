package reports

import "strings"

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

// cell is a text in a table with its meaning.
type cell struct {
	text string
	tone tone
}

// table is rows of cells under a head. The first labels columns stand to the
// left and name the row; they are repeated when the others do not fit the width
// and continue in a further block.
type table struct {
	labels int
	right  bool // align the columns after the labels to the right
	// prose is the number of last columns that share what width is left and
	// wrap their words.
	prose int
	// narrow puts one space instead of two between the columns after the labels.
	narrow bool
	// bands are titles over several columns, in order.
	bands []band
	head  []string
	// wrapHead lets heads be broken where they do not fit the width whole.
	wrapHead bool
	rows     [][]cell
}

// band is a title over the columns [from, to).
type band struct {
	title    string
	from, to int
}

const (
	indent = "  "
	// labelMin is the width below which a label is not squeezed, proseMin the
	// width below which prose gets a block of its own.
	labelMin = 14
	proseMin = 20
)

// gap is the space before column i.
func (t *table) gap(i int) int {
	switch {
	case i == 0:
		return len(indent)
	case !t.narrow || i < t.labels:
		return 2
	case i > t.labels && t.opens(i):
		return 3
	}
	return 1 + t.first(i)
}

// first is 1 for the first column after the labels.
func (t *table) first(i int) int {
	if i == t.labels {
		return 1
	}
	return 0
}

// opens says that a band begins at column i.
func (t *table) opens(i int) bool {
	for _, b := range t.bands {
		if b.from == i {
			return true
		}
	}
	return false
}

// width returns the natural width of the whole, with the least for prose.
func (t *table) width() int {
	sum := 0
	for i, w := range t.widths() {
		sum += t.gap(i) + w
	}
	return sum
}

// lines lays the table out in at most width columns, as far as single words
// allow.
func (t *table) lines(width int, color bool) []string {
	if t.wrapHead {
		t.wrapHead = false
		t.wrapHead = t.width() > width
	}
	widths := t.widths()
	if over := t.width() - width; over > 0 {
		widths[0] = max(min(widths[0], labelMin), widths[0]-over)
		t.narrow = t.narrow || over > t.widths()[0]-widths[0]
	}
	labels := 0
	for i, w := range widths[:t.labels] {
		labels += t.gap(i) + w
	}
	var out []string
	for from := t.labels; from < len(t.head); {
		to, sum := from, labels
		for to < len(t.head) && (to == from || sum+t.gap(to)+widths[to] <= width) {
			sum += t.gap(to) + widths[to]
			to++
		}
		t.share(widths, from, to, width-sum)
		out = append(out, t.block(widths, from, to, color)...)
		from = to
	}
	return out
}

// share gives the prose columns of a block the width that is left, as far as
// they can use it.
func (t *table) share(widths []int, from, to, left int) {
	needs := t.natural()
	for given := true; given; {
		given = false
		for i := max(from, len(t.head)-t.prose); i < to; i++ {
			if left > 0 && widths[i] < needs[i] {
				widths[i]++
				left--
				given = true
			}
		}
	}
}

// widths returns the width that each column must have: its natural one, of prose
// the least.
func (t *table) widths() []int {
	widths := t.natural()
	for i := max(0, len(widths)-t.prose); i < len(widths); i++ {
		widths[i] = min(widths[i], proseMin)
	}
	return widths
}

// natural returns the width of each column's widest text.
func (t *table) natural() []int {
	widths := make([]int, len(t.head))
	for i, h := range t.head {
		widths[i] = textWidth(h)
		if t.wrapHead && i >= t.labels {
			widths[i] = longest(splitWord(h))
		}
		for _, row := range t.rows {
			widths[i] = max(widths[i], textWidth(row[i].text))
		}
	}
	return widths
}

// block renders the labels and the columns [from, to).
func (t *table) block(widths []int, from, to int, color bool) []string {
	var columns []int
	for i := range t.head {
		if i < t.labels || i >= from && i < to {
			columns = append(columns, i)
		}
	}
	var out []string
	if line := t.bandLine(widths, columns); line != "" {
		out = append(out, paint(line, faint, color))
	}
	out = append(out, t.headLines(widths, columns, color)...)
	for _, r := range t.rows {
		out = append(out, t.row(r, columns, widths, color)...)
	}
	return out
}

// bandLine writes the titles of the bands that begin in a block; a title that is
// too wide is cut.
func (t *table) bandLine(widths, columns []int) string {
	var line strings.Builder
	at := 0
	for n, i := range columns {
		at += t.gap(i)
		for _, b := range t.bands {
			if b.from <= i && i < b.to && (b.from == i || n == t.labels) {
				line.WriteString(strings.Repeat(" ", max(1, at-textWidth(line.String()))) + b.title)
			}
		}
		at += widths[i]
	}
	return line.String()
}

// headLines renders the head; wrapped heads stand on their last lines.
func (t *table) headLines(widths, columns []int, color bool) []string {
	parts := make([][]string, len(t.head))
	height := 1
	for _, i := range columns {
		parts[i] = []string{t.head[i]}
		if i == 0 || t.wrapHead {
			parts[i] = breakWord(t.head[i], widths[i])
		}
		height = max(height, len(parts[i]))
	}
	for _, i := range columns {
		parts[i] = append(make([]string, height-len(parts[i])), parts[i]...)
	}
	tones := make([]cell, len(t.head))
	for i := range tones {
		tones[i].tone = faint
	}
	return t.render(parts, tones, columns, widths, height, color)
}

// row renders one row, over several lines when a label or prose is too long.
func (t *table) row(row []cell, columns, widths []int, color bool) []string {
	parts := make([][]string, len(row))
	height := 1
	for _, i := range columns {
		switch {
		case i == 0:
			parts[i] = breakWord(row[i].text, widths[i])
		case i >= len(row)-t.prose:
			parts[i] = wrap(row[i].text, widths[i], "")
		default:
			parts[i] = []string{row[i].text}
		}
		height = max(height, len(parts[i]))
	}
	return t.render(parts, row, columns, widths, height, color)
}

// render writes the lines of a row whose cells are broken into parts.
func (t *table) render(parts [][]string, row []cell, columns, widths []int, height int, color bool) []string {
	out := make([]string, 0, height)
	for n := range height {
		var line strings.Builder
		pending := 0 // spaces that are written only when more text follows
		for _, i := range columns {
			text := ""
			if n < len(parts[i]) {
				text = parts[i][n]
			}
			pad := max(0, widths[i]-textWidth(text))
			pending += t.gap(i)
			if t.right && i >= t.labels {
				pending, pad = pending+pad, 0
			}
			if text != "" {
				line.WriteString(strings.Repeat(" ", pending) + paint(text, row[i].tone, color))
				pending = 0
			}
			pending += pad
		}
		out = append(out, line.String())
	}
	return out
}

// splitWord returns the pieces between the places where [breakWord] may cut.
func splitWord(s string) []string {
	return strings.FieldsFunc(strings.NewReplacer("-", "-\x00", "/", "/\x00", "_", "_\x00", " ", " \x00").Replace(s),
		func(r rune) bool { return r == 0 })
}

// longest is the width of the widest of some texts.
func longest(parts []string) int {
	n := 0
	for _, p := range parts {
		n = max(n, textWidth(strings.TrimRight(p, " ")))
	}
	return n
}

// breakWord cuts s into parts of at most width columns, after a hyphen, slash or
// space where there is one.
func breakWord(s string, width int) []string {
	var parts []string
	runes := []rune(s)
	for width > 0 && textWidth(string(runes)) > width {
		cut := 0
		for used := 0; used+runeWidth(runes[cut]) <= width; cut++ {
			used += runeWidth(runes[cut])
		}
		cut = max(cut, 1)
		for i := cut; i > 1; i-- {
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
