package jepsen_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
)

// section matches a heading with an id, what is said of it, and its example.
var section = regexp.MustCompile("(?s)### `([a-z0-9/-]+)`\n\n(.*?)```edn\n(.*?)```\n")

// docs/anomalies.md defines every anomaly in the words of the catalogue, says whether it
// is allowed, and its example shows it.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/anomalies.md")
	if err != nil {
		t.Fatal(err)
	}
	catalogue := anomalies.Catalogue()
	found := section.FindAllStringSubmatch(string(text), -1)
	if len(found) != len(catalogue) {
		t.Fatalf("the document has %d anomalies, and the catalogue %d", len(found), len(catalogue))
	}
	for i, m := range found {
		a, body := catalogue[i], strings.Join(strings.Fields(m[2]), " ")
		if m[1] != a.ID || !strings.HasPrefix(body, a.Absent) {
			t.Errorf("%s: the document has %s, and says %s", a.ID, m[1], body)
		}
		t.Run(a.ID, func(t *testing.T) {
			h, err := jepsen.Read(strings.NewReader(m[3]), "example", jepsen.Options{})
			if err != nil {
				t.Fatal(err)
			}
			opt := anomalies.Options{WWDeps: strings.HasPrefix(a.ID, "kafka/g0")}
			f := anomalies.Check(&h.History, h.Kind, []string{a.ID}, opt)[0]
			if f.Status != anomalies.Violated {
				t.Errorf("the example does not show it: %+v", f)
			}
		})
	}
}
