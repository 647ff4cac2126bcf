package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// program builds orderlab once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "orderlab-docs-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "orderlab")
	build := exec.Command("go", "build", "-o", file, "./cmd/orderlab")
	build.Dir, build.Stderr = root, os.Stderr
	return file, build.Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if file, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(code)
}

// help returns what a command of orderlab says about itself; "" stands for orderlab.
func help(t *testing.T, verb string) string {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(file, append(strings.Fields(verb), "--help")...).Output()
	if err != nil {
		t.Fatalf("orderlab %s --help: %v", verb, err)
	}
	return string(out)
}

var (
	// quoted matches a command line of orderlab in a text, printed one that begins or
	// follows in a line of a block.
	quoted  = regexp.MustCompile("`(?:\\./|go run \\./cmd/)?orderlab ([a-z]+)([^`]*)`")
	printed = regexp.MustCompile(`(?:^|[\s/])orderlab ([a-z]+)([^|&;#]*)`)
	// verb matches a line of the list of commands, option a flag in a command line,
	// offered one in the help.
	verb    = regexp.MustCompile(`(?m)^  ([a-z]+) {2,}\S`)
	option  = regexp.MustCompile(`(?:^|[\s\[])(--[a-z][a-z-]*|-[a-z])\b`)
	offered = regexp.MustCompile(`(?m)^ +(?:(-[a-z]), )? *(--[a-z][a-z-]*)`)
)

// commandLine is one of orderlab's that a document names.
type commandLine struct{ at, verb, rest string }

// commandLines finds those of a document: in backquotes, and in blocks of commands
// and of output.
func commandLines(name string, lines []string) []commandLine {
	var out []commandLine
	block := ""
	for _, line := range lines {
		if strings.HasPrefix(line, "```") {
			if block == "" {
				block = line
			} else {
				block = ""
			}
			continue
		}
		pattern := quoted
		switch block {
		case "":
		case "```sh":
			pattern = printed
		default:
			continue
		}
		for _, m := range pattern.FindAllStringSubmatch(line, -1) {
			out = append(out, commandLine{name + ": " + strings.Trim(m[0], "` "), m[1], m[2]})
		}
	}
	return out
}

// unknown returns what orderlab does not know of a command line.
func unknown(c commandLine, flags map[string][]string) []string {
	known, ok := flags[c.verb]
	if !ok {
		return []string{"the command " + c.verb}
	}
	var out []string
	for _, m := range option.FindAllStringSubmatch(c.rest, -1) {
		if !slices.Contains(known, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// flagsOf returns the flags of every command.
func flagsOf(t *testing.T) map[string][]string {
	t.Helper()
	out := make(map[string][]string)
	for _, m := range verb.FindAllStringSubmatch(help(t, ""), -1) {
		out[m[1]] = []string{"--help", "-h"}
		for _, f := range offered.FindAllStringSubmatch(help(t, m[1]), -1) {
			out[m[1]] = append(out[m[1]], f[1], f[2])
		}
	}
	return out
}

// Every command line that a document or a help text names has a command and flags
// that exist.
func TestCommandLines(t *testing.T) {
	flags := flagsOf(t)
	if !slices.Contains(flags["run"], "--seeds") || !slices.Contains(flags["run"], "-o") {
		t.Fatalf("run has only %v", flags["run"])
	}
	seen := 0
	check := func(all []commandLine) {
		for _, c := range all {
			seen++
			for _, u := range unknown(c, flags) {
				t.Errorf("%s: there is no %s", c.at, u)
			}
		}
	}
	for _, name := range documents(t) {
		if !strings.HasPrefix(name, adr) {
			check(commandLines(name, read(t, name)))
		}
	}
	if seen < 20 {
		t.Errorf("the documents name only %d command lines", seen)
	}
	for v := range flags {
		_, examples, _ := strings.Cut(help(t, v), "Examples:\n")
		examples, _, _ = strings.Cut(examples, "\nFlags:")
		check(commandLines(v+" --help", append(append([]string{"```sh"}, strings.Split(examples, "\n")...), "```")))
	}
	for _, c := range []commandLine{{verb: "rum"}, {verb: "run", rest: " x --sedes 1..2"}, {verb: "run", rest: " x -q"}} {
		if len(unknown(c, flags)) == 0 {
			t.Errorf("%+v is taken for a command line", c)
		}
	}
}

// The README explains every command, in its table.
func TestCommandsListed(t *testing.T) {
	text := strings.Join(read(t, "README.md"), "\n")
	for v := range flagsOf(t) {
		if v != "help" && v != "completion" && !strings.Contains(text, "`orderlab "+v) && !strings.Contains(text, "`"+v+"`") {
			t.Errorf("README.md does not mention the command %s", v)
		}
	}
}

// A whole scenario that the README shows runs as it expects.
func TestScenariosOfReadme(t *testing.T) {
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	lines, found := read(t, "README.md"), 0
	for i, line := range lines {
		end := fenced(lines, i, "```yaml")
		if line != "```yaml" || end < 0 {
			continue
		}
		found++
		mine := filepath.Join(t.TempDir(), "mine.yaml")
		if err := os.WriteFile(mine, []byte(strings.Join(lines[i+1:end], "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(file, "run", mine).CombinedOutput(); err != nil {
			t.Errorf("README.md:%d: %v\n%s", i+1, err, out)
		}
	}
	if found == 0 {
		t.Error("README.md shows no scenario")
	}
}
