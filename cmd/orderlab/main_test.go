package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"orderlab/model"
	"orderlab/scenarios"
	"orderlab/scenarios/explore"
)

// command runs a command line in the process, with a registry whose worlds go
// through before first, and returns the exit code and what was written.
func command(t *testing.T, before func(*model.Env), args ...string) (code int, stdout, stderr string) {
	t.Helper()
	reg := newRegistry()
	for _, s := range reg.Systems {
		build := s.Build
		s.Build = func(env *model.Env, plan *model.Plan) (model.World, error) {
			before(env)
			return build(env, plan)
		}
	}
	var out, err bytes.Buffer
	_, w := watchInterrupts(context.Background(), &err)
	defer w.stop()
	root := newRoot(&cli{registry: reg, out: &out, err: &err, interrupts: w, terminal: isTerminal})
	root.SetArgs(args)
	code = report(root.ExecuteContext(context.Background()), &err)
	return code, out.String(), err.String()
}

// A model that panics ends with 70, not with the 2 of a Go program that panics,
// and leaves nothing behind.
func TestPanicEndsWithInternalError(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	code, stdout, stderr := command(t, func(env *model.Env) {
		if env.Sim.Seed() == 2 {
			panic("the log ran over")
		}
	}, "run", "testdata/scenarios/quick.yaml", "--seeds", "1..3", "-j", "1", "-o", out)
	const want = "orderlab: internal error: quick, strategy naive, seed 2: the program panicked: the log ran over\n"
	if code != exitInternal || stdout != "" || !strings.HasPrefix(stderr, want) ||
		!strings.Contains(stderr, "main_test.go") {
		t.Errorf("exit code %d, stdout %q, stderr\n%s", code, stdout, stderr)
	}
	if left, err := os.ReadDir(filepath.Dir(out)); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A model that is not deterministic ends with 70 when --verify is given.
func TestNondeterminismEndsWithInternalError(t *testing.T) {
	builds := uint64(0)
	code, stdout, stderr := command(t, func(env *model.Env) {
		builds++
		mine := builds
		env.Sim.At(1000, func() { env.Sim.Fold(mine) })
	}, "run", "testdata/scenarios/quick.yaml", "--seed", "1", "--verify", "-j", "1")
	const want = "orderlab: not deterministic: quick, strategy naive, seed 1"
	if code != exitInternal || stdout != "" || !strings.HasPrefix(stderr, want) {
		t.Errorf("exit code %d, stdout %q, stderr\n%s", code, stdout, stderr)
	}
}

// Plain progress is a line every ten seconds and none at the end.
func TestPlainProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress("plain", &out, "kafka/expand", 200)
		time.Sleep(9 * time.Second)
		p.update(explore.Progress{Done: 50, Total: 200})
		time.Sleep(2 * time.Second)
		p.update(explore.Progress{Done: 100, Total: 200, Unexpected: 3})
		time.Sleep(10 * time.Second)
		p.update(explore.Progress{Done: 200, Total: 200, Unexpected: 3})
		p.done()
		const want = "kafka/expand: 50 of 200 runs, 10 s, 5 runs/s, about 30 s left\n" +
			"kafka/expand: 100 of 200 runs, 20 s, 5 runs/s, about 20 s left, 3 runs broke what was expected to hold\n"
		if out.String() != want {
			t.Errorf("the lines are\n%swant\n%s", out.String(), want)
		}
	})
}

// Progress as JSON is an object a second and one at the end.
func TestJSONProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress("json", &out, "kafka/expand", 20)
		time.Sleep(500 * time.Millisecond)
		p.update(explore.Progress{Done: 5, Total: 20, Unexpected: 1})
		time.Sleep(time.Second)
		p.update(explore.Progress{Done: 20, Total: 20, Unexpected: 1})
		p.done()
		const want = `{"scenario":"kafka/expand","done":5,"total":20,"unexpected":1,"elapsed_s":1}` + "\n" +
			`{"scenario":"kafka/expand","done":20,"total":20,"unexpected":1,"elapsed_s":1.5}` + "\n"
		if out.String() != want {
			t.Errorf("the lines are\n%swant\n%s", out.String(), want)
		}
	})
}

// The bar counts, names what is unexpected, and is gone at the end.
func TestBar(t *testing.T) {
	var out bytes.Buffer
	b := newBar(&out, "kafka/expand", 4)
	for i := range 4 {
		b.update(explore.Progress{Done: i + 1, Total: 4, Unexpected: i})
	}
	b.done()
	text := out.String()
	if !strings.Contains(text, "kafka/expand") || !strings.Contains(text, "(1/4") {
		t.Errorf("the bar wrote %q", text)
	}
	if last := text[strings.LastIndexByte(text, '\r'):]; strings.TrimSpace(last) != "" {
		t.Errorf("the bar leaves %q on the screen", last)
	}
}

// Errors of the language and of the command line end with different codes.
func TestCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, exitMet},
		{&scenarios.Errors{File: "a.yaml"}, exitData},
		{&scenarios.VarError{Name: "after"}, exitUsage},
		{usagef("wrong"), exitUsage},
		{exitWith(exitFailed), exitFailed},
		{os.ErrPermission, exitInternal},
	} {
		if got := report(coded(c.err), new(bytes.Buffer)); got != c.want {
			t.Errorf("%v ends with %d, want %d", c.err, got, c.want)
		}
	}
}

// What has come into a directory since it was looked at is not deleted.
func TestCommitLooksAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	o, err := openOut(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o777); err != nil {
		t.Fatal(err)
	}
	notes := filepath.Join(path, "notes.txt")
	if err := os.WriteFile(notes, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := o.commit(); err == nil {
		t.Error("a directory with something else in it was replaced")
	}
	if text, err := os.ReadFile(notes); err != nil || string(text) != "mine" {
		t.Errorf("the notes are now %q, %v", text, err)
	}
	o.discard()
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("left beside it: %v, %v", left, err)
	}
}

// A link to a directory stays a link; what it leads to is replaced.
func TestOutFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	if err := os.Mkdir(real, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	code, _, stderr := command(t, func(*model.Env) {}, "run", "testdata/scenarios/quick.yaml", "--seed", "1", "-o", link)
	if code != exitMet {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
	if !isResult(filepath.Join(real, resultFile)) {
		t.Error("there is no result where the link leads")
	}
}

func TestSeedRanges(t *testing.T) {
	for _, c := range []struct {
		text  string
		first uint64
		count int
	}{
		{"1..20", 1, 20}, {"0..0", 0, 1}, {"7..7", 7, 1},
		{"18446744073709551615..18446744073709551615", 1<<64 - 1, 1},
		{"1..1000000", 1, 1_000_000},
	} {
		var r seedRange
		if err := r.Set(c.text); err != nil || r.first != c.first || r.count != c.count || r.String() != c.text {
			t.Errorf("%s is %v, %v", c.text, r, err)
		}
	}
	for _, text := range []string{"", "1", "1-5", "1..", "..5", "5..1", "a..b", "1..2..3", "-1..2", "+1..2", "1.5..2",
		" 1..2", "0..1000000", "1..18446744073709551616"} {
		var r seedRange
		if err := r.Set(text); err == nil {
			t.Errorf("%q is taken as %v", text, r)
		}
	}
}

// After an abort nothing more is written, and nothing comes back.
func TestAbortWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	o, err := openOut(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(w io.Writer) error {
		_, err := io.WriteString(w, "text")
		return err
	}
	if err := o.create("a/first", write); err != nil {
		t.Fatal(err)
	}
	err = o.create("a/second", func(w io.Writer) error {
		o.discard() // as the second interrupt does, from another goroutine
		return write(w)
	})
	if err != nil {
		t.Errorf("a file that was open: %v", err)
	}
	if o.create("a/third", write) == nil || o.commit() == nil {
		t.Error("a directory that was discarded is written on")
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
