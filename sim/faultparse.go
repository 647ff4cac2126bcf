package sim

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseSchedule reads a schedule, an entry a line. Empty lines and lines that
// begin with # are skipped. An error says which line is wrong and why.
func ParseSchedule(text string) (Schedule, error) {
	var s Schedule
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		n, err := ParseEntry(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		s = append(s, n)
	}
	return s, s.Check()
}

// ParseEntry reads what [Entry.String] writes.
func ParseEntry(line string) (n Entry, err error) {
	p := entryParser{words: cut(line, ' ')}
	name, ok := strings.CutSuffix(p.next(), ":")
	if !ok {
		return n, fmt.Errorf("an entry begins with its name and a colon, as `cut: at 5s partition a | b for 10s`")
	}
	if n.Name, err = unquoted(name); err != nil {
		return n, err
	}
	n.When = p.trigger()
	n.Fault = p.fault()
	n.Until = p.until()
	if p.err == nil && len(p.words) > 0 {
		p.fail("%s is not expected here", p.words[0])
	}
	if p.err != nil {
		return n, fmt.Errorf("%s: %w", n.Name, p.err)
	}
	return n, nil
}

// entryParser reads words; after the first error it reads nothing more.
type entryParser struct {
	words []string
	err   error
}

func (p *entryParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
	p.words = nil
}

func (p *entryParser) keep(err error) {
	if err != nil {
		p.fail("%w", err)
	}
}

func (p *entryParser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

func (p *entryParser) next() string {
	w := p.peek()
	if w != "" {
		p.words = p.words[1:]
	}
	return w
}

// has reads a word if it comes next.
func (p *entryParser) has(word string) bool {
	if p.err == nil && p.peek() == word {
		p.next()
		return true
	}
	return false
}

func (p *entryParser) time() (t Time) {
	t, err := ParseTime(p.next())
	p.keep(err)
	return t
}

func (p *entryParser) name() string {
	s, err := unquoted(p.next())
	p.keep(err)
	return s
}

func (p *entryParser) count() uint64 {
	w := p.next()
	v, err := strconv.ParseUint(w, 10, 64)
	if err != nil {
		p.fail("%q is not a count", w)
	}
	return v
}

func (p *entryParser) trigger() (t Trigger) {
	switch w := p.next(); w {
	case "at":
		return Trigger{Kind: AtTime, Time: p.time()}
	case "every":
		t = Trigger{Kind: AtEvery, Every: p.time()}
		t.Time = t.Every
		if p.has("from") {
			t.Time = p.time()
		}
		if p.has("times") {
			t.Count = p.count()
		}
		return t
	case "phase":
		t = Trigger{Kind: AtPhase, Name: p.name()}
	case "events":
		t = Trigger{Kind: AtEvents, Count: p.count()}
	case "condition":
		t = Trigger{Kind: AtHolding, Name: p.name()}
	case "point":
		t = Trigger{Kind: AtPoint, Node: p.name(), Name: p.name(), Count: 1}
		if p.has("pass") {
			t.Count = p.count()
		}
	default:
		p.fail("%q is not a trigger: at, phase, events, condition, every, point", w)
	}
	if p.has("after") {
		t.After = p.time()
	}
	return t
}

func (p *entryParser) fault() (f Fault) {
	w := p.next()
	kind, ok := FaultKindOf(w)
	if !ok {
		p.fail("%q is not a fault: %s", w, faultWords())
		return f
	}
	f.Kind = kind
	form := kind.form()
	switch form.groups {
	case someNodes, anyNodes:
		f.Nodes = p.names()
	case twoGroups:
		f.Nodes = p.names()
		switch w := p.next(); w {
		case "|":
		case ">":
			f.OneWay = true
		default:
			p.fail("between the nodes of a %s stands | or >, not %q", form.word, w)
		}
		f.Peers = p.names()
	}
	for p.param(form, &f) {
	}
	return f
}

// param reads a parameter of the fault if one comes next.
func (p *entryParser) param(form *form, f *Fault) bool {
	for _, x := range form.params {
		switch {
		case !p.has(x.word):
			continue
		case x.bare:
			p.keep(x.set(f, ""))
		default:
			p.keep(x.set(f, p.next()))
		}
		return p.err == nil
	}
	return false
}

func (p *entryParser) names() (names []string) {
	w := p.next()
	if w == everybody {
		return nil
	}
	parts := cut(w, ',')
	if len(parts) == 0 || strings.Join(parts, ",") != w {
		p.fail("%q is not a list of nodes: write it as a,b", w)
	}
	for _, part := range parts {
		name, err := unquoted(part)
		p.keep(err)
		names = append(names, name)
	}
	return names
}

func (p *entryParser) until() (u Until) {
	switch w := p.peek(); {
	case w == "" || p.err != nil:
		return u
	case p.has("for"):
		if p.has("ever") {
			return Until{Kind: ForEver}
		}
		return Until{Kind: ForTime, For: p.time()}
	case p.has("until"):
		switch {
		case p.has("healed"):
			return Until{Kind: UntilHealed}
		case p.has("phase"):
			return Until{Kind: UntilPhase, Name: p.name()}
		case p.has("condition"):
			return Until{Kind: UntilHolding, Name: p.name()}
		}
		p.fail("%q does not follow until: healed, phase, condition", p.peek())
	}
	return u
}

func faultWords() string {
	words := make([]string, len(forms))
	for i := range forms {
		words[i] = forms[i].word
	}
	return strings.Join(words, ", ")
}
