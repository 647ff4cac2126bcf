package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"orderlab/checker"
	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
	"orderlab/internal/peak"
	"orderlab/model/history"
)

// recorded makes a history of n messages of 100 keys, with all five points or with three,
// whose effects at each of some sinks come late by up to so many places.
func recorded(n, points, late, sinks int) *history.History {
	h := new(history.History)
	random := rand.New(rand.NewPCG(1, 2))
	place := h.AddPlace("orders/0")
	for i := range n {
		shop := h.AddProcess(fmt.Sprintf("shop-%d", i%4))
		m := h.AddMessage(history.MessageInfo{Key: h.AddKey(fmt.Sprint(i % 100)), Producer: shop, Index: uint32(i)})
		at := int64(i) * 1000
		op := history.Op{Kind: history.KindSend, Process: shop, Message: m, Place: history.NoPlace,
			Position: history.NoPosition, Begin: at, End: at}
		h.Append(op)
		op.Kind, op.Place, op.Position, op.End = history.KindAck, place, int64(i), at+500
		h.Append(op)
		op.Process = h.AddProcess(fmt.Sprintf("billing-%d", i%8))
		if points == 5 {
			op.Kind = history.KindStore
			h.Append(op)
			op.Kind, op.Begin = history.KindDeliver, at+500
			h.Append(op)
		}
		for sink := range sinks {
			op.Kind, op.Detail, op.Begin = history.KindApply, h.AddSymbol(fmt.Sprint("db-", sink)), at+600
			op.End = at + 600 + int64(random.IntN(late+1))*1000
			h.Append(op)
		}
	}
	return h
}

// alive returns the bytes that are in use.
func alive() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Judging takes no more memory than is counted for it before.
func TestCheckingTakesWhatIsCounted(t *testing.T) {
	const messages = 50_000
	for _, c := range []struct {
		points, late, sinks int
		ids                 []string
	}{
		{5, 0, 1, catalogue()}, {5, 1000, 1, catalogue()}, {3, 10, 1, catalogue()}, {3, 10, 1, patterns()},
		{5, 1000, 1, append(catalogue(), patterns()...)}, {3, 0, 1, []string{"total-order"}},
		{3, 10, 1, []string{"total-order"}}, {3, 10, 8, []string{"total-order"}}, {3, 10, 8, []string{"per-key-order"}},
		{3, 1000, 8, catalogue()}, {5, 10, 1, []string{"per-key-order", "no-loss"}},
	} {
		h := recorded(messages, c.points, c.late, c.sinks)
		perOperation, perMessage := judging(c.ids)
		counted := int64(h.Len())*perOperation + messages*perMessage
		before := alive()
		var judging *checker.Checker
		taken := peak.Within(counted, func() {
			judging = checker.New()
			judge(judging, h, c.ids, false, false, checker.Options{})
		})
		taken = max(taken, alive()-before) // a short peak may go unseen, but not what is kept
		runtime.KeepAlive(judging)
		t.Logf("%d points, late by %d, %d sinks, %d guarantees: %d bytes are counted, %d are taken",
			c.points, c.late, c.sinks, len(c.ids), counted, taken)
		if taken > counted || taken < counted/8 {
			t.Errorf("%d points, late by %d, %d sinks, %v: %d bytes are counted, and %d are taken",
				c.points, c.late, c.sinks, c.ids, counted, taken)
		}
	}
}

// logs writes a history of Jepsen's: n sends of a few values each, as many polls.
func logs(n, values int) []byte {
	var b bytes.Buffer
	for i := range n {
		var sends, sent, polled strings.Builder
		for j := range values {
			v := i*values + j
			fmt.Fprintf(&sends, "[:send %d %d]", i%8, v)
			fmt.Fprintf(&sent, "[:send %d [%d %d]]", i%8, v, v)
			fmt.Fprintf(&polled, "[%d %d]", v, v)
		}
		fmt.Fprintf(&b, "{:type :invoke, :f :send, :value [%s], :process 0}\n", sends.String())
		fmt.Fprintf(&b, "{:type :ok, :f :send, :value [%s], :process 0}\n", sent.String())
		fmt.Fprintf(&b, "{:type :invoke, :f :poll, :process 1}\n")
		fmt.Fprintf(&b, "{:type :ok, :f :poll, :value [[:poll {%d [%s]}]], :process 1}\n", i%8, polled.String())
	}
	return b.Bytes()
}

func TestCheckingJepsenTakesWhatIsCounted(t *testing.T) {
	for _, values := range []int{1, 4, 32} {
		h, err := jepsen.Read(bytes.NewReader(logs(100_000/values, values)), "f", jepsen.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, meant := range []anomalies.Options{{}, {WWDeps: true}} {
			counted := int64(len(h.Ops)*jepsenEach + h.Values()*jepsenValue)
			taken := peak.Within(counted, func() { anomalies.Check(&h.History, h.Kind, nil, meant) })
			t.Logf("%d values each, %+v: %d bytes are counted, %d are taken", values, meant, counted, taken)
			if taken > counted || taken < counted/32 /* it is looked at once a millisecond */ {
				t.Errorf("%d values each, %+v: %d bytes are counted, and %d are taken", values, meant, counted, taken)
			}
		}
	}
}

// registers writes a history of Jepsen's: n operations on some registers, of which the
// last one is wrong.
func registers(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		key := i % 100
		f, from := "cas", fmt.Sprintf("[%d %d]", i/100%5, (i/100+1)%5)
		if i/100%3 == 0 {
			f, from = "write", fmt.Sprint((i/100+1)%5)
		}
		if i == n-1 {
			f, from = "cas", "[7 8]"
		}
		fmt.Fprintf(&b, "{:type :invoke, :f :%s, :value [%d %s], :process 0}\n", f, key, from)
		fmt.Fprintf(&b, "{:type :ok, :f :%s, :value [%d %s], :process 0}\n", f, key, from)
	}
	return b.Bytes()
}

func TestCheckingRegistersTakesWhatIsCounted(t *testing.T) {
	h, err := jepsen.Read(bytes.NewReader(registers(60_000)), "f", jepsen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	counted := int64(len(h.Ops)*jepsenEach + h.Values()*jepsenValue)
	taken := peak.Within(counted, func() {
		if v := checker.RegistersOf(&h.History, "nil").Check(checker.Options{}); v.Status != checker.Violated {
			t.Errorf("%+v", v)
		}
	})
	t.Logf("%d bytes are counted, %d are taken", counted, taken)
	if taken > counted || taken < counted/32 /* it is looked at once a millisecond */ {
		t.Errorf("%d bytes are counted, and %d are taken", counted, taken)
	}
}

func TestAvailableMemory(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	meminfo := file("MemTotal:       24000000 kB\nMemAvailable:   8388608 kB\n")
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		limit int64
		want  int64
	}{
		{"nothing is told", fstest.MapFS{}, math.MaxInt64, 0},
		{"GOMEMLIMIT alone", fstest.MapFS{}, 5 << 30, 5 << 30},
		{"the machine", fstest.MapFS{"proc/meminfo": meminfo}, math.MaxInt64, 8 << 30},
		{"GOMEMLIMIT is less", fstest.MapFS{"proc/meminfo": meminfo}, 1 << 30, 1 << 30},
		{"a group of version 2, whose cache gives way", fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/a/b\n"),
			"sys/fs/cgroup/a/b/memory.max": file("3000000000\n"), "sys/fs/cgroup/a/b/memory.current": file("1200000000\n"),
			"sys/fs/cgroup/a/b/memory.stat": file("anon 1\nfile 1000000000\n"), "sys/fs/cgroup/a/memory.max": file("max\n"),
		}, math.MaxInt64, 2_800_000_000},
		{"one above it has less", fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/a/b\n"),
			"sys/fs/cgroup/a/b/memory.max": file("3000000000\n"), "sys/fs/cgroup/a/memory.max": file("2000000000\n"),
		}, math.MaxInt64, 2_000_000_000},
		{"a container's own root", fstest.MapFS{
			"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("536870912\n"),
		}, math.MaxInt64, 512 << 20},
		{"a group of version 1", fstest.MapFS{
			"proc/self/cgroup": file("5:cpu:/d\n4:memory:/d\n"),
			"sys/fs/cgroup/memory/d/memory.limit_in_bytes": file("2000\n"),
			"sys/fs/cgroup/memory/d/memory.usage_in_bytes": file("700\n"),
			"sys/fs/cgroup/memory/d/memory.stat":           file("total_cache 100\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes":   file("9223372036854771712\n"),
			"sys/fs/cgroup/cpu/d/memory.limit_in_bytes":    file("1\n"),
		}, math.MaxInt64, 1400},
		{"nothing is left", fstest.MapFS{
			"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("100\n"),
			"sys/fs/cgroup/memory.current": file("200\n"),
		}, math.MaxInt64, 1},
	} {
		if got := availableMemory(c.files, c.limit); got != c.want {
			t.Errorf("%s: %d bytes, want %d", c.name, got, c.want)
		}
	}
}

func TestByteSize(t *testing.T) {
	for text, want := range map[string]int64{"1KiB": 1 << 10, "512MiB": 512 << 20, "4GiB": 4 << 30, "2TiB": 2 << 40,
		"": 0, "4": 0, "4GB": 0, "-1GiB": 0, "0MiB": 0, "1.5GiB": 0, "9999999999TiB": 0} {
		var b byteSize
		if err := b.Set(text); b.bytes != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %d, %v; want %d", text, b.bytes, err, want)
		}
	}
}
