package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orderlab/model"
	"orderlab/scenarios"
)

// Every scenario that new can write loads, runs, meets what it expects and is
// written the same by flags and by answers.
func TestNewRuns(t *testing.T) {
	all := defaultNew()
	for _, system := range all.system.allowed {
		for _, load := range all.load.allowed {
			for _, fault := range all.fault.allowed {
				name := fmt.Sprintf("%s-%s-%s", system, load, fault)
				t.Run(name, func(t *testing.T) {
					file := filepath.Join(t.TempDir(), "mine.yaml")
					code, _, stderr := command(t, func(*model.Env) {}, "new", file,
						"--system", system, "--load", load, "--fault", fault)
					if code != exitMet {
						t.Fatalf("new ends with %d: %s", code, stderr)
					}
					text, err := os.ReadFile(file)
					if err != nil {
						t.Fatal(err)
					}
					asked := defaultNew()
					answers := strings.Join([]string{load, "", "", "", "", "", fault, ""}, "\n")
					ask := asker{bufio.NewReader(strings.NewReader(answers)), new(bytes.Buffer)}
					if err := asked.ask(&ask); err != nil {
						t.Fatal(err)
					}
					if asked.text() != string(text) {
						t.Errorf("asked for, it is\n%s\nand by flags\n%s", asked.text(), text)
					}
					code, stdout, stderr := command(t, func(*model.Env) {}, "run", file, "--seeds", "1..2")
					if code != exitMet {
						t.Errorf("run ends with %d:\n%s%s", code, stdout, stderr)
					}
				})
			}
		}
	}
}

// The numbers go to their bounds.
func TestNewBounds(t *testing.T) {
	for _, change := range []func(*newOptions){
		func(o *newOptions) { o.keys = 1 },
		func(o *newOptions) { o.keys, _ = 1, o.load.Set("hot-keys") },
		func(o *newOptions) { o.keys = 1_000_000 },
		func(o *newOptions) { o.partitions, o.rate = 1, 10; _ = o.fault.Set("expand") },
		func(o *newOptions) { o.partitions, o.members, o.rate = 1000, 1000, 10_000 },
		func(o *newOptions) { o.work, o.rate = 1500*time.Microsecond, 1 },
		func(o *newOptions) { o.work = 100 * time.Microsecond },
		func(o *newOptions) { o.work, o.rate, o.members = time.Minute, 1, 1000; o.partitions = 1000 },
		func(o *newOptions) { o.question = "Is \"this\": {a #question}?" },
	} {
		opt := defaultNew()
		change(opt)
		if err := opt.check(); err != nil {
			t.Errorf("%+v: %v", opt, err)
			continue
		}
		if _, err := scenarios.Load(newRegistry(), "new", "new.yaml", []byte(opt.text()), nil); err != nil {
			t.Errorf("%v\n%s", err, opt.text())
		}
	}
	for _, change := range []func(*newOptions){
		func(o *newOptions) { o.keys = 0 },
		func(o *newOptions) { o.members = -1 },
		func(o *newOptions) { o.rate = 1000 },
		func(o *newOptions) { o.partitions = 1 },
		func(o *newOptions) { o.work = 0 },
		func(o *newOptions) { o.work = -time.Second },
	} {
		opt := defaultNew()
		change(opt)
		if opt.check() == nil {
			t.Errorf("%+v is accepted", opt)
		}
	}
}

// atTerminal runs new in a folder as if somebody sat at a terminal and gave answers.
func atTerminal(t *testing.T, dir, answers string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Chdir(dir)
	var out, err bytes.Buffer
	_, w := watchInterrupts(context.Background(), &err)
	defer w.stop()
	root := newRoot(&cli{registry: newRegistry(), in: strings.NewReader(answers), out: &out, err: &err, interrupts: w,
		terminal: func(any) bool { return true }})
	root.SetArgs(append([]string{"new"}, args...))
	code = report(root.Execute(), &err)
	return code, out.String(), err.String()
}

// What is seen when new asks, with the answers where they are typed. A wrong answer is
// asked for again, and numbers that do not fit together are, all of them.
func TestNewAsks(t *testing.T) {
	dir := t.TempDir()
	answers := []string{"stedy", "", "many", "150", "0", "", "1", "", "50", "", "", "", "4", "5", "5ms", "expnd", "expand"}
	code, stdout, stderr := atTerminal(t, dir, strings.Join(answers, "\n")+"\n", "orders.yaml")
	const want = `An empty answer takes what stands in brackets.
What arrives (steady, backlog, hot-keys) [steady]:   it is one of steady, backlog, hot-keys; did you mean steady?
What arrives (steady, backlog, hot-keys) [steady]: Messages a second [100]:   write a whole number, and here is "many"
Messages a second [100]: Ordering keys [500]:   it is 1 to 1000000
Ordering keys [500]: Partitions [6]: Consumers [3]: Work on a message [10ms]: ` +
		`  write a duration as 250us, 10ms or 1s, and here is "50"
Work on a message [10ms]:   1 consumer (of 3, for 1 partition) with 10ms of work on a message can do 100 messages a second ` +
		`and need a quarter more than the 150 that arrive; change some of these:
Messages a second [150]: Ordering keys [500]: Partitions [1]: Consumers [3]: Work on a message [10ms]: ` +
		`What goes wrong (none, expand, crash, pause, errors, clocks) [none]:   it is one of none, expand, crash, pause, errors, clocks; did you mean expand?
What goes wrong (none, expand, crash, pause, errors, clocks) [none]: orderlab: wrote orders.yaml; try ` + "`orderlab run orders.yaml`\n"
	if code != exitMet || stdout != "" || stderr != want {
		t.Errorf("new ends with %d, prints %q and says\n%s\nwant\n%s", code, stdout, stderr, want)
	}
	text, err := os.ReadFile(filepath.Join(dir, "orders.yaml"))
	for _, part := range []string{"poisson: 150/s", "members: 5 ", "{exponential: 5ms}", "partitions: 4,", "expand:"} {
		if err != nil || !strings.Contains(string(text), part) {
			t.Errorf("the scenario lacks %q:\n%s", part, text)
		}
	}
}

// Without a file on the command line it asks for one; "-" prints the scenario.
func TestNewAsksForTheFile(t *testing.T) {
	dir, plain := t.TempDir(), strings.Repeat("\n", 7)
	code, stdout, stderr := atTerminal(t, dir, plain+"\n")
	if code != exitMet || stdout != "" || !strings.HasSuffix(stderr, "File to write (- prints it) [mine.yaml]: "+
		"orderlab: wrote mine.yaml; try `orderlab run mine.yaml`\n") {
		t.Errorf("it ends with %d, prints %q and says %q", code, stdout, stderr)
	}
	code, stdout, stderr = atTerminal(t, dir, plain+"mine.yaml\n-\n")
	if code != exitMet || !strings.Contains(stdout, "orderlab: 1\n") || !strings.Contains(stderr,
		"[mine-2.yaml]:   mine.yaml exists; name another\n") {
		t.Errorf("it ends with %d, prints %q and says %q", code, stdout, stderr)
	}
	// A file that exists is refused before anything is asked.
	code, _, stderr = atTerminal(t, dir, plain, "mine.yaml")
	if code != exitUsage || stderr != "orderlab: mine.yaml exists and is left as it is; name another file\n" {
		t.Errorf("it ends with %d and says %q", code, stderr)
	}
	// Answers that end write nothing.
	code, stdout, stderr = atTerminal(t, dir, "\n\n", "other.yaml")
	if _, err := os.Stat(filepath.Join(dir, "other.yaml")); code != exitUsage || err == nil || stdout != "" ||
		!strings.Contains(stderr, "Ordering keys [500]: \norderlab: the answers ended before the questions") {
		t.Errorf("it ends with %d, prints %q and says %q", code, stdout, stderr)
	}
	// Flags are answers: nothing is asked then.
	if code, stdout, stderr = atTerminal(t, dir, "", "--fault", "crash"); code != exitMet || stderr != "" || stdout == "" {
		t.Errorf("with a flag it ends with %d and says %q", code, stderr)
	}
}

// The comments at the ends of lines stand below each other, whatever is asked for.
func TestNewIsAligned(t *testing.T) {
	for _, fault := range defaultNew().fault.allowed {
		opt := defaultNew()
		opt.fault.value, opt.members, opt.work, opt.keys = fault, 100, 1500*time.Microsecond, 1_000_000
		opt.rate = 12345
		count := 0
		for line := range strings.Lines(opt.text()) {
			text, comment, ok := strings.Cut(line, "  # ")
			if !ok || strings.TrimSpace(text) == "" {
				continue
			}
			if count++; len(text) < 39 { // what is longer pushes its comment
				t.Errorf("%s: %q stands %d columns from the left", fault, comment, len(text))
			}
		}
		if count < 6 {
			t.Errorf("%s: %d lines have a comment", fault, count)
		}
	}
}
