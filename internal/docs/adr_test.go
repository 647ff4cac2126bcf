package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const adr = "docs/adr"

// sections are the headings of every record, in this order.
var sections = []string{"## Context", "## Options", "## Decision", "## Consequences"}

var recordName = regexp.MustCompile(`^(\d{4})-[a-z0-9-]+\.md$`)

// records returns the names of the records' files, in order, without the template.
func records(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, adr))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		switch {
		case e.Name() == "README.md" || e.Name() == "0000-template.md":
		case !recordName.MatchString(e.Name()):
			t.Errorf("%s/%s: a record is called 0123-what-was-decided.md", adr, e.Name())
		default:
			out = append(out, e.Name())
		}
	}
	return out
}

// Every record is in the index under its title, in order, and nothing else is.
func TestRecordsListed(t *testing.T) {
	var want []string
	for _, name := range records(t) {
		title := read(t, filepath.Join(adr, name))[0]
		number := name[:4]
		text, ok := strings.CutPrefix(title, "# "+number+": ")
		if !ok {
			t.Errorf("%s/%s begins with %q and not with %q", adr, name, title, "# "+number+": its title")
			continue
		}
		want = append(want, fmt.Sprintf("- [%s](%s): %s", number, name, text))
	}
	lines := read(t, adr+"/README.md")
	first := slices.IndexFunc(lines, listed)
	if first < 0 {
		t.Fatalf("%s/README.md lists no record", adr)
	}
	end := first
	for end < len(lines) && listed(lines[end]) {
		end++
	}
	if slices.Equal(lines[first:end], want) {
		return
	}
	if *rewrite {
		write(t, adr+"/README.md", slices.Replace(lines, first, end, want...))
		return
	}
	t.Errorf("the list in %s/README.md is\n%s\nand the records are\n%s\n(go test ./internal/docs -rewrite writes it)",
		adr, strings.Join(lines[first:end], "\n"), strings.Join(want, "\n"))
}

// listed says whether a line of the index is that of a record.
func listed(line string) bool { return strings.HasPrefix(line, "- [") }

// Every record has a number of its own and all sections, each with a text.
func TestRecordsComplete(t *testing.T) {
	seen := make(map[string]string)
	for _, name := range append(records(t), "0000-template.md") {
		if other := seen[name[:4]]; other != "" {
			t.Errorf("%s and %s have one number", other, name)
		}
		seen[name[:4]] = name
		rest := strings.Join(read(t, filepath.Join(adr, name)), "\n")
		for _, heading := range sections {
			_, after, ok := strings.Cut(rest, "\n"+heading+"\n")
			if !ok {
				t.Errorf("%s/%s has no %q after the sections before it", adr, name, heading)
				break
			}
			if text, _, _ := strings.Cut(after, "\n## "); strings.TrimSpace(text) == "" {
				t.Errorf("%s/%s says nothing under %q", adr, name, heading)
			}
			rest = "\n" + after
		}
	}
}
