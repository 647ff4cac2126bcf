package sim_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"orderlab/sim"
)

// Every kind of fault strikes in a world of testdata, so that its effect can be read,
// and so does every trigger and every end.
func TestEveryFaultIsTraced(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var entries []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range regexp.MustCompile(`(?m)^fault .*$`).FindAllString(string(text), -1) {
			entries = append(entries, strings.TrimPrefix(line, "fault "))
		}
	}
	kinds := map[sim.FaultKind]bool{}
	triggers, ends := map[sim.TriggerKind]bool{}, map[sim.UntilKind]bool{}
	for _, text := range entries {
		e, err := sim.ParseEntry(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		kinds[e.Fault.Kind], triggers[e.When.Kind], ends[e.Until.Kind] = true, true, true
	}
	for k := sim.Partition; k <= sim.HealEverything; k++ {
		if !kinds[k] {
			t.Errorf("no world of testdata has the fault %v", k)
		}
	}
	for k := sim.AtTime; k <= sim.AtPoint; k++ {
		if !triggers[k] {
			t.Errorf("no world of testdata has the trigger %d", k)
		}
	}
	for k := sim.Once; k <= sim.ForEver; k++ {
		if !ends[k] {
			t.Errorf("no world of testdata has the end %d", k)
		}
	}
}
