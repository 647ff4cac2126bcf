package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orderlab/checker"
)

// redelivers is a run in which a consumer dies and its messages are delivered again.
const redelivers = `orderlab: 1
question: Is a partition a queue when a consumer dies?
runs: 2
system:
  kafka:
    brokers: 1
    topics: {orders: {partitions: 1, replicas: 1}}
workload:
  keys: {count: 20}
  phases:
    - {name: steady, for: 3s, producers: 1, arrivals: {poisson: 60/s}}
    - {name: settle, until: drained, at_most: 120s}
consumers: {members: 1, work: {constant: 5ms}, auto.offset.reset: earliest}
faults:
  - {at: steady, after: 1500ms, for: 1s, crash: {node: consumers}}
strategies:
  naive: {}
expect:
  naive: [{linearizable-queue: violated}]
`

// What run and shrink find that is not linearizable is drawn by porcupine too, the
// same each time.
func TestRunsAreDrawnByPorcupine(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "redelivers.yaml")
	if err := os.WriteFile(file, []byte(redelivers), 0o666); err != nil {
		t.Fatal(err)
	}
	reg := newRegistry()
	// Kafka's partitions are no queues, so nobody is asked whether they are.
	reg.Systems[0].Guarantees = append(reg.Systems[0].Guarantees, checker.LinearizableQueue)
	command := func(args ...string) {
		t.Helper()
		var stderr bytes.Buffer
		ctx, interrupts := watchInterrupts(context.Background(), io.Discard)
		defer interrupts.stop()
		root := newRoot(&cli{registry: reg, out: io.Discard, err: &stderr, interrupts: interrupts})
		root.SetArgs(args)
		if code := report(root.ExecuteContext(ctx), &stderr); code != exitMet {
			t.Fatalf("orderlab %s: exit code %d\n%s", strings.Join(args, " "), code, &stderr)
		}
	}
	drawn := func(out, name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, out, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "deliver producer-0#") {
			t.Errorf("%s of %s shows no delivery", name, out)
		}
		return string(text)
	}
	const witness = "witness/naive_linearizable-queue.html"
	command("run", file, "-o", filepath.Join(dir, "out"))
	command("run", file, "-o", filepath.Join(dir, "again"))
	if drawn("out", witness) != drawn("again", witness) {
		t.Error("the pictures of two runs of one seed differ")
	}
	command("run", file, "-o", filepath.Join(dir, "out")) // it may be replaced
	command("shrink", file, "--strategy", "naive", "--seed", "1", "-o", filepath.Join(dir, "shrunk"))
	drawn("shrunk", "witness.html")
	for page, link := range map[string]string{"out/report.html": witness, "shrunk/report.html": "witness.html"} {
		text, err := os.ReadFile(filepath.Join(dir, page))
		if err != nil || !bytes.Contains(text, []byte(`<a href="`+link+`">`)) {
			t.Errorf("%s does not lead to %s (%v)", page, link, err)
		}
	}
}
