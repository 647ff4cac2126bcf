package result

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Schema returns the JSON Schema of a line of result.json that `orderlab run` writes.
func Schema() []byte { return SchemaOf("the result of a scenario", reflect.TypeFor[Set]()) }

// RunSchema returns the JSON Schema of a line of runs.jsonl.
func RunSchema() []byte { return SchemaOf("what one run found", reflect.TypeFor[RunLine]()) }

// SeriesSchema returns the JSON Schema of a line of series.jsonl.
func SeriesSchema() []byte { return SchemaOf("the course of one run", reflect.TypeFor[SeriesLine]()) }

// ComparisonSchema returns the JSON Schema of a line of `orderlab compare`.
func ComparisonSchema() []byte {
	return SchemaOf("how two results of a scenario differ", reflect.TypeFor[Comparison]())
}

// words are what fields of text can say, by type and field.
func words() map[string][]string {
	verdicts := []string{Holds, Violated, Undecided}
	return map[string][]string{
		"Set.Status":        {StatusMet, StatusFailed, StatusUnknown},
		"Guarantee.Verdict": verdicts, "RunVerdict.Verdict": verdicts, "Side.Verdict": verdicts,
		"Guarantee.Expected": {Holds, Violated}, "Side.Expected": {Holds, Violated},
		"Guarantee.RateBound": {OneSided}, "Guarantee.LostAt": {"sent", "stored", "delivered", "applied"},
		"CausingFault.Without": verdicts, "Cause.WithoutAny": verdicts,
		"ComparedGuarantee.Change": {Same, Better, Worse},
		"Test.Name":                {"mcnemar", "fisher", "sign-flip"},
		"GuaranteeDifference.Seen": {Seen, Unsure, Unseen}, "MetricDifference.Seen": {Seen, Unsure, Unseen},
	}
}

// object is a JSON object; encoding/json writes its fields in the order of their names.
type object map[string]any

// schemaMaker turns types into schemas; a struct becomes a definition of its name.
type schemaMaker struct {
	defs  object
	words map[string][]string
}

// SchemaOf returns the JSON Schema of a struct that is written as JSON. It is made of
// the type, so it cannot lag behind it.
func SchemaOf(title string, t reflect.Type) []byte {
	m := schemaMaker{object{}, words()}
	out := m.object(t)
	out["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	out["title"] = title
	out["description"] = "docs/results.md says what the fields mean."
	out["$defs"] = m.defs
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		panic(err) // of a value that is always the same
	}
	return append(text, '\n')
}

// of returns the schema of a value.
func (m *schemaMaker) of(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[Point]():
		return object{"type": "object", "additionalProperties": object{"type": []string{"integer", "boolean", "string"}}}
	case t.Kind() == reflect.Pointer:
		return m.of(t.Elem())
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": m.of(t.Elem())}
	case t.Kind() == reflect.Array:
		return object{"type": "array", "items": m.of(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case t.Kind() == reflect.Struct:
		if m.defs[t.Name()] == nil {
			m.defs[t.Name()] = m.object(t)
		}
		return object{"$ref": "#/$defs/" + t.Name()}
	case t.Kind() == reflect.Bool:
		return object{"type": "boolean"}
	case t.Kind() == reflect.String:
		return object{"type": "string"}
	case t.Kind() == reflect.Float64:
		return object{"type": "number"}
	case t.Kind() == reflect.Uint64:
		return object{"type": "integer", "minimum": 0}
	}
	return object{"type": "integer"}
}

// object returns the schema of a struct, with nothing besides its fields.
func (m *schemaMaker) object(t reflect.Type) object {
	properties, required := object{}, []string{}
	m.fields(t, properties, &required)
	return object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func (m *schemaMaker) fields(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			m.fields(f.Type, properties, required)
			continue
		case name == "-" || name == "":
			continue
		}
		s := m.of(f.Type)
		if list := m.words[t.Name()+"."+f.Name]; list != nil {
			s["enum"] = list
		}
		if name == "schema_version" {
			s["const"] = SchemaVersion
		}
		if option != "omitempty" {
			*required = append(*required, name)
			if f.Type.Kind() == reflect.Pointer { // null stands for it
				s = object{"anyOf": []object{s, {"type": "null"}}}
			}
		}
		properties[name] = s
	}
}
