package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// What is recorded of a client at a broker in this process is a history that orderlab
// check takes, and in which everything holds that Kafka promises. It promises no order
// across partitions, so per-producer-order, for one, is not asked for.
func TestRecordedHistoryIsValid(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	file := filepath.Join(t.TempDir(), "recorded.jsonl")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	const messages = 100
	if err := record(ctx, out, cluster.ListenAddrs()[0], "orders", messages); err != nil {
		t.Fatal(err)
	}
	var flags []string
	guarantees := []string{"per-key-order", "no-loss", "no-duplicates", "partition-order", "consistent-prefix"}
	for _, id := range guarantees {
		flags = append(flags, "--guarantee", id)
	}
	check := exec.Command("go", append([]string{"run", "./cmd/orderlab", "check", file}, flags...)...)
	check.Dir = filepath.Join("..", "..")
	text, err := check.CombinedOutput()
	t.Logf("%s", text)
	if err != nil || !strings.Contains(string(text), "400 operations, valid") {
		t.Errorf("%v", err)
	}
	for _, id := range guarantees {
		if !strings.Contains(string(text), id+strings.Repeat(" ", 29-len(id))+"holds\n") {
			t.Errorf("%s is not decided, or broken", id)
		}
	}
}
