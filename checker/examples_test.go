package checker_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orderlab/checker"
)

// Every guarantee has an example in testdata/verdicts that breaks it, and one that does
// not.
func TestEveryGuaranteeHasExamples(t *testing.T) {
	files, err := filepath.Glob("testdata/verdicts/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for _, g := range checker.Catalogue() {
		for _, verdict := range []string{" violated", " holds, of"} {
			if !strings.Contains(all.String(), "\n"+g.ID+verdict) {
				t.Errorf("no example says %s%s", g.ID, verdict)
			}
		}
	}
}
