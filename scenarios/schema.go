package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
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
	root.Properties["system"].MaxProperties = ptr(1)
	patch := schemaOf{body: true, patch: true}.mapping(keysOf(body))
	patch.Types, patch.Type = []string{"object", "null"}, ""
	patch.Description = "What is changed of the body: mappings merge, null removes a key, and everything else replaces."
	root.Definitions = map[string]*jsonschema.Schema{
		"patch": patch,
		"reference": {Type: "string", Pattern: `\$\{[^}]+\}`,
			Description: "A variable of `vars` or an axis of `scan`, in quotes."},
	}
	if idle := idleNames(reg); len(idle.Enum) > 0 {
		root.Definitions["idle"] = idle
	}
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
	idle := false
	for i := range keys {
		k := &keys[i]
		if k.unused != nil {
			idle = idle || k.unused.Idle
			continue
		}
		out.Properties[k.name] = m.key(k)
		out.PropertyOrder = append(out.PropertyOrder, k.name)
		if m.complete && k.required {
			out.Required = append(out.Required, k.name)
		}
	}
	if idle {
		own := new(jsonschema.Schema)
		for _, name := range out.PropertyOrder {
			own.Enum = append(own.Enum, name)
		}
		out.AdditionalProperties = nil
		out.PropertyNames = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{own, {Ref: "#/definitions/idle"}}}
	}
	return out
}

// idleNames is the schema of the names of settings that may be given and have no
// effect.
func idleNames(reg *Registry) *jsonschema.Schema {
	var names []string
	for _, s := range reg.Systems {
		for i := range s.Sections {
			for _, u := range s.Sections[i].Unused {
				if u.Idle {
					names = append(names, u.Name)
				}
			}
		}
	}
	slices.Sort(names)
	out := &jsonschema.Schema{Description: "Settings that have no effect in the model."}
	for _, name := range slices.Compact(names) {
		out.Enum = append(out.Enum, name)
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

// single is the schema of a single value: the forms that it may have, and what
// may stand for it at this place.
func (m schemaOf) single(s *spec) *jsonschema.Schema {
	forms := s.forms()
	if m.body && s.kind != kindText && s.kind != kindValue || m.body && len(s.enum) > 0 {
		forms = append(forms, &jsonschema.Schema{Ref: "#/definitions/reference"})
	}
	if m.patch {
		forms = append(forms, &jsonschema.Schema{Type: "null"})
	}
	if len(forms) == 1 {
		return forms[0]
	}
	return &jsonschema.Schema{AnyOf: forms}
}

// forms are the ways to write a single value.
func (s *spec) forms() []*jsonschema.Schema {
	if u := unitsOf(s.kind); u != nil {
		var names []string
		for _, one := range u.list {
			names = append(names, one.name)
		}
		out := []*jsonschema.Schema{{Type: "string",
			Pattern: fmt.Sprintf(`^%s([0-9.]+(%s))+%s$`, sign(s), strings.Join(names, "|"), s.suffix)}}
		if s.bare != "" {
			out = append(out, &jsonschema.Schema{Type: "integer", Minimum: ptr(0.0)})
		}
		return out
	}
	switch {
	case s.kind == kindInteger:
		out := &jsonschema.Schema{Type: "integer", Minimum: ptr(float64(s.min))}
		if s.max > 0 && s.max < maxQuantity {
			out.Maximum = ptr(float64(s.max))
		}
		return []*jsonschema.Schema{out}
	case s.kind == kindEvents:
		return []*jsonschema.Schema{{Type: "string", Pattern: `^[0-9]+ events$`}}
	case s.kind == kindNumber:
		return []*jsonschema.Schema{{Type: "number", ExclusiveMinimum: ptr(0.0), Maximum: ptr(float64(s.max) / million)}}
	case s.kind == kindBoolean:
		return []*jsonschema.Schema{{Type: "boolean"}}
	case len(s.enum) == 0:
		return []*jsonschema.Schema{{Types: []string{"string", "number", "boolean"}}}
	}
	out := new(jsonschema.Schema)
	for _, word := range s.enum {
		out.Enum = append(out.Enum, word)
		if n, err := strconv.Atoi(word); err == nil {
			out.Enum = append(out.Enum, n) // YAML reads it as a number
		}
	}
	return []*jsonschema.Schema{out}
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
