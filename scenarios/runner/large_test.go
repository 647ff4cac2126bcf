package runner_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"orderlab/internal/peak"
	"orderlab/scenarios/runner"
)

// BenchmarkLarge runs a million messages and ten million, with all linear checks,
// and tells the processor time of a message, which does not depend on what else the
// machine does, and the largest memory of the process so far.
// It takes minutes, so it runs only with ORDERLAB_LONG=1; `make bench-large` does.
// What it must show: the peak stays below 4 GiB, and ten times the messages take
// at most eleven times as long.
func BenchmarkLarge(b *testing.B) {
	if os.Getenv("ORDERLAB_LONG") == "" {
		b.Skip("takes minutes; set ORDERLAB_LONG=1")
	}
	before := time.Duration(0)
	for _, seconds := range []int64{200, 2000} {
		b.Run(fmt.Sprintf("messages=%d", seconds*5000), func(b *testing.B) {
			c := messageCase(5 * milli)
			c.Workload.Phases[0].For = seconds * second
			c.Limits.Messages, c.Limits.Time = 20_000_000, 3*seconds*second
			c.Guarantees = []string{"per-key-order", "per-key-realtime-order", "no-regression", "no-loss", "no-duplicates", "partition-order"}
			sent, start := int64(0), peak.Processor()
			for range b.N {
				runtime.GC()
				out, err := runner.New(registry()).Run(context.Background(), c, 1, runner.Options{Witness: true})
				if err != nil {
					b.Fatal(err)
				}
				for _, v := range out.Verdicts {
					if v.Status != "holds" || v.Vacuous {
						b.Fatalf("%+v", v)
					}
				}
				sent += out.Metrics.Sent
			}
			took := (peak.Processor() - start) / time.Duration(b.N)
			b.ReportMetric(float64(took.Nanoseconds())/(float64(sent)/float64(b.N)), "cpu-ns/message")
			b.ReportMetric(peakMiB(b), "peak-MiB")
			if before > 0 {
				b.ReportMetric(float64(took)/float64(before), "times-the-shorter")
			}
			before = took
		})
	}
}

// peakMiB returns the largest resident memory of the process, where the system
// tells it, and else what the runtime got from the system.
func peakMiB(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(status)) {
			var kib float64
			if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kib); n == 1 {
				return kib / 1024
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys) / (1 << 20)
}
