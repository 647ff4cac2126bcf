package history

import (
	"encoding/json"
	"strings"
)

// Schema returns the JSON Schema of a line of a history file. It is made of the tables
// that the reader goes by: a line that it refuses is refused by the reader too. What
// the lines say together, as that a message is sent once, no schema can tell.
func Schema() []byte {
	lines := []any{object{
		"title": "the first line: the version of the format", "type": "object",
		"properties":           object{fields[fieldVersion].name: fields[fieldVersion].schema()},
		"required":             []string{fields[fieldVersion].name},
		"additionalProperties": false,
	}}
	for k := Kind(1); k < kindEnd; k++ {
		lines = append(lines, k.schema())
	}
	defs := object{"time": times()}
	for f := range fieldVersion {
		if f != fieldOp {
			defs[fields[f].name] = fields[f].schema()
		}
	}
	out, err := json.MarshalIndent(object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "a line of a history of messages",
		"description": "docs/history.md defines the format: JSON Lines, of which each is one of these.",
		"anyOf":       lines, "$defs": defs,
	}, "", "  ")
	if err != nil {
		panic(err) // of a value that is always the same
	}
	return append(out, '\n')
}

// object is a JSON object; encoding/json writes its fields in the order of their names.
type object map[string]any

// schema returns the schema of a field's value.
func (f *field) schema() object {
	o := object{"description": f.doc, "type": "string"}
	switch {
	case f.number:
		o["type"], o["minimum"], o["maximum"] = "integer", f.min, f.max
	case f == &fields[fieldOutcome]:
		o["enum"] = []string{OK.String(), Fail.String(), Unknown.String()}
	case f.full:
		o["minLength"] = 1
	}
	return o
}

// schema returns the schema of an operation's line.
func (k Kind) schema() object {
	properties := object{fields[fieldOp].name: object{"const": k.String()}}
	for f := range fieldVersion {
		if f != fieldOp && k.allows(f) {
			properties[fields[f].name] = object{"$ref": "#/$defs/" + fields[f].name}
		}
	}
	names := []string{fields[fieldOp].name, fields[fieldProcess].name}
	for _, f := range required[k] {
		names = append(names, fields[f].name)
	}
	return object{
		"title": strings.TrimSpace(k.String() + ": " + kindDocs[k]), "type": "object", "properties": properties,
		"required": names, "additionalProperties": false, "allOf": []any{object{"$ref": "#/$defs/time"}},
	}
}

// times returns the schema of the time: a moment, a span, or what is still pending.
func times() object {
	at, begin, end := fields[fieldAt].name, fields[fieldBegin].name, fields[fieldEnd].name
	return object{"oneOf": []any{
		object{"title": "a moment", "required": []string{at}, "properties": object{begin: false, end: false}},
		object{"title": "a span", "required": []string{begin, end}, "properties": object{at: false}},
		object{"title": "no answer came", "required": []string{begin}, "properties": object{
			at: false, end: false, fields[fieldOutcome].name: object{"const": Unknown.String()}}},
	}}
}

// kindDocs say what each operation is.
var kindDocs = [kindEnd]string{
	KindSend:      "the application calls send",
	KindAck:       "the client answers a send, once for each send",
	KindStore:     "the message arrives in a log or queue",
	KindDeliver:   "a consumer is handed the message",
	KindApply:     "its effect takes place, at the end of the span",
	KindDispose:   "it is put away without effect",
	KindPoll:      "a consumer asks one place for messages; the deliver lines of the answer follow directly",
	KindCommit:    "a consumer stores its progress",
	KindBegin:     "a transaction begins",
	KindCommitTxn: "a transaction is committed",
	KindAbortTxn:  "a transaction is given up",
	KindAssign:    "a consumer chooses by hand what to read",
	KindSubscribe: "a consumer chooses by topic what to read",
	KindRebalance: "a consumer is given a place or loses it",
	KindRead:      "the state of a key is observed at a sink",
	KindCrash:     "the process ends; what it does later has a higher session",
	KindFault:     "a fault of the schedule",
	KindSample:    "the value of a metric at a moment",
}
