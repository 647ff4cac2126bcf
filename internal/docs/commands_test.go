package docs_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write what the marked commands print into the documents")

// when says how often a block is run.
type when string

const (
	always  when = "run"
	long    when = "run long"    // where ORDERLAB_LONG is 1
	nightly when = "run nightly" // where ORDERLAB_NIGHTLY is 1
)

// block is a block of commands.
type block struct {
	line     int // of the mark, or of the fence where there is none, from 1
	when     when
	commands string
	// out and outEnd are the lines of the expected output, from 0; both are 0
	// when there is none.
	out, outEnd int
}

var (
	// toRun matches the mark of commands that are run, byHand that of those that are
	// not, with the reason.
	toRun  = regexp.MustCompile(`^<!-- (run(?: long| nightly)?) -->$`)
	byHand = regexp.MustCompile(`^<!-- by hand: .+ -->$`)
	// measuring matches commands that take as long as they are told to.
	measuring = regexp.MustCompile(`-bench |-fuzz |make (bench|nightly|mutants)`)
)

// blocks finds the blocks of commands of a document, and what they print. Those
// without a mark are long ones, those that are run by hand are left out.
func blocks(lines []string) ([]block, error) {
	var found []block
	for i := 0; i < len(lines); i++ {
		mark := strings.TrimSpace(lines[i])
		at, fence, how := i+1, "```sh", long
		switch m := toRun.FindStringSubmatch(mark); {
		case m != nil:
			how = when(m[1])
		case byHand.MatchString(mark):
		case mark == "<!-- output -->":
			fence = "```text"
		case strings.HasPrefix(mark, "```sh"):
			at = i
		default:
			continue
		}
		end := fenced(lines, at, fence)
		switch {
		case end < 0:
			return nil, fmt.Errorf("line %d: %s stands above no block that begins with %s", i+1, mark, fence)
		case byHand.MatchString(mark):
		case fence == "```sh":
			b := block{line: i + 1, when: how, commands: strings.Join(lines[at+1:end], "\n")}
			if how != nightly && measuring.MatchString(b.commands) {
				return nil, fmt.Errorf("line %d: what takes long to measure is marked <!-- run nightly --> or <!-- by hand: REASON -->", i+1)
			}
			found = append(found, b)
		case len(found) == 0 || found[len(found)-1].outEnd != 0:
			return nil, fmt.Errorf("line %d: %s belongs to no commands", i+1, mark)
		default:
			b := &found[len(found)-1]
			b.out, b.outEnd = i+2, end
		}
		i = end
	}
	return found, nil
}

// fenced returns the line that ends the block which begins at a line, or -1.
func fenced(lines []string, at int, fence string) int {
	if at >= len(lines) || lines[at] != fence {
		return -1
	}
	if n := slices.Index(lines[at:], "```"); n >= 0 {
		return at + n
	}
	return -1
}

// run runs commands in the root and returns what they print to stdout.
func run(commands string) (string, error) {
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", commands)
	cmd.Dir = root
	// What they run is not this test again.
	cmd.Env = append(os.Environ(), "ORDERLAB_LONG=", "ORDERLAB_NIGHTLY=", "COLUMNS=")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		// A test that fails says so on its standard output.
		return "", fmt.Errorf("%w; it says:\n%s%s", err, stderr.String(), lastLines(stdout.String(), 40))
	}
	return strings.TrimRight(stdout.String(), "\n"), nil
}

// lastLines returns the end of a text.
func lastLines(text string, count int) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "")
}

// Every block succeeds and prints what stands below it: those of a few seconds each
// time, the others within some minutes where ORDERLAB_LONG is 1.
func TestCommands(t *testing.T) {
	runAll(t, func(w when) bool { return w == always || w == long && os.Getenv("ORDERLAB_LONG") == "1" }, *rewrite)
}

// So do the benchmarks and the searches, in about half an hour.
func TestNightlyCommands(t *testing.T) {
	if os.Getenv("ORDERLAB_NIGHTLY") != "1" {
		t.Skip("they are run with ORDERLAB_NIGHTLY=1")
	}
	runAll(t, func(w when) bool { return w == nightly }, false)
}

// runAll runs the blocks of all documents that are wanted, and compares what they
// print or writes it into the document.
func runAll(t *testing.T, wanted func(when) bool, rewrite bool) {
	ran := 0
	for _, name := range documents(t) {
		lines := read(t, name)
		marked, err := blocks(lines)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		// From the last to the first, so that lines keep their numbers.
		for _, b := range slices.Backward(marked) {
			if !wanted(b.when) {
				continue
			}
			ran++
			t.Run(fmt.Sprintf("%s:%d", name, b.line), func(t *testing.T) {
				got, err := run(b.commands)
				if err != nil {
					t.Fatalf("%s: %v", b.commands, err)
				}
				if b.outEnd == 0 {
					return
				}
				if rewrite {
					lines = slices.Replace(lines, b.out, b.outEnd, strings.Split(got, "\n")...)
				} else if want := strings.Join(lines[b.out:b.outEnd], "\n"); got != want {
					t.Errorf("%s prints\n%s\nand not\n%s", b.commands, got, want)
				}
			})
		}
		if rewrite && len(marked) > 0 {
			write(t, name, lines)
		}
	}
	if ran == 0 {
		t.Error("the documents have no such commands")
	}
}

// What is to be run is found, what is run by hand is left out, and a wrong mark is an
// error.
func TestBlocks(t *testing.T) {
	const text = "# T\n```sh\nfalse\n```\n<!-- run -->\n```sh\necho a\necho b\n```\nIt prints\n\n" +
		"<!-- output -->\n```text\na\nb\n```\n<!-- run long -->\n```sh\ntrue\n```\n<!-- by hand: it is long -->\n```sh\nx\n```\n" +
		"```text\n```\n<!-- run nightly -->\n```sh\ngo test -bench .\n```\n"
	found, err := blocks(strings.Split(text, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []block{{line: 2, when: long, commands: "false"},
		{line: 5, when: always, commands: "echo a\necho b", out: 13, outEnd: 15}, {line: 17, when: long, commands: "true"},
		{line: 27, when: nightly, commands: "go test -bench ."}}
	if !slices.Equal(found, want) {
		t.Errorf("found %+v, want %+v", found, want)
	}
	for _, wrong := range []string{
		"<!-- run -->\n\n```sh\ntrue\n```\n", "<!-- run -->\n```text\n```\n", "<!-- run -->\n```sh\ntrue\n",
		"<!-- output -->\n```text\n```\n", "<!-- run -->", "```sh\ntrue\n", "```sh quick\ntrue\n```", "<!-- by hand: so -->\n",
		"```sh\ngo test -bench .\n```\n", "<!-- run -->\n```sh\ngo test -fuzz FuzzRead .\n```\n",
	} {
		if _, err := blocks(strings.Split(wrong, "\n")); err == nil {
			t.Errorf("%q has no error", wrong)
		}
	}
}

// Commands that fail are noticed wherever in the block they stand.
func TestRunFails(t *testing.T) {
	for commands, want := range map[string]bool{
		"true": true, "false": false, "false\ntrue": false, "false | true": false, "no-such-command": false,
	} {
		if _, err := run(commands); (err == nil) != want {
			t.Errorf("%q: %v", commands, err)
		}
	}
	if _, err := run("seq 50; echo why >&2; false"); err == nil || !strings.Contains(err.Error(), "why\n12\n") {
		t.Errorf("what was printed is not in the error: %v", err)
	}
}
