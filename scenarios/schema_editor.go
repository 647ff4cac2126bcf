package scenarios

import (
	"encoding/json"
	"fmt"

	"github.com/google/jsonschema-go/jsonschema"
)

// The schema has some words that are not JSON Schema's but the YAML language server's;
// validators pass over them. Reference: yaml-language-server, JSONSchema in jsonSchema.ts.

// saying adds what an editor says where the schema does not fit.
func saying(message string, s *jsonschema.Schema) *jsonschema.Schema {
	s.Extra = map[string]any{"errorMessage": message}
	return s
}

// form says how to write a value.
func (s *spec) form() string {
	u := unitsOf(s.kind)
	switch {
	case s.kind == kindBoolean:
		return s.describe()
	case u == nil:
		return "a " + s.describe()
	case s.suffix != "":
		return fmt.Sprintf("a %s with%q behind, as 60s%s", u.what, s.suffix, s.suffix)
	}
	out := fmt.Sprintf("a %s as %s", u.what, u.example)
	if s.bare != "" {
		out += ", or a number of " + s.bare
	}
	return out
}

// snippet is what an editor offers to fill in.
type snippet struct {
	Label       string          `json:"label"`
	Description string          `json:"description"`
	Body        json.RawMessage `json:"body"`
}

// skeleton is the scenario that an editor offers in an empty file; what is in ${1: } is
// where its user goes on writing.
const skeleton = `{
	"orderlab": 1,
	"question": "${1:What does the crash of a consumer do to the messages it was working on?}",
	"system": {"kafka": {"topics": {"orders": {"partitions": 6, "replicas": 3, "min.insync.replicas": 2}}}},
	"workload": {"keys": {"count": 500}, "phases": [
		{"name": "steady", "for": "60s", "arrivals": {"poisson": "100/s"}},
		{"name": "settle", "until": "drained", "at_most": "600s"}]},
	"consumers": {"group": "workers", "members": 3, "work": {"exponential": "10ms"}, "auto.offset.reset": "earliest"},
	"faults": [{"at": "steady", "after": "20s", "for": "10s", "crash": {"node": "workers-0"}}],
	"strategies": {"default": {}, "commit-often": {"consumers": {"auto.commit.interval.ms": "100ms"}}},
	"expect": {"default": [{"per-key-order": "holds", "no-loss": "holds"}]}
}`

// snippets are offered in an empty file.
func snippets(reg *Registry) []snippet {
	if reg.System("kafka") == nil {
		return []snippet{}
	}
	return []snippet{{"a scenario to start from", "Three consumers, one of which dies; it runs as it is.", json.RawMessage(skeleton)}}
}
