package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// Schema returns the JSON Schema of scenario files, for editors: what may stand
// where, with descriptions, defaults and units. It is more lenient than [Load],
// which also knows what the parts of a file mean together.
func Schema(reg *Registry) ([]byte, error) {
	body := bodyFields(reg)
	root := schemaOf{complete: true}.mapping(keysOf(headerFields(reg)))
	root.Schema = "http://json-schema.org/draft-07/schema#"
	root.Title = "orderlab scenario"
	root.Description = "A question about the order of messages, and the strategies to compare. See docs/scenarios.md."
	for _, f := range body {
		// The body may be a patch of what it includes, of a preset, of a profile.
		root.Properties[f.key.name] = schemaOf{body: true, patch: true}.key(&f.key)
		root.PropertyOrder = append(root.PropertyOrder, f.key.name)
	}
	patch := schemaOf{body: true, patch: true}.mapping(keysOf(body))
	patch.Types, patch.Type = []string{"object", "null"}, ""
	patch.Description = "What is changed of the body: mappings merge, null removes a key, and everything else replaces."
	root.Definitions = map[string]*jsonschema.Schema{
		"patch": patch,
		"reference": {Type: "string", Pattern: referencePattern,
			Description: "A variable of `vars` or an axis of `scan`, in quotes."},
	}
	root.Properties["system"].DependencySchemas = oneSystem(reg)
	root.Extra = map[string]any{"defaultSnippets": snippets(reg)}
	raw, err := json.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("scenarios: the schema: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("scenarios: the schema: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// oneSystem refuses each system beside each other one. That there is one key at most
// says the same, but then editors offer none.
func oneSystem(reg *Registry) map[string]*jsonschema.Schema {
	out := make(map[string]*jsonschema.Schema)
	for _, s := range reg.Systems {
		others := make(map[string]*jsonschema.Schema)
		for _, o := range reg.Systems {
			if o != s {
				others[o.Name] = &jsonschema.Schema{Not: new(jsonschema.Schema)}
			}
		}
		if len(others) > 0 {
			out[s.Name] = &jsonschema.Schema{Properties: others}
		}
	}
	return out
}

// referencePattern is what a text with a reference looks like.
const referencePattern = `\$\{[^}]+\}`

// schemaOf makes schemas of specs at one kind of place.
type schemaOf struct {
	// body says that references may stand here, patch that null may, complete
	// that no patch can add what is missing.
	body, patch, complete bool
}

func (m schemaOf) key(k *key) *jsonschema.Schema {
	s := m.spec(&k.spec)
	s.Description = k.describe()
	if def := k.def; def != "" && (k.spec.kind == kindInteger || k.spec.kind == kindBoolean) {
		s.Default = json.RawMessage(def)
	} else if k.spec.kind == kindInteger && k.spec.min == k.spec.max {
		s.Default = json.RawMessage(strconv.FormatInt(k.spec.min, 10)) // what an editor fills in
	} else if def != "" && k.spec.scalar() && def != docTopic {
		s.Default, _ = json.Marshal(strings.Trim(def, `"`)) // a string always marshals
	}
	return s
}

func (m schemaOf) spec(s *spec) *jsonschema.Schema {
	switch s.kind {
	case kindMapping:
		out := m.mapping(s.keys)
		if s.single && !m.patch {
			out.MinProperties, out.MaxProperties = ptr(1), ptr(1)
		}
		return m.nullable(out)
	case kindNames:
		return m.nullable(&jsonschema.Schema{Type: "object", AdditionalProperties: m.spec(s.item)})
	case kindList:
		inside := m
		inside.patch, inside.complete = false, true
		out := &jsonschema.Schema{Type: "array", Items: inside.spec(s.item)}
		if s.min > 0 {
			out.MinItems = ptr(int(s.min))
		}
		if s.max > 0 {
			out.MaxItems = ptr(int(s.max))
		}
		return m.nullable(out)
	case kindEither:
		out := new(jsonschema.Schema)
		for i := range s.either {
			out.AnyOf = append(out.AnyOf, m.spec(&s.either[i]))
		}
		return out
	case kindPatch:
		return &jsonschema.Schema{Ref: "#/definitions/patch"}
	}
	return m.single(s)
}

func ptr[T any](v T) *T { return &v }

// mapping has the keys and no others. What is required is so only where no patch
// can add it.
func (m schemaOf) mapping(keys []key) *jsonschema.Schema {
	out := &jsonschema.Schema{Type: "object", Properties: make(map[string]*jsonschema.Schema),
		AdditionalProperties: &jsonschema.Schema{Not: new(jsonschema.Schema)}}
	idle := make(map[string][]string) // by reason
	for i := range keys {
		k := &keys[i]
		if k.unused != nil {
			if k.unused.Idle {
				idle[k.doc] = append(idle[k.doc], regexp.QuoteMeta(k.name))
			}
			continue
		}
		out.Properties[k.name] = m.key(k)
		out.PropertyOrder = append(out.PropertyOrder, k.name)
		if m.complete && k.required {
			out.Required = append(out.Required, k.name)
		}
	}
	for doc, names := range idle {
		if out.PatternProperties == nil {
			out.PatternProperties = make(map[string]*jsonschema.Schema)
		}
		out.PatternProperties["^("+strings.Join(names, "|")+")$"] = &jsonschema.Schema{Description: doc}
	}
	return out
}

// nullable lets null remove a key in a patch.
func (m schemaOf) nullable(s *jsonschema.Schema) *jsonschema.Schema {
	if m.patch {
		s.Types, s.Type = []string{s.Type, "null"}, ""
	}
	return s
}

// single is the schema of a single value: the forms that it may have, and what may
// stand for it at this place. It is one schema where it can be: of several an editor
// says what is wrong with one, and that may be the wrong one.
func (m schemaOf) single(s *spec) *jsonschema.Schema {
	if s.kind == kindText || s.kind == kindValue {
		return m.text(s)
	}
	out := saying("write "+s.form(), new(jsonschema.Schema))
	var patterns []string
	switch u := unitsOf(s.kind); {
	case u != nil:
		var names []string
		for _, one := range u.list {
			names = append(names, one.name)
		}
		patterns = append(patterns, fmt.Sprintf(`^%s([0-9.]+(%s))+%s$`, sign(s), strings.Join(names, "|"), s.suffix))
		if s.bare != "" {
			out.Types, out.Minimum = append(out.Types, "integer"), ptr(0.0)
		}
	case s.kind == kindInteger:
		out.Types, out.Minimum = append(out.Types, "integer"), ptr(float64(s.min))
		if s.max > 0 && s.max < maxQuantity {
			out.Maximum = ptr(float64(s.max))
		}
	case s.kind == kindEvents:
		patterns = append(patterns, `^[0-9]+ events$`)
	case s.kind == kindNumber:
		out.Types, out.ExclusiveMinimum, out.Maximum = append(out.Types, "number"), ptr(0.0), ptr(float64(s.max)/million)
	case s.kind == kindBoolean:
		out.Types = append(out.Types, "boolean")
	}
	if m.body {
		patterns = append(patterns, referencePattern)
	}
	if len(patterns) > 0 { // it is about texts alone
		out.Types, out.Pattern = append(out.Types, "string"), strings.Join(patterns, "|")
	}
	if m.patch {
		out.Types = append(out.Types, "null")
	}
	if len(out.Types) == 1 {
		out.Type, out.Types = out.Types[0], nil
	}
	// In anyOf, because else an editor that completes the key of a mapping writes all
	// keys below that have a default.
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{out}}
}

// text is the schema of a text, of one of some words, or of a value of any type.
func (m schemaOf) text(s *spec) *jsonschema.Schema {
	forms := []*jsonschema.Schema{{Types: []string{"string", "number", "boolean"}}}
	switch {
	case len(s.enum) > 0:
		forms[0] = new(jsonschema.Schema)
		for _, word := range s.enum {
			forms[0].Enum = append(forms[0].Enum, word)
			if n, err := strconv.Atoi(word); err == nil {
				forms[0].Enum = append(forms[0].Enum, n) // YAML reads it as a number
			}
		}
		if m.body {
			forms = append(forms, &jsonschema.Schema{Ref: "#/definitions/reference"})
		}
	case s.suffix != "":
		pattern := regexp.QuoteMeta(s.suffix) + "$"
		if m.body {
			pattern += "|" + referencePattern
		}
		forms[0] = saying("write a known name, or a path that ends in "+s.suffix, &jsonschema.Schema{Type: "string", Pattern: pattern})
	case s.kind == kindText:
		forms[0].Types = []string{"string", "number"}
	}
	if m.patch {
		forms = append(forms, &jsonschema.Schema{Type: "null"})
	}
	if len(forms) == 1 {
		return forms[0]
	}
	return &jsonschema.Schema{AnyOf: forms}
}

// sign is the part of a pattern for a quantity that may be below zero.
func sign(s *spec) string {
	if s.min < 0 {
		return "-?"
	}
	return ""
}

func unitsOf(k kind) *units {
	for _, u := range []*units{&durations, &sizes, &rates, &shares} {
		if u.kind == k {
			return u
		}
	}
	return nil
}
