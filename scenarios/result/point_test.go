package result_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"orderlab/scenarios/result"
)

// A point comes back as it was written, with its axes in their order.
func TestPointSurvivesJSON(t *testing.T) {
	for _, p := range []result.Point{
		{},
		{{Axis: "after", Value: int64(5)}},
		{{Axis: "pause", Value: "80s"}, {Axis: "after", Value: int64(-1 << 62)}, {Axis: "a \"b\"", Value: true}},
	} {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back result.Point
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(p, back) {
			t.Errorf("%s came back as %v, error %v", text, back, err)
		}
	}
	for _, text := range []string{`[]`, `5`, `{"a":1.5}`, `{"a":null}`, `{"a":{}}`, `{"a":[1]}`, `{"a":1`} {
		var p result.Point
		if err := json.Unmarshal([]byte(text), &p); err == nil {
			t.Errorf("%s was read as %v", text, p)
		}
	}
}
