package jepsen_test

import (
	"bytes"
	"fmt"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
)

// system writes a history of a system that does as it should: of n operations half
// send four values each, to one of 16 keys, and half poll as many. Sixteen processes
// take turns, so that all are under way together.
func system(n int) []byte {
	const keys, processes, batch = 16, 16, 4
	var b bytes.Buffer
	for first := 0; first < n; first += processes {
		for p := range min(processes, n-first) {
			if key := (first/processes/2*7 + p/2) % keys; p%2 == 0 {
				fmt.Fprintf(&b, "{:type :invoke, :f :send, :value [")
				for i := range batch {
					fmt.Fprintf(&b, "[:send %d %d]", key, first/2*batch+p/2*batch+i)
				}
				fmt.Fprintf(&b, "], :process %d, :time %d}\n", p, first+p)
			} else {
				fmt.Fprintf(&b, "{:type :invoke, :f :poll, :value [[:poll]], :process %d, :time %d}\n", p, first+p)
			}
		}
		for p := range min(processes, n-first) {
			key := (first/processes/2*7 + p/2) % keys
			round := first / processes / keys * batch
			value := first/2*batch + p/2*batch
			if p%2 == 0 {
				fmt.Fprintf(&b, "{:type :ok, :f :send, :value [")
				for i := range batch {
					fmt.Fprintf(&b, "[:send %d [%d %d]]", key, round+i, value+i)
				}
			} else {
				fmt.Fprintf(&b, "{:type :ok, :f :poll, :value [[:poll {%d [", key)
				for i := range batch {
					fmt.Fprintf(&b, "[%d %d]", round+i, value+i)
				}
				fmt.Fprint(&b, "]}]")
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
			anomalies.Check(&h.History, anomalies.Log, nil, anomalies.Options{WWDeps: true})
		}
		perOperation(b)
	})
}
