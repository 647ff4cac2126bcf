package result_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"orderlab/scenarios/result"

	"github.com/google/jsonschema-go/jsonschema"
)

// resolved is a schema, ready to validate.
func resolved(t *testing.T, text []byte) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	out, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// valid validates a value as JSON has it.
func valid(s *jsonschema.Resolved, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	return s.Validate(v)
}

// small is a set with a bit of everything.
func small() *result.Set {
	end := int64(7)
	run := result.Run{Seed: 3, Metrics: result.RunMetrics{Sent: 4, ThroughputPerS: 2.5},
		Stored: []result.PlaceCount{{Place: "orders/0", Messages: 4}},
		Series: &result.Series{Seed: 3, TimesS: []float64{1}, Places: []string{"orders/0"},
			Lag: [][]float64{{1}}, Stored: [][]float64{{4}},
			Marks: []result.Mark{{AtS: 0.5, EndS: 1, Label: "crash", Fault: true}}},
		Verdicts: []result.Verdict{{Guarantee: "per-key-order", Status: result.Violated, Violations: 1, Keys: 1,
			MaxDisplacement: 1, Displaced: []int{1}, LostAt: "applied",
			Witness: &result.Witness{Seed: 3, Text: "it was overtaken",
				Messages: []result.WitnessMessage{{ID: "p#0", Key: "k"}},
				Operations: []result.Operation{{Kind: "send", Outcome: "ok", Process: "p", Begin: 5, End: &end},
					{Kind: "ack", Outcome: "unknown", Process: "p", Begin: 5}},
				Cause: &result.Cause{Chain: []string{"a"},
					Faults: []result.CausingFault{{Fault: "crash", Without: result.Holds}}}}}}}
	cases := []result.CaseMeta{{Strategy: "plain", Guarantees: []string{"per-key-order"},
		Point: result.Point{{Axis: "n", Value: int64(5)}, {Axis: "how", Value: "slow"}, {Axis: "on", Value: true}}}}
	meta := result.Meta{Scenario: "small", ID: []string{"K1"}, Seeds: result.Seeds{First: 3, Count: 1}}
	return result.Aggregate(meta, cases, []result.Run{run})
}

// What is written is valid, of each of the files.
func TestSchemasAllowWhatIsWritten(t *testing.T) {
	set := small()
	lines := set.Lines()
	comparison := result.Compare(
		result.Outcome{Name: "a", Set: set, Runs: lines}, result.Outcome{Name: "b", Set: set, Runs: lines})
	for name, c := range map[string]struct {
		schema []byte
		value  any
	}{
		"result":     {result.Schema(), set},
		"empty":      {result.Schema(), result.Aggregate(result.Meta{}, nil, nil)},
		"run":        {result.RunSchema(), lines[0]},
		"series":     {result.SeriesSchema(), set.SeriesLines()[0]},
		"comparison": {result.ComparisonSchema(), comparison},
	} {
		if err := valid(resolved(t, c.schema), c.value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The schema refuses what a reader could not rely on.
func TestSchemaRefuses(t *testing.T) {
	text, err := json.Marshal(small())
	if err != nil {
		t.Fatal(err)
	}
	schema := resolved(t, result.Schema())
	for _, change := range [][2]string{
		{`"schema_version":1`, `"schema_version":2`},
		{`"scenario":"small",`, ``},
		{`"status":"met"`, `"status":"good"`},
		{`"verdict":"violated"`, `"verdict":"broken"`},
		{`"met":true`, `"met":true,"extra":1`},
		{`"runs":1`, `"runs":"1"`},
		{`"n":5`, `"n":5.5`},
		{`"rate_ci95":[`, `"rate_ci95":[0,`},
		{`"end_ns":7`, `"end_ns":"7"`},
	} {
		if !bytes.Contains(text, []byte(change[0])) {
			t.Errorf("%s is not in %s", change[0], text)
		}
		var v any
		if err := json.Unmarshal([]byte(strings.Replace(string(text), change[0], change[1], 1)), &v); err != nil {
			t.Fatal(err)
		}
		if schema.Validate(v) == nil {
			t.Errorf("with %s it is allowed", change[1])
		}
	}
}
