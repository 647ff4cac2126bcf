package jepsen_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
	"orderlab/internal/peak"
	"orderlab/model/history"

	"pgregory.net/rapid"
)

// However a compressed file is cut, what is left of it is a beginning of the whole.
func TestCutAnywhere(t *testing.T) {
	text := system(200)
	whole, err := jepsen.Read(bytes.NewReader(text), "f", jepsen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	packed := compressed(string(text))
	rapid.Check(t, func(t *rapid.T) {
		cut := packed[:rapid.IntRange(2, len(packed)-1).Draw(t, "bytes")]
		if _, err := jepsen.Read(bytes.NewReader(cut), "f", jepsen.Options{}); err == nil {
			t.Fatal("the cut goes unnoticed")
		}
		h, err := jepsen.Read(bytes.NewReader(cut), "f", jepsen.Options{AllowTruncated: true})
		if err != nil {
			t.Fatal(err)
		}
		if !h.Truncated || len(h.Ops) > len(whole.Ops) {
			t.Fatalf("truncated is %v, %d operations", h.Truncated, len(h.Ops))
		}
		for i := range h.Ops {
			if got, want := h.Ops[i], whole.Ops[i]; got.F != want.F || got.Line != want.Line || got.Process != want.Process ||
				got.Type != anomalies.Pending && got.Type != want.Type {
				t.Fatalf("operation %d is %+v, want %+v", i, got, want)
			}
		}
	})
}

// single writes a history of n sends of one value each, all of them polled, whose keys
// and values are as the formats say.
func single(n int, key, value string) []byte {
	var b bytes.Buffer
	for i := range n {
		k, v := strings.ReplaceAll(key, "*", fmt.Sprint(i)), strings.ReplaceAll(value, "*", fmt.Sprint(i))
		fmt.Fprintf(&b, "{:type :invoke, :f :send, :value [[:send %s %s]], :process 0, :time %d}\n", k, v, 4*i)
		fmt.Fprintf(&b, "{:type :ok, :f :send, :value [[:send %s [%d %s]]], :process 0, :time %d}\n", k, i, v, 4*i+1)
		fmt.Fprintf(&b, "{:type :invoke, :f :poll, :process 1, :time %d}\n", 4*i+2)
		fmt.Fprintf(&b, "{:type :ok, :f :poll, :value [[:poll {%s [[%d %s]]}]], :process 1, :time %d}\n", k, i, v, 4*i+3)
	}
	return b.Bytes()
}

// What is counted is what is taken: never less, and not many times more.
func TestMemoryIsCountedHonestly(t *testing.T) {
	for name, text := range map[string][]byte{
		"batches of numbers":   system(60_000),
		"numbers":              single(60_000, "5", "*"),
		"numbers of many keys": single(60_000, "*", "1"),
		"large numbers":        single(60_000, "5", "9000000*"),
		"strings":              single(60_000, "5", `"the order of customer *"`),
		"strings of many keys": single(60_000, `"order-*"`, `"placed"`),
	} {
		counted := int64(0)
		taken := peak.Heap(func() {
			h, n, err := jepsen.Counted(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			counted = n
			runtime.KeepAlive(h)
		})
		t.Logf("%s: %d bytes are counted, %d are taken", name, counted, taken)
		if taken > counted || taken < counted/3 {
			t.Errorf("%s: %d bytes are counted, and %d are taken", name, counted, taken)
		}
	}
}

func TestTooLarge(t *testing.T) {
	text := system(10_000)
	limit := history.Memory{Limit: 4 << 20, FileSize: int64(len(text)), PerOperation: 1000}
	_, err := jepsen.Read(bytes.NewReader(text), "f", jepsen.Options{Memory: limit})
	var large *history.MemoryError
	if !errors.As(err, &large) || large.AtLeast || large.Needed < 10_000_000 || large.Needed > 30_000_000 {
		t.Error(err)
	}
	limit.Limit = 100 << 20
	if _, err := jepsen.Read(bytes.NewReader(text), "f", jepsen.Options{Memory: limit}); err != nil {
		t.Error(err)
	}
}
