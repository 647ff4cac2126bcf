package sim

import "testing"

// BenchmarkFaults is the cost of an event in a world of four chatting nodes that
// has no schedule of faults, one that only waits, and one of which much is active.
func BenchmarkFaults(b *testing.B) {
	for _, c := range []struct{ name, schedule string }{
		{"none", ""},
		{"waiting", `
			far: at 1000000s isolate n0 for 1s
			point: point n0 nowhere crash n0 for 1s
			held: condition never crash n0 for 1s
			many: events 1000000000000 crash n0 for 1s`},
		{"active", `
			noise: at 1s noisy n0 | n1,n2 loss 1% duplicate 1% reorder 5% window 20ms for ever
			slow: at 1s slow-link n1 | n2 factor 3 for ever
			flap: at 1s flap n0 | n3 up 1s..2s down 100ms for ever
			gc: every 700ms pause n1 for 90ms
			cpu: at 1s slow-cpu n2 factor 2 for ever
			drift: at 1s drift-clock n1 ppb 100000 for ever`},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := newChatWorld(b, 5, 4)
			w.e.limits.Events = 0
			w.e.bounds = boundsOf(w.e.limits)
			plan, err := ParseSchedule(c.schedule)
			if err != nil {
				b.Fatal(err)
			}
			if err := w.e.Install(plan); err != nil {
				b.Fatal(err)
			}
			w.run(20 * Second)
			b.ReportAllocs()
			b.ResetTimer()
			w.e.Step(b.N)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
