package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ExplainError reports a key that the language does not have.
type ExplainError struct{ Key, Hint string }

// Error implements error.
func (e *ExplainError) Error() string { return fmt.Sprintf("there is no key %q%s", e.Key, e.Hint) }

// KeyNames returns the name of every key of the language, of its settings and of its
// faults, and the words that they may have, each once.
func KeyNames(reg *Registry) []string {
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	all := everyKey(reg)
	for _, e := range all {
		add(e.key.name)
	}
	for _, e := range all {
		for _, word := range e.words() {
			add(word)
		}
	}
	return out
}

// Mentions returns the names of the keys that have a word in their name, and then of
// those that have it in their description. Those that the model lacks are left out.
func Mentions(reg *Registry, word string) []string {
	var names, texts []string
	for _, e := range everyKey(reg) {
		switch name := e.key.name; {
		case e.key.unused != nil || slices.Contains(names, name):
		case Mentioned(name, word):
			names = append(names, name)
		case Mentioned(e.key.doc, word) && !slices.Contains(texts, name):
			texts = append(texts, name)
		}
	}
	return append(names, slices.DeleteFunc(texts, func(n string) bool { return slices.Contains(names, n) })...)
}

// Mentioned says whether a word begins anywhere in a text: clock in clock_skew and in
// "their clocks", but not lock in clock.
func Mentioned(text, word string) bool {
	text, word = strings.ToLower(text), strings.ToLower(word)
	if len(word) > 3 {
		word = strings.TrimSuffix(word, "s")
	}
	for from := 0; word != ""; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			break
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from+i])
		if from+i == 0 || !unicode.IsLetter(before) {
			return true
		}
		from += i + len(word)
	}
	return false
}

// Patch is what a strategy changes of its scenario.
type Patch struct{ Strategy, Text string }

// Patches returns the strategies of a scenario of the library, with what they change
// as a file writes it.
func Patches(reg *Registry, name string) ([]Patch, error) {
	src, _ := Source(name)
	f, err := open(reg, name, src, nil, parts(name))
	if err != nil {
		return nil, err
	}
	var out []Patch
	for _, s := range f.h.strategies {
		out = append(out, Patch{s.key, flow(s.value)})
	}
	return out, nil
}

// explained is a key with the place where it stands.
type explained struct {
	path string
	key  *key
}

// words are those that the key may have and that explain something: what a plot, a
// preset or a profile is, others tell, and verdicts are explained with guarantees.
func (e *explained) words() []string {
	told := slices.Contains([]string{"plots", "preset", "profile"}, e.key.name) || strings.HasPrefix(e.path, "expect")
	if told || e.key.unused != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(e.key.spec.enum), func(w string) bool { return len(w) < 3 })
}

// Explain describes the keys of that name, and those that may have that word: what
// stands there, the default, an example, the source, and the keys below. A key may be
// given with the keys above it, as `workload.phases.until`. The error is an
// [*ExplainError].
func Explain(reg *Registry, name string) (string, error) {
	all := everyKey(reg)
	var found []explained
	for _, e := range all {
		p := strings.ReplaceAll(e.path, "[]", "")
		expected := reg.Meanings[name] != "" && strings.HasPrefix(p, "expect.") // said where the guarantee is explained
		if !expected && (p == name || strings.HasSuffix(p, "."+name)) {
			found = append(found, e)
		}
	}
	for _, e := range all {
		if slices.Contains(e.words(), name) {
			e.path += ": " + name
			found = append(found, e)
		}
	}
	if len(found) == 0 {
		last := name[strings.LastIndexByte(name, '.')+1:]
		return "", &ExplainError{name, didYouMean(last, KeyNames(reg))}
	}
	var b strings.Builder
	for i := 0; i < len(found); {
		// A key that stands in several places is described once.
		same := 1
		for i+same < len(found) && found[i].key.describe() == found[i+same].key.describe() {
			same++
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, e := range found[i : i+same] {
			fmt.Fprintf(&b, "%s\n", e.path)
		}
		found[i].key.explain(&b)
		i += same
	}
	return b.String(), nil
}

func (k *key) explain(b *strings.Builder) {
	def := k.def
	if k.required {
		def = "none, it is required"
	}
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(b, "  %-9s%s\n", what, strings.Join(Folded(text, explainWidth-11), "\n           "))
		}
	}
	fmt.Fprintf(b, "  %s\n", strings.Join(Folded(k.doc, explainWidth-2), "\n  "))
	line("type", strings.ReplaceAll(k.spec.describe(), "`", ""))
	line("default", def)
	line("example", k.example)
	line("source", k.source)
	var below []string
	lacking := 0
	for _, sub := range k.spec.below() {
		if sub.unused != nil {
			lacking++
			continue
		}
		below = append(below, sub.name)
	}
	line("keys", strings.Join(below, ", "))
	if lacking > 0 {
		line("besides", fmt.Sprintf("%d settings of the real system that have no effect here, or that the model lacks; "+
			"docs/reference has them", lacking))
	}
}

// explainWidth is how wide an explanation is.
const explainWidth = 78

// Folded breaks a text into lines of so many columns between words; a word that is
// longer than that has a line of its own.
func Folded(text string, width int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			out = append(out, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(out, line)
}

// below returns the keys of a mapping, or of the mappings in a list or among the
// forms that a value may have.
func (s *spec) below() []key {
	switch {
	case s.item != nil && (s.kind == kindList || s.kind == kindNames):
		return s.item.below()
	case s.kind == kindEither:
		for i := range s.either {
			if keys := s.either[i].below(); len(keys) > 0 {
				return keys
			}
		}
	}
	return s.keys
}

// everyKey lists all keys of the language with those of the systems.
func everyKey(reg *Registry) []explained {
	var out []explained
	walkKeys("", append(keysOf(headerFields(reg)), keysOf(bodyFields(reg))...), func(path string, k *key) {
		out = append(out, explained{path, k})
	})
	return out
}

// walkKeys visits keys and all below them.
func walkKeys(path string, keys []key, visit func(path string, k *key)) {
	for i := range keys {
		k := &keys[i]
		p := strings.TrimPrefix(path+"."+k.name, ".")
		visit(p, k)
		walkSpec(p, &k.spec, visit)
	}
}

func walkSpec(path string, s *spec, visit func(path string, k *key)) {
	switch s.kind {
	case kindMapping:
		walkKeys(path, s.keys, visit)
	case kindList:
		walkSpec(path+"[]", s.item, visit)
	case kindNames:
		walkSpec(path+".NAME", s.item, visit)
	case kindEither:
		for i := range s.either {
			walkSpec(path, &s.either[i], visit)
		}
	}
}
