package explore_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"orderlab/scenarios"
	"orderlab/scenarios/explore"
)

// BenchmarkSweep compares two workers with two independent processes, which share
// nothing and so show what the machine can give. One worker, two workers and two
// processes take turns; each worker and process has the same runs to make.
//
//	workers-x      speed of two workers over one
//	processes-x    speed of two processes over one worker
//	share          the first over the second
func BenchmarkSweep(b *testing.B) {
	const seeds = 40
	measure(b, seeds, 1) // warm up
	var one, two, processes time.Duration
	for b.Loop() {
		one += measure(b, seeds, 1)
		two += measure(b, 2*seeds, 2)
		processes += independent(b, seeds)
	}
	workers, ceiling := 2*one.Seconds()/two.Seconds(), 2*one.Seconds()/processes.Seconds()
	b.ReportMetric(workers, "workers-x")
	b.ReportMetric(ceiling, "processes-x")
	b.ReportMetric(workers/ceiling, "share")
	b.ReportMetric(0, "ns/op")
}

// measure times a sweep.
func measure(t testing.TB, seeds, workers int) time.Duration {
	reg := registry(nil)
	sc := load(t, reg)
	return timed(t, reg, sc, seeds, workers)
}

func timed(t testing.TB, reg *scenarios.Registry, sc *scenarios.Scenario, seeds, workers int) time.Duration {
	begin := time.Now()
	_, err := explore.Sweep(context.Background(), reg, sc, sc.Cases,
		explore.Options{First: 1, Count: seeds, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(begin)
}

// childSeeds is the variable that makes the test binary a process of the
// benchmark.
const childSeeds = "ORDERLAB_BENCH_CHILD_SEEDS"

// independent times two processes that sweep side by side, and returns the time
// of the slower.
func independent(t testing.TB, seeds int) time.Duration {
	var children [2]*exec.Cmd
	var outputs [2]strings.Builder
	for i := range children {
		children[i] = exec.Command(os.Args[0], "-test.run=^TestBenchmarkChild$", "-test.v")
		children[i].Env = append(os.Environ(), fmt.Sprintf("%s=%d", childSeeds, seeds))
		children[i].Stdout = &outputs[i]
		if err := children[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	slowest := time.Duration(0)
	for i, c := range children {
		if err := c.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, outputs[i].String())
		}
		_, text, _ := strings.Cut(outputs[i].String(), "elapsed_ns=")
		text, _, _ = strings.Cut(text, "\n")
		ns, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatalf("a process of the benchmark said\n%s", outputs[i].String())
		}
		slowest = max(slowest, time.Duration(ns))
	}
	return slowest
}

// TestBenchmarkChild is a process of [BenchmarkSweep], which times itself so that
// its start does not count.
func TestBenchmarkChild(t *testing.T) {
	seeds, err := strconv.Atoi(os.Getenv(childSeeds))
	if err != nil {
		t.Skip("it is a process of BenchmarkSweep")
	}
	measure(t, seeds, 1)
	fmt.Printf("elapsed_ns=%d\n", measure(t, seeds, 1).Nanoseconds())
}
