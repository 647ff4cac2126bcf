package main

import (
	"bufio"
	"bytes"
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
					answers := strings.Join([]string{system, load, "", "", "", "", "", fault, ""}, "\n")
					if err := asked.ask(bufio.NewReader(strings.NewReader(answers)), new(bytes.Buffer)); err != nil {
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

// A wrong answer is asked for again, and answers that end are an error.
func TestNewAsks(t *testing.T) {
	opt := defaultNew()
	var out bytes.Buffer
	answers := "kafak\nkafka\n\nmany\n150\n\n\n4\n5\n5ms\nexpnd\nexpand\n"
	if err := opt.ask(bufio.NewReader(strings.NewReader(answers)), &out); err != nil {
		t.Fatal(err)
	}
	if opt.rate != 150 || opt.members != 4 || opt.work != 5*time.Millisecond || opt.fault.value != "expand" {
		t.Errorf("%+v", opt)
	}
	for _, want := range []string{
		"Messaging system (kafka) [kafka]: ", "did you mean kafka?", `and here is "many"`, "missing unit", "did you mean expand?",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
	if err := defaultNew().ask(bufio.NewReader(strings.NewReader("kafka\n")), &out); err == nil {
		t.Error("answers that end are taken")
	}
}
