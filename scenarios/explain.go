package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// ExplainError reports a key that the language does not have.
type ExplainError struct{ Key, Hint string }

// Error implements error.
func (e *ExplainError) Error() string { return fmt.Sprintf("there is no key %q%s", e.Key, e.Hint) }

// KeyNames returns the name of every key of the language, of its settings and of its
// faults, each once.
func KeyNames(reg *Registry) []string {
	var out []string
	for _, e := range everyKey(reg) {
		if !slices.Contains(out, e.key.name) {
			out = append(out, e.key.name)
		}
	}
	return out
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

// Explain describes the keys of that name: what stands there, the default, an
// example, the source, and the keys below. A key may be given with the keys above
// it, as `workload.phases.until`. The error is an [*ExplainError].
func Explain(reg *Registry, name string) (string, error) {
	all := everyKey(reg)
	var found []explained
	for _, e := range all {
		if p := strings.ReplaceAll(e.path, "[]", ""); p == name || strings.HasSuffix(p, "."+name) {
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
			fmt.Fprintf(b, "  %-9s%s\n", what, text)
		}
	}
	fmt.Fprintf(b, "  %s\n", k.doc)
	line("type", strings.ReplaceAll(k.spec.describe(), "`", ""))
	line("default", def)
	line("example", k.example)
	line("source", k.source)
	var below []string
	for _, sub := range k.spec.below() {
		below = append(below, sub.name)
	}
	line("keys", strings.Join(below, ", "))
}

// below returns the keys of a mapping, or of the mappings in a list or among the
// forms that a value may have.
func (s *spec) below() []key {
	switch {
	case s.item != nil && s.kind == kindList:
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
