package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// documents returns the Markdown files of the root, of docs and of examples,
// relative to the root.
func documents(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil || len(names) == 0 {
		t.Fatalf("the root has no documents: %v", err)
	}
	for _, folder := range []string{"docs", "examples"} {
		err = filepath.WalkDir(filepath.Join(root, folder), func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && strings.HasSuffix(path, ".md") {
				names = append(names, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range names {
		if names[i], err = filepath.Rel(root, name); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// read returns the lines of a file of the repository.
func read(t *testing.T, name string) []string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(src), "\n")
}

func write(t *testing.T, name string, lines []string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, name), []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// link matches the target of a link or an image of Markdown.
var link = regexp.MustCompile(`\]\(([^)\s#]+)`)

// A link to a file of the repository leads to one.
func TestLinks(t *testing.T) {
	for _, name := range documents(t) {
		for i, line := range read(t, name) {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				if strings.Contains(m[1], "://") {
					continue
				}
				if _, err := os.Stat(filepath.Join(root, filepath.Dir(name), m[1])); err != nil {
					t.Errorf("%s:%d: there is no %s", name, i+1, m[1])
				}
			}
		}
	}
}

// file matches a file of the repository that is named in a text.
var file = regexp.MustCompile("`((?:[\\w.-]+/)+[\\w.-]+\\.[a-z]+)`")

// A file that a document names is there. Records of decisions are left out: they
// stay as they were written.
func TestFiles(t *testing.T) {
	seen := 0
	for _, name := range documents(t) {
		if strings.HasPrefix(name, adr) {
			continue
		}
		for i, line := range read(t, name) {
			for _, m := range file.FindAllStringSubmatch(line, -1) {
				seen++
				if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
					t.Errorf("%s:%d: there is no %s", name, i+1, m[1])
				}
			}
		}
	}
	if seen == 0 {
		t.Error("the documents name no file")
	}
}

var (
	target  = regexp.MustCompile(`(?m)^([a-z-]+):`)
	command = regexp.MustCompile("(?:^|`)make ([a-z-]+)")
)

// targets returns the targets of the Makefile.
func targets(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, m := range target.FindAllStringSubmatch(strings.Join(read(t, "Makefile"), "\n"), -1) {
		out = append(out, m[1])
	}
	return out
}

// The documents name targets that exist, and DEVELOPMENT.md has all that CI runs
// and all that a developer can.
func TestTargets(t *testing.T) {
	known := targets(t)
	if !slices.Contains(known, "test") || !slices.Contains(known, "check") {
		t.Fatalf("the Makefile has only %v", known)
	}
	documented := make(map[string]bool)
	for _, name := range documents(t) {
		for i, line := range read(t, name) {
			for _, m := range command.FindAllStringSubmatch(line, -1) {
				if !slices.Contains(known, m[1]) {
					t.Errorf("%s:%d: the Makefile has no target %q", name, i+1, m[1])
				}
				documented[m[1]] = documented[m[1]] || name == "DEVELOPMENT.md"
			}
		}
	}
	for _, name := range known {
		if !documented[name] && name != "help" {
			t.Errorf("DEVELOPMENT.md does not say what `make %s` is for", name)
		}
	}
	ran := 0
	for i, line := range read(t, ".ci/run") {
		if m := command.FindStringSubmatch(line); m != nil {
			ran++
			if !slices.Contains(known, m[1]) {
				t.Errorf(".ci/run:%d: the Makefile has no target %q", i+1, m[1])
			}
		}
	}
	if ran == 0 {
		t.Error(".ci/run runs no target of the Makefile")
	}
}
