package checker_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"
)

// The arbiters are histories written by hand, each with the verdict of every
// guarantee and the reason. Where a definition is unclear, they decide.
func TestArbiters(t *testing.T) {
	files, err := filepath.Glob("testdata/arbiters/*.jsonl")
	if err != nil || len(files) != 10 {
		t.Fatalf("%d arbiters: %v", len(files), err)
	}
	var ids []string
	for _, g := range checker.Catalogue() {
		ids = append(ids, g.ID)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl"), func(t *testing.T) {
			h := readFile(t, file)
			want := arbiterRows(t, strings.TrimSuffix(file, ".jsonl")+".md")
			for _, v := range checker.New().Check(h, ids, checker.Options{}) {
				if got := arbiterRow(&v); got != want[v.Guarantee] {
					t.Errorf("%s: got %q, the arbiter says %q", v.Guarantee, got, want[v.Guarantee])
				}
				delete(want, v.Guarantee)
			}
			for id := range want {
				t.Errorf("there is no guarantee %s", id)
			}
		})
	}
}

func readFile(t *testing.T, file string) *history.History {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := new(history.History)
	if _, err := history.Read(h, f, file, history.ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	return h
}

// arbiterRows reads the table of a page: by guarantee the verdict, what it was
// decided on, the count of violations and the hop.
func arbiterRows(t *testing.T, file string) map[string]string {
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	paragraphs := strings.Split(string(page), "\n\n")
	if len(paragraphs) < 3 || !strings.HasPrefix(paragraphs[0], "# ") || len(paragraphs[1]) < 100 {
		t.Errorf("%s does not say what it is about", file)
	}
	rows := map[string]string{}
	for _, line := range strings.Split(string(page), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) < 6 || strings.Contains(line, "---") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if cells[0] == "guarantee" {
			continue
		}
		if _, twice := rows[cells[0]]; twice || cells[5] == "" {
			t.Errorf("%s: %s stands twice or has no reason", file, cells[0])
		}
		rows[cells[0]] = strings.Join(cells[1:5], " | ")
	}
	return rows
}

// arbiterRow writes a verdict as the cells of such a table.
func arbiterRow(v *checker.Verdict) string {
	verdict, hop := string(v.Status), string(v.LostAt)
	if v.Vacuous {
		verdict = "vacuous"
	}
	if v.KeySplit {
		hop += ", key split"
	}
	return fmt.Sprintf("%s | %s | %s | %s", verdict, strconv.Itoa(v.Decided), strconv.Itoa(v.Violations), hop)
}

// With the sink named, what never arrived there is lost.
func TestArbiterWithNamedSinks(t *testing.T) {
	h := readFile(t, "testdata/arbiters/10-two-sinks.jsonl")
	opt := checker.Options{Sinks: []string{"invoices", "stock"}}
	v := checker.New().Check(h, []string{checker.NoLoss}, opt)[0]
	if v.Status != checker.Violated || v.Violations != 1 || v.Witness.Text != "apple3 of key apple was acked and never applied at stock" {
		t.Errorf("%+v", v)
	}
}
