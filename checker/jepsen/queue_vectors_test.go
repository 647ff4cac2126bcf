package jepsen_test

import (
	"fmt"
	"strings"
	"testing"

	"orderlab/checker/anomalies"
)

// Every vector of queues and sets agrees: the counts of each pattern, the value where
// there is one, and whether the history is valid.
func TestQueueVectors(t *testing.T) {
	all := load(t, "queue")
	if len(all) != 23 {
		t.Fatalf("%d vectors, want 23", len(all))
	}
	fields := map[string]map[string]string{
		"queue": {},
		"total-queue": {"lost": anomalies.QueueLost, "unexpected": anomalies.QueueUnexpected,
			"duplicated": anomalies.QueueDuplicated, "recovered": anomalies.QueueRecovered},
		"set": {"lost": anomalies.SetLost, "unexpected": anomalies.SetUnexpected, "recovered": anomalies.SetRecovered},
		"set-full": {"lost": anomalies.SetLost, "never-read": anomalies.SetNeverRead, "stale": anomalies.SetStale,
			"duplicated": anomalies.SetDuplicated},
	}
	for _, v := range all {
		known, ok := fields[v.Checker]
		if !ok {
			t.Fatalf("%s: no test for the checker %q", v.ID, v.Checker)
		}
		kind := anomalies.Queue
		if strings.HasPrefix(v.Checker, "set") {
			kind = anomalies.Set
		}
		t.Run(v.ID, func(t *testing.T) {
			h := read(t, v.History)
			if h.Kind != kind && len(h.Ops) > 0 {
				t.Fatalf("it is read as a history of kind %d", h.Kind)
			}
			var valid any = true
			found := make(map[string]anomalies.Finding)
			for _, f := range anomalies.Check(&h.History, kind, nil, anomalies.Options{}) {
				found[f.ID] = f
				switch {
				case f.Status == anomalies.Violated && !f.Allowed:
					valid = false
				case f.Status == anomalies.Unknown && valid == true:
					valid = "unknown"
				}
			}
			if valid != v.Expected["valid?"] {
				t.Errorf("valid is %v, want %v", valid, v.Expected["valid?"])
			}
			for field, id := range known {
				f := found[id]
				if want := v.Expected[field+"-count"]; fmt.Sprint(f.Count) != fmt.Sprint(want) {
					t.Errorf("%d %s, want %v", f.Count, field, want)
				}
				if f.Count == 1 && f.Status == anomalies.Violated {
					name := strings.TrimPrefix(h.Name(f.Values[0]), ":")
					if all := fmt.Sprint(v.Expected[field]); !strings.Contains(all, name) {
						t.Errorf("%s is %s, want %s", field, name, all)
					}
				}
			}
		})
	}
}
