package docs_test

import (
	"slices"
	"strings"
	"testing"

	"orderlab/docs"
)

func TestGuarantee(t *testing.T) {
	got := docs.Guarantee("no-loss")
	if !strings.Contains(got, "acked") || strings.ContainsAny(got, "[]") || strings.Contains(got, "##") {
		t.Errorf("no-loss is explained by %q", got)
	}
	if got := docs.Guarantee("no-los"); got != "" {
		t.Errorf("a guarantee that does not exist is explained by %q", got)
	}
}

func TestFields(t *testing.T) {
	all := docs.Fields()
	at := slices.IndexFunc(all, func(f docs.Field) bool { return f.Path == "results[].metrics.lag_max" })
	if at < 0 || !strings.Contains(all[at].Meaning, "most messages stored") || len(all) < 80 {
		t.Errorf("of %d fields lag_max is number %d", len(all), at)
	}
	for _, f := range all {
		if strings.Contains(f.Meaning, "](") || f.Meaning == "" {
			t.Errorf("%s means %q", f.Path, f.Meaning)
		}
	}
}
