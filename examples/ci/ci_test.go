package ci_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// workflow is what the test reads of a workflow of GitHub Actions.
type workflow struct {
	Jobs map[string]struct {
		Needs    string `yaml:"needs"`
		Strategy struct {
			Matrix map[string][]int `yaml:"matrix"`
		} `yaml:"strategy"`
		Steps []struct {
			Uses string            `yaml:"uses"`
			Run  string            `yaml:"run"`
			With map[string]string `yaml:"with"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

// place makes a directory with the program and the scenarios.
func place(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "orderlab"), "../../cmd/orderlab")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.CopyFS(filepath.Join(dir, "scenarios"), os.DirFS("scenarios")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// shell runs a line in a directory whose program is on the path, and returns the
// exit code and the output.
func shell(t *testing.T, dir, line string, env ...string) (int, string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH")), env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func must(t *testing.T, dir, line string, env ...string) string {
	t.Helper()
	code, out := shell(t, dir, line, env...)
	if code != 0 {
		t.Fatalf("%s ends with %d:\n%s", line, code, out)
	}
	return out
}

// Each command of the workflow works, and what they find together is what one run
// finds.
func TestWorkflow(t *testing.T) {
	text, err := os.ReadFile("orderlab.yml")
	if err != nil {
		t.Fatal(err)
	}
	var w workflow
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	shard, judge := w.Jobs["shard"], w.Jobs["judge"]
	if judge.Needs != "shard" || len(shard.Strategy.Matrix["shard"]) < 2 {
		t.Fatalf("the jobs are %+v", w.Jobs)
	}
	dir := place(t)
	kept := make(map[string]bool)
	for _, k := range shard.Strategy.Matrix["shard"] {
		for _, s := range shard.Steps {
			fill := strings.NewReplacer("${{ matrix.shard }}", fmt.Sprint(k)).Replace
			if strings.HasPrefix(s.Run, "./orderlab") {
				must(t, dir, fill(s.Run))
			}
			if strings.HasPrefix(s.Uses, "actions/upload-artifact@") {
				kept[fill(s.With["path"])] = true
			}
		}
	}
	annotations := ""
	for _, s := range judge.Steps {
		if strings.HasPrefix(s.Run, "./orderlab") {
			annotations += must(t, dir, s.Run)
			for _, word := range strings.Fields(s.Run) {
				if strings.HasPrefix(word, "shard-") && !kept[word] {
					t.Errorf("%s is merged and was not kept", word)
				}
			}
		}
	}
	if !strings.Contains(annotations, "::notice title=orderlab orders::") {
		t.Errorf("the annotations are\n%s", annotations)
	}
	must(t, dir, "orderlab run scenarios -o one && diff -r one result")
	must(t, dir, "orderlab run scenarios --format junit > one.xml && cmp one.xml junit.xml")
}

// The script judges as one run does, and compares with what was before.
func TestScript(t *testing.T) {
	dir := place(t)
	script, err := filepath.Abs("check.sh")
	if err != nil {
		t.Fatal(err)
	}
	must(t, dir, script+" scenarios", "SHARDS=3")
	must(t, dir, "orderlab run scenarios -o one && diff -r one out/result && grep -q '<testsuites' out/junit.xml")
	must(t, dir, "cp -r out/result baseline")
	if out := must(t, dir, script+" scenarios"); !strings.Contains(out, "all the same, event for event") {
		t.Errorf("compared with itself:\n%s", out)
	}
	// A design that loses its order fails, with the lines to look into it.
	must(t, dir, "sed -i.bak 's/drain-first: {app.*/drain-first: {}/' scenarios/orders.yaml")
	code, out := shell(t, dir, script+" scenarios")
	for _, want := range []string{"reproduce: orderlab run", "shrink:    orderlab shrink", "WORSE", "verdict got worse"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if code != 1 {
		t.Errorf("it ends with %d", code)
	}
	if code, _ := shell(t, dir, script+" nothing"); code != 64 {
		t.Errorf("without a scenario it ends with %d", code)
	}
}
