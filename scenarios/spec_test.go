package scenarios

import (
	"encoding/json"
	"testing"

	"orderlab/model/app"
	"orderlab/model/kafka"

	"orderlab/model"

	"github.com/goccy/go-yaml"
	"github.com/google/jsonschema-go/jsonschema"
)

// described visits every key of a description once.
func described(path string, keys []key, visit func(path string, k *key)) {
	for i := range keys {
		k := &keys[i]
		at := path + "." + k.name
		visit(at, k)
		inside(at, &k.spec, visit)
	}
}

func inside(path string, s *spec, visit func(path string, k *key)) {
	described(path, s.keys, visit)
	if s.item != nil {
		inside(path+"[]", s.item, visit)
	}
	for i := range s.either {
		inside(path, &s.either[i], visit)
	}
}

// Every key has a sentence, and what it shows as an example or as its default is
// what it accepts.
func TestDescriptions(t *testing.T) {
	reg := &Registry{Systems: []*model.System{kafka.System()}, Features: app.Features(), Plots: []string{"lag-over-time"}}
	keys := append(keysOf(headerFields(reg)), keysOf(bodyFields(reg))...)
	seen := 0
	described("", keys, func(path string, k *key) {
		seen++
		if k.doc == "" {
			t.Errorf("%s is not explained", path)
		}
		for _, shown := range []string{k.example, k.def} {
			if shown != "" && shown != docTopic {
				accepts(t, path, k, shown)
			}
		}
	})
	if seen < 60 {
		t.Errorf("only %d keys were found", seen)
	}
}

func accepts(t *testing.T, path string, k *key, shown string) {
	t.Helper()
	s := schemaOf{}.spec(&k.spec)
	if k.spec.kind == kindNames && k.spec.item.kind == kindPatch || k.name == "scan" {
		return // patches are a part of the whole schema, and tested with it
	}
	s.Definitions = map[string]*jsonschema.Schema{"idle": {}}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var tree, value any
	raw := []byte(nil)
	if err = yaml.Unmarshal([]byte(shown), &tree); err == nil {
		raw, err = json.Marshal(tree)
	}
	if err == nil {
		err = json.Unmarshal(raw, &value)
	}
	if err == nil {
		err = resolved.Validate(value)
	}
	if err != nil {
		t.Errorf("%s does not accept %s: %v", path, shown, err)
	}
}
