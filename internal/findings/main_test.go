package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"orderlab/scenarios"
)

const docs = "../../docs"

// quick are scenarios whose runs together take a few seconds. The others are run again
// every night.
var quick = []string{"kafka/append-no-answer", "kafka/mixed-clients", "kafka/producer-disconnect",
	"kafka/progress", "kafka/quota", "kafka/upsert-race"}

// The page tells of every scenario of the library, once and with a picture.
func TestEveryScenarioHasAFinding(t *testing.T) {
	page := contents(t, filepath.Join(docs, pageFile))
	for _, name := range scenarios.Names() {
		if n := strings.Count(page, "\n## "+name+"\n"); n != 1 {
			t.Errorf("%s has %d sections in docs/%s; run `make findings`", name, n, pageFile)
		}
		file := filepath.ToSlash(filepath.Join(pictures, name+".svg"))
		if !strings.Contains(page, "]("+file+")") {
			t.Errorf("docs/%s does not show %s; run `make findings`", pageFile, file)
		}
		if _, err := os.Stat(filepath.Join(docs, file)); err != nil {
			t.Error(err)
		}
	}
}

// What it tells is what the scenarios find today.
func TestFindingsAreCurrent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	cmd := exec.Command("go", append([]string{"run", "../../cmd/orderlab", "run", "-o", dir}, quick...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	page := contents(t, filepath.Join(docs, pageFile))
	for _, name := range quick {
		set, err := read(filepath.Join(dir, name, "result.json"))
		if err != nil {
			t.Fatal(err)
		}
		section, err := sectionOf(name, set)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page, section) {
			t.Errorf("docs/%s does not say of %s what its runs find:\n%srun `make findings`", pageFile, name, section)
		}
		plot, err := choose(name, filepath.Join(dir, name, "plots"))
		if err != nil {
			t.Fatal(err)
		}
		want := contents(t, filepath.Join(dir, name, "plots", plot+".svg"))
		if contents(t, filepath.Join(docs, pictures, name+".svg")) != want {
			t.Errorf("the picture of %s is not its plot %s of today; run `make findings`", name, plot)
		}
	}
}

// A page is written only of what meets its expectations.
func TestFailedExpectationIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "result.json")
	if err := os.WriteFile(file, []byte(`{"schema_version": 1, "status": "failed"}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := read(file); err == nil || !strings.Contains(err.Error(), "failed") {
		t.Errorf("got the error %v", err)
	}
}

func contents(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
