package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"orderlab/scenarios/result"

	"github.com/rogpeppe/go-internal/testscript"
)

// condition adds [full], which says that there is a device that is always full,
// and [root], which says that no file is read-only for the tests.
func condition(cond string) (bool, error) {
	switch cond {
	case "full":
		_, err := os.Stat("/dev/full")
		return err == nil, nil
	case "root":
		return os.Getuid() == 0, nil
	}
	return false, fmt.Errorf("no condition %q", cond)
}

// exits CODE PROGRAM ARGS... runs a program that must end with the code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := codeOf(ts, ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func codeOf(ts *testscript.TestScript, err error) int {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}

// results FILE N checks that a file has N results of run, one a line, and nothing
// that docs/results.md does not describe.
func results(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: results FILE N")
	}
	lines := strings.SplitAfter(ts.ReadFile(args[0]), "\n")
	if want, _ := strconv.Atoi(args[1]); len(lines)-1 != want || lines[want] != "" {
		ts.Fatalf("%d lines, want %d", len(lines)-1, want)
	}
	for _, line := range lines[:len(lines)-1] {
		ts.Check(describedRun([]byte(line)))
	}
}

// checks FILE N does for check what results does for run.
func checks(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: checks FILE N")
	}
	lines := strings.SplitAfter(ts.ReadFile(args[0]), "\n")
	if want, _ := strconv.Atoi(args[1]); len(lines)-1 != want {
		ts.Fatalf("%d lines, want %d", len(lines)-1, want)
	}
	for _, line := range lines[:len(lines)-1] {
		ts.Check(describedCheck([]byte(line)))
	}
}

// comparisons FILE N does for compare what results does for run.
func comparisons(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: comparisons FILE N")
	}
	lines := strings.SplitAfter(ts.ReadFile(args[0]), "\n")
	if want, _ := strconv.Atoi(args[1]); len(lines)-1 != want {
		ts.Fatalf("%d lines, want %d", len(lines)-1, want)
	}
	for _, line := range lines[:len(lines)-1] {
		ts.Check(describedComparison([]byte(line)))
	}
}

// fits SCHEMA FILE checks that every line of a file is allowed by a JSON Schema.
func fits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fits SCHEMA FILE")
	}
	text, n := ts.ReadFile(args[1]), 0
	for line := range strings.Lines(text) {
		n++
		if err := fitsSchema([]byte(ts.ReadFile(args[0])), []byte(line)); err != nil {
			ts.Fatalf("%s:%d: %v", args[1], n, err)
		}
	}
	if n == 0 {
		ts.Fatalf("%s is empty", args[1])
	}
}

// same A B checks that two directories have the same files with the same bytes.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: same DIR DIR")
	}
	a, b := tree(ts, args[0]), tree(ts, args[1])
	for name, text := range a {
		if other, ok := b[name]; !ok || other != text {
			ts.Fatalf("%s differs (in both: %v)", name, ok)
		}
	}
	if len(a) != len(b) || len(a) == 0 {
		ts.Fatalf("%d files and %d files", len(a), len(b))
	}
}

// traceHash finds the hash that replay prints.
var traceHash = regexp.MustCompile(`trace hash ([0-9a-f]{32})\n`)

// samehash A B checks that two outputs of replay name the same trace hash.
func sameHash(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: samehash FILE FILE")
	}
	a, b := traceHash.FindStringSubmatch(ts.ReadFile(args[0])), traceHash.FindStringSubmatch(ts.ReadFile(args[1]))
	if a == nil || b == nil || a[1] != b[1] {
		ts.Fatalf("the hashes are %q and %q", a, b)
	}
}

func tree(ts *testscript.TestScript, dir string) map[string]string {
	files := make(map[string]string)
	root := ts.MkAbs(dir)
	ts.Check(filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		files[name] = string(text)
		return err
	}))
	return files
}

// reproduces FILE runs the command line of every witness in a result, which must
// show each operation of the witness and its text.
func reproduces(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: reproduces FILE")
	}
	var set result.Set
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &set))
	seen := 0
	for _, r := range set.Results {
		for _, g := range r.Guarantees {
			if g.Witness == nil {
				continue
			}
			seen++
			words := strings.Fields(g.Witness.Reproduce)
			ts.Check(ts.Exec(words[0], words[1:]...))
			out := ts.ReadFile("stdout")
			for _, want := range []string{g.Witness.Messages[0].ID, g.ID + ": violated, " + g.Witness.Text} {
				if !strings.Contains(out, want) {
					ts.Fatalf("%s does not show %q", g.Witness.Reproduce, want)
				}
			}
		}
	}
	if seen == 0 {
		ts.Fatalf("no witness to reproduce")
	}
}

// interrupt WHEN CODE PROGRAM ARGS... runs a program that must end with the code
// after SIGINT, or after SIGINT and SIGTERM when WHEN ends in -twice. It is sent
// when the progress, which must be json, tells of a finished run (runs), or when
// the directory "out" is being written (writing). That may end first, so any code
// will do there if CODE is "any". The output goes to the files stdout.txt and
// stderr.txt.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: interrupt runs|runs-twice|writing|writing-twice CODE PROGRAM ARGS...")
	}
	when, twice := strings.CutSuffix(args[0], "-twice")
	cmd := exec.Command(args[2], args[3:]...)
	if path, err := exec.LookPath(filepath.Join(binDir(ts), args[2])); err == nil {
		cmd.Path, cmd.Err = path, nil
	}
	cmd.Dir = ts.MkAbs(".")
	var stdout, stderr bytes.Buffer
	cmd.Stdout = &stdout
	pipe, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	lines := bufio.NewReader(io.TeeReader(pipe, &stderr))
	if when == "writing" {
		awaitFile(filepath.Join(cmd.Dir, ".out.partial-*", "result.json"))
	} else {
		ts.Check(awaitRun(lines))
	}
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !twice {
		signals = signals[:1]
	}
	for _, s := range signals {
		if err := cmd.Process.Signal(s); !errors.Is(err, os.ErrProcessDone) {
			ts.Check(err)
		}
	}
	_, err = io.Copy(io.Discard, lines)
	ts.Check(err)
	got := codeOf(ts, cmd.Wait())
	ts.Check(os.WriteFile(ts.MkAbs("stdout.txt"), stdout.Bytes(), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs("stderr.txt"), stderr.Bytes(), 0o666))
	if args[1] != "any" && strconv.Itoa(got) != args[1] {
		ts.Fatalf("exit code %d, want %s\n%s", got, args[1], stderr.String())
	}
}

// explores FILE checks that a file has one result of explore, and nothing that
// docs/results.md does not describe.
func explores(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: explores FILE")
	}
	text := ts.ReadFile(args[0])
	if strings.Count(text, "\n") != 1 {
		ts.Fatalf("%d lines, want 1", strings.Count(text, "\n"))
	}
	ts.Check(describedExplored([]byte(text)))
}

// whole DIR checks that a directory of results lacks nothing.
func whole(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: whole DIR")
	}
	files := tree(ts, args[0])
	ts.Check(describedRun([]byte(files["result.json"])))
	for _, name := range []string{"history.jsonl", "faults.yaml", "plots/lag-over-time.svg"} {
		if !strings.HasSuffix(files[filepath.FromSlash(name)], "\n") {
			ts.Fatalf("%s is not whole", name)
		}
	}
	if !strings.HasSuffix(files[filepath.FromSlash("plots/lag-over-time.png")], "IEND\xaeB`\x82") {
		ts.Fatalf("the plot is not whole")
	}
}

// binDir is where testscript has put the program.
func binDir(ts *testscript.TestScript) string {
	return filepath.SplitList(ts.Getenv("PATH"))[0]
}

// awaitRun reads progress until a run is finished.
func awaitRun(lines *bufio.Reader) error {
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return fmt.Errorf("no run was finished before the end: %w", err)
		}
		var t tick
		if json.Unmarshal(line, &t) == nil && t.Done > 0 {
			return nil
		}
	}
}

// awaitFile waits for a file that may have come and gone.
func awaitFile(pattern string) {
	for range 3_000 {
		if found, err := filepath.Glob(pattern); err != nil || len(found) > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
