package scenarios_test

import (
	"reflect"
	"testing"

	"orderlab/scenarios"
)

// A case that is written as a file and read again is the same case.
func TestWrittenCaseReadsBack(t *testing.T) {
	reg := registry()
	for _, name := range scenarios.Names() {
		src, _ := scenarios.Source(name)
		sc, err := scenarios.Load(reg, name, name, src, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range sc.Cases {
			c := sc.Cases[i]
			c.Workload.Phases = append([]scenarios.Phase(nil), c.Workload.Phases...)
			if i%2 == 0 {
				sends := []scenarios.Send{{At: 12_500_000_001, Producer: 1, Index: 17, Key: 3},
					{At: 13e9, Producer: 0, Index: 2, Key: 1}}
				c.Workload.Phases = []scenarios.Phase{{Name: "sends", Until: "drained", AtMost: 600e9, Producers: 1, Sends: sends}}
				c.Workload.Producers = 2 // those that send
				c.Consumers.WorkFrom = 1_500_000_000
				c.Faults = append([]scenarios.ScheduledFault(nil), c.Faults...)
				for k := range c.Faults { // the phases are gone
					f := &c.Faults[k]
					if f.Until = ""; f.At != "" {
						f.At, f.After = "", 14_123_456_789+int64(k)
					}
				}
			}
			f := scenarios.File{Case: &c, Seed: 7, Question: `Does "it" keep: order?`, Comment: "first\nsecond",
				Expect: []scenarios.Expectation{{Guarantee: "per-key-order", Verdict: "violated"}}}
			back, err := scenarios.Load(reg, name, "written.yaml", f.Bytes(), nil)
			if err != nil {
				t.Fatalf("%s\n%s", f.Bytes(), err)
			}
			got := back.Cases[0]
			want := c
			want.Point, want.Expect, want.Guarantees = scenarios.Point{}, f.Expect, []string{"per-key-order"}
			if back.Seed == nil || *back.Seed != 7 || back.Runs != 1 || back.Question != f.Question || len(back.Cases) != 1 {
				t.Errorf("seed, runs or question of %s", f.Bytes())
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s\nreads as\n%+v\nand was\n%+v", f.Bytes(), got, want)
			}
		}
	}
}
