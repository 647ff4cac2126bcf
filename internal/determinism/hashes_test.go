package determinism_test

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"runtime"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/model/kafka"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

var rewrite = flag.Bool("rewrite", false, "rewrite testdata/hashes.txt")

const golden = "testdata/hashes.txt"

const head = `# What the runs of this package's tests were, the same on every machine.
# Rewritten by: go test ./internal/determinism -rewrite
`

// seed is the seed of all runs.
const seed = 1

// cases returns one scan point of each strategy of kafka/expand, the first of
// one and the last of the next: the partitions grow to another number, keys are
// spread in another way, the backlog is even or not.
func cases(t *testing.T, reg *model.Registry) []scenarios.Case {
	t.Helper()
	const name = "kafka/expand"
	src, ok := scenarios.Source(name)
	if !ok {
		t.Fatalf("the library has no %s", name)
	}
	sc, err := scenarios.Load(reg, name, name+".yaml", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []scenarios.Case
	for i, c := range sc.Cases {
		first := i == 0 || sc.Cases[i-1].Strategy != c.Strategy
		last := i == len(sc.Cases)-1 || sc.Cases[i+1].Strategy != c.Strategy
		switch {
		case first:
			out = append(out, c)
		case last && len(out)%2 == 0:
			out[len(out)-1] = c
		}
	}
	return out
}

// line makes a run and says what it was: how many operations its history has,
// the hash of its events, the hash of its history, and the verdicts.
func line(t *testing.T, r *runner.Runner, c *scenarios.Case) string {
	t.Helper()
	run, err := r.Run(context.Background(), c, seed, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", c.Scenario, c.Strategy)
	for _, p := range c.Point {
		fmt.Fprintf(&b, " %s=%v", p.Axis, p.Value)
	}
	h := r.History()
	fmt.Fprintf(&b, ": %d operations, trace %x, history %x", h.Len(), run.Hash, digest(t, h))
	for _, v := range run.Verdicts {
		fmt.Fprintf(&b, ", %s %s", v.Guarantee, v.Status)
		if v.Violations > 0 {
			fmt.Fprintf(&b, " %d", v.Violations)
		}
	}
	return b.String()
}

// digest hashes every field of every operation of a history.
func digest(t *testing.T, h *history.History) []byte {
	t.Helper()
	var row []byte
	hash := fnv.New128a()
	for i := range h.Len() {
		var err error
		if row, err = binary.Append(row[:0], binary.LittleEndian, h.Op(i)); err != nil {
			t.Fatal(err)
		}
		hash.Write(row)
	}
	return hash.Sum(nil)
}

func TestHashes(t *testing.T) {
	reg := &model.Registry{Systems: []*model.System{kafka.System()}, Features: app.Features()}
	all := cases(t, reg)
	if len(all) < 2 {
		t.Fatalf("the scenario has %d cases", len(all))
	}
	shared := runner.New(reg)
	var got []string
	for i := range all {
		got = append(got, line(t, shared, &all[i]))
	}
	for _, w := range worlds() {
		got = append(got, w.line(t))
	}
	// A run leaves nothing to the next: after other runs than before, and in a
	// new runner, it is the same.
	for _, i := range []int{len(all) - 1, 0} {
		if again := line(t, shared, &all[i]); again != got[i] {
			t.Errorf("after other runs:\n%s\nwas\n%s", again, got[i])
		}
	}
	if again := line(t, runner.New(reg), &all[1]); again != got[1] {
		t.Errorf("in a new runner:\n%s\nwas\n%s", again, got[1])
	}
	compare(t, got)
}

// compare compares the lines with the file, or writes it.
func compare(t *testing.T, got []string) {
	t.Helper()
	text := head + strings.Join(got, "\n") + "\n"
	if *rewrite {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	src, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(strings.TrimPrefix(string(src), head), "\n"), "\n")
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("run %d:\n%s\nand %s has\n%s", i+1, g, golden, w)
		}
	}
	if t.Failed() {
		t.Logf("this is %s/%s; if every build differs in this way because a model, the engine or the scenario was changed, "+
			"accept it: go test ./internal/determinism -rewrite", runtime.GOOS, runtime.GOARCH)
	}
}
