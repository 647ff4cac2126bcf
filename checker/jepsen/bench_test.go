package jepsen_test

import (
	"bytes"
	"fmt"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
)

// system writes a history of a system that does as it should: of n operations half
// send four values each to one of 16 keys, and half poll as many. Sixteen processes
// take turns, so that all are under way together.
func system(n int) []byte {
	const keys, processes, batch = 16, 16, 4
	var b bytes.Buffer
	var next [keys]int // offset, and value: numbers are counted up in each key
	for first := 0; first < n; first += processes {
		key := func(p int) int { return (first/processes*7 + p/2) % keys }
		for p := range min(processes, n-first) {
			if p%2 == 1 {
				fmt.Fprintf(&b, "{:type :invoke, :f :poll, :value [[:poll]], :process %d, :time %d}\n", p, first+p)
				continue
			}
			b.WriteString("{:type :invoke, :f :send, :value [")
			for i := range batch {
				fmt.Fprintf(&b, "[:send %d %d]", key(p), next[key(p)]+i)
			}
			fmt.Fprintf(&b, "], :process %d, :time %d}\n", p, first+p)
		}
		for p := range min(processes, n-first) {
			at := next[key(p)]
			if p%2 == 0 {
				b.WriteString("{:type :ok, :f :send, :value [")
				for i := range batch {
					fmt.Fprintf(&b, "[:send %d [%d %d]]", key(p), at+i, at+i)
				}
			} else {
				fmt.Fprintf(&b, "{:type :ok, :f :poll, :value [[:poll {%d [", key(p))
				for i := range batch {
					fmt.Fprintf(&b, "[%d %d]", at+i, at+i)
				}
				b.WriteString("]}]")
				next[key(p)] += batch
			}
			fmt.Fprintf(&b, "], :process %d, :time %d}\n", p, first+processes+p)
		}
	}
	return b.Bytes()
}

// BenchmarkJepsen is what a history of a million operations costs: to read it and to
// look for all anomalies, with the order of writes taken for one of transactions. The
// floor is to touch each byte of the file once.
func BenchmarkJepsen(b *testing.B) {
	const operations = 1_000_000
	text := system(operations)
	perOperation := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/operations, "ns/operation")
	}
	b.Run("floor", func(b *testing.B) {
		sum := 0
		for b.Loop() {
			for _, c := range text {
				sum += int(c)
			}
		}
		if sum == 0 {
			b.Fatal("nothing was touched")
		}
		perOperation(b)
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jepsen.Read(bytes.NewReader(text), "benchmark", jepsen.Options{}); err != nil {
				b.Fatal(err)
			}
		}
		perOperation(b)
	})
	h, err := jepsen.Read(bytes.NewReader(text), "benchmark", jepsen.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("check", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, f := range anomalies.Check(&h.History, anomalies.Log, nil, anomalies.Options{WWDeps: true, Subscribe: true}) {
				if f.Status != anomalies.Holds && !f.Allowed {
					b.Fatalf("%s: %s", f.ID, f.Text)
				}
			}
		}
		perOperation(b)
	})
}
