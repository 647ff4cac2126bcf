package checker_test

import (
	"os"
	"runtime"
	"testing"

	"orderlab/checker"
	"orderlab/internal/peak"
)

// BenchmarkDisorder is what the measures of a history cost, from the history to the
// figures, beside the floor of touching a record of 32 bytes an operation once; and the
// memory that they keep. It is a million operations, with ORDERLAB_LONG=1 ten million.
// In broken nearly every key has an inversion.
//
//	ORDERLAB_LONG=1 go test ./checker -run '^$' -bench Disorder -benchtime 3x
func BenchmarkDisorder(b *testing.B) {
	operations := 1_000_000
	if os.Getenv("ORDERLAB_LONG") == "1" {
		operations = 10_000_000
	}
	const each = 5 // operations of a message, and a poll now and then
	b.Run("floor", func(b *testing.B) { floor(b, operations) })
	for name, disorder := range map[string]int{"ordered": 1, "broken": 3} {
		b.Run(name, func(b *testing.B) {
			h := pipeline(operations/each, disorder)
			before := heap()
			c := checker.New()
			measure := func() {
				c.Check(h, nil, checker.Options{}) // the index is built anew
				if d := c.Disorder(checker.Options{}); d.StaleApplies.Judged != h.Messages() {
					b.Fatalf("%+v", d)
				}
			}
			measure() // the memory is there from then on
			kept := heap() - before
			start := peak.Processor()
			for b.Loop() {
				measure()
			}
			onProcessor(b, h.Len(), start)
			perOperation(b, h.Len())
			b.ReportMetric(float64(kept)/float64(h.Len()), "bytes/operation")
			runtime.KeepAlive(c)
		})
	}
}
