package sim

import (
	"fmt"
	"strconv"
	"strings"
)

// String writes the schedule, an entry a line. The text of an entry is its name,
// the trigger, the fault and its end:
//
//	cut: at 5s partition primary | backup for 10s
//	gc: every 30s from 10s times 3 pause consumer-1 for 12s
//	power: point broker-1 "after append, before ack" pass 3 crash-machine broker-1 for 5s
//	late: phase steady after 2s drop producer > broker-1 late 1s..3s told
//	skew: condition "log is full" step-clock broker-2 by -30s until phase settle
func (s Schedule) String() string {
	var b strings.Builder
	for i := range s {
		b.WriteString(s[i].String())
		b.WriteByte('\n')
	}
	return b.String()
}

// String writes the entry on one line; see [Schedule.String].
func (n Entry) String() string {
	words := []string{quoted(n.Name) + ":", n.When.String(), n.Fault.String(), n.Until.String()}
	if n.Until.Kind == Once {
		words = words[:3]
	}
	return strings.Join(words, " ")
}

// String writes the trigger, as "phase steady after 2s".
func (t Trigger) String() string {
	s := ""
	switch t.Kind {
	case AtTime:
		return "at " + t.Time.String()
	case AtPhase:
		s = "phase " + quoted(t.Name)
	case AtEvents:
		s = "events " + strconv.FormatUint(t.Count, 10)
	case AtHolding:
		s = "condition " + quoted(t.Name)
	case AtEvery:
		s = "every " + t.Every.String() + " from " + t.Time.String()
		if t.Count > 0 {
			s += " times " + strconv.FormatUint(t.Count, 10)
		}
		return s
	case AtPoint:
		s = "point " + quoted(t.Node) + " " + quoted(t.Name) + " pass " + strconv.FormatUint(t.Count, 10)
	default:
		return "never"
	}
	if t.After != 0 {
		s += " after " + t.After.String()
	}
	return s
}

// String writes the fault, as "slow-link a | b,c factor 10 added 0.05s".
func (f Fault) String() string {
	form := f.Kind.form()
	if form == nil {
		return f.Kind.String()
	}
	words := []string{form.word}
	if form.groups == twoGroups {
		arrow := "|"
		if f.OneWay {
			arrow = ">"
		}
		words = append(words, list(f.Nodes), arrow, list(f.Peers))
	} else if form.groups != noNodes {
		words = append(words, list(f.Nodes))
	}
	for _, p := range form.params {
		switch text := p.text(&f); {
		case text == "":
		case p.bare:
			words = append(words, p.word)
		default:
			words = append(words, p.word, text)
		}
	}
	return strings.Join(words, " ")
}

// String writes the end, as "for 10s".
func (u Until) String() string {
	switch u.Kind {
	case ForTime:
		return "for " + u.For.String()
	case UntilPhase:
		return "until phase " + quoted(u.Name)
	case UntilHolding:
		return "until condition " + quoted(u.Name)
	case UntilHealed:
		return "until healed"
	case ForEver:
		return "for ever"
	}
	return "once"
}

// everybody stands for no names: all nodes that are not named.
const everybody = "*"

func list(names []string) string {
	if len(names) == 0 {
		return everybody
	}
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = quoted(n)
	}
	return strings.Join(words, ",")
}

// plain are the characters of names that need no quotes.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/"

// quoted returns a name as a word, in quotes when it needs them.
func quoted(s string) string {
	for i := range len(s) {
		if strings.IndexByte(plain, s[i]) < 0 {
			return strconv.Quote(s)
		}
	}
	if s == "" {
		return `""`
	}
	return s
}

func unquoted(s string) (string, error) {
	if !strings.HasPrefix(s, `"`) {
		if s == "" || quoted(s) != s {
			return "", fmt.Errorf("%q is not a name: put it in quotes", s)
		}
		return s, nil
	}
	name, err := strconv.Unquote(s)
	if err != nil {
		return "", fmt.Errorf("%s is not a name in quotes", s)
	}
	return name, nil
}

// cut splits at every separator that is not within quotes; empty parts are left
// out.
func cut(s string, separator byte) []string {
	var parts []string
	start, inside := 0, false
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s) || (s[i] == separator && !inside):
			if i > start {
				parts = append(parts, s[start:i])
			}
			start = i + 1
		case s[i] == '\\' && inside:
			i++
		case s[i] == '"':
			inside = !inside
		}
	}
	return parts
}
