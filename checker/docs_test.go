package checker_test

import (
	"os"
	"strings"
	"testing"

	"orderlab/checker"
)

// docs/guarantees.md has a section for every guarantee of the catalogue, which
// begins with its definition.
func TestDefinitionsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, g := range checker.Catalogue() {
		_, section, found := strings.Cut(string(page), "\n## "+g.ID+"\n\n")
		definition, _, _ := strings.Cut(section, "\n\n")
		if got := strings.Join(strings.Fields(definition), " "); !found || got != g.Holds {
			t.Errorf("docs/guarantees.md defines %s as\n%s\nthe catalogue as\n%s", g.ID, got, g.Holds)
		}
		if seen[g.ID] || !checker.Known(g.ID) {
			t.Errorf("%s stands twice in the catalogue or is not found", g.ID)
		}
		seen[g.ID] = true
	}
	if _, ok := checker.Find("per-key-odor"); ok || checker.Known("") {
		t.Error("a guarantee that does not exist is found")
	}
}
