package reports_test

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"orderlab/model/history"
	"orderlab/reports"
	"orderlab/scenarios/result"
)

// TestGoldenPage keeps the page of a set with an unexpected violation.
func TestGoldenPage(t *testing.T) {
	golden(t, "one.html", func(w io.Writer) error {
		var page bytes.Buffer
		err := reports.HTML(&page, one(), reports.PageOptions{Shown: smallRun()})
		if err == nil {
			// The plots have golden files of their own, which are compared with some slack.
			_, err = w.Write(regexp.MustCompile(`base64,[^"]+`).ReplaceAll(page.Bytes(), []byte("base64,...")))
		}
		return err
	})
}

// TestPageOfAny makes the page of every set: it says the same twice, asks for nothing
// from outside, and hostile names stay text.
func TestPageOfAny(t *testing.T) {
	for _, s := range sets() {
		got := pageOf(t, s.set, smallRun())
		if !bytes.Equal(got, pageOf(t, s.set, smallRun())) {
			t.Errorf("%s: the page differs from call to call", s.name)
		}
		for _, wrong := range []string{"<script>alert", `src="http`, `href="http`, "ZgotmplZ", "<b>&#34;it"} {
			if bytes.Contains(got, []byte(wrong)) {
				t.Errorf("%s: the page holds %s", s.name, wrong)
			}
		}
	}
}

// TestPageSize: a run of 100,000 messages fits into 2 MB, and what is missing is said.
func TestPageSize(t *testing.T) {
	got := pageOf(t, expand(20), bigRun(100_000))
	if len(got) > 2_000_000 {
		t.Errorf("the page has %d bytes; at most 2 MB are allowed", len(got))
	}
	if !regexp.MustCompile(`97,600 of 100,000 messages of the run`).Match(got) {
		t.Error("the page does not say which messages it leaves out")
	}
}

// findBrowser returns a browser without a window, or skips the test.
func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless_shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium: the page is not opened")
	return ""
}

func pageOf(t *testing.T, set *result.Set, h *history.History) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := reports.HTML(&out, set, reports.PageOptions{Shown: h}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func smallRun() *history.History { return bigRun(8) }

// bigRun is a history of n messages that go straight through one partition.
func bigRun(n int) *history.History {
	h := &history.History{}
	producer, broker, consumer := h.AddProcess("p-0"), h.AddProcess("broker-0"), h.AddProcess("c-0")
	place, sink := h.AddPlace("orders/0"), h.AddSymbol("sink")
	for i := range n {
		key := h.AddKey("k" + string(rune('0'+i%8)))
		m := h.AddMessage(history.MessageInfo{Key: key, Producer: producer, Index: uint32(i)})
		at, pos := int64(i)*1e6, int64(i)
		op := history.Op{Kind: history.KindSend, Process: producer, Message: m, Place: history.NoPlace,
			Position: history.NoPosition, Begin: at, End: at}
		h.Append(op)
		op.Kind, op.Process, op.Place, op.Position, op.Begin, op.End = history.KindStore, broker, place, pos, at+2e6, at+2e6
		h.Append(op)
		op.Kind, op.Process, op.Attempt, op.Begin, op.End = history.KindDeliver, consumer, 1, at+5e6, at+5e6
		h.Append(op)
		op.Kind, op.Detail, op.Begin, op.End = history.KindApply, sink, at+5e6, at+9e6
		h.Append(op)
	}
	h.Append(history.Op{Kind: history.KindFault, Process: h.AddProcess("faults"), Message: history.NoMessage,
		Place: history.NoPlace, Position: 0, Detail: h.AddSymbol("crash broker=0"), Begin: 3e6, End: 6e6})
	return h
}

// BenchmarkPage makes the page of a run of 100,000 messages.
func BenchmarkPage(b *testing.B) {
	set, h := expand(20), bigRun(100_000)
	for b.Loop() {
		if err := reports.HTML(io.Discard, set, reports.PageOptions{Shown: h}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPerfetto writes the trace of a run of 100,000 messages.
func BenchmarkPerfetto(b *testing.B) {
	h := bigRun(100_000)
	for b.Loop() {
		if err := reports.Perfetto(io.Discard, h); err != nil {
			b.Fatal(err)
		}
	}
}

// TestPageOfMuch: many violations with long witnesses, long names and many scan points
// fit too, each with less of it, and the page says what it lacks.
func TestPageOfMuch(t *testing.T) {
	b := newBuilder("mq/"+strings.Repeat("very-long-", 12), 2)
	b.meta.Plots = allPlots()
	for i := range 60 {
		for _, rate := range []string{"1%", "5%", "10%", "20%", "50%", "90%", "99%", "100%"} {
			b.add(fmt.Sprintf("strategy-%s-%02d", strings.Repeat("long-", 30), i), result.Point{{Axis: "failing", Value: rate}},
				finding{inversions: 3, expect: "holds", lagMax: 9, p50: 1, p99: 2, load: 1})
		}
	}
	for i := range b.runs {
		if w := b.runs[i].Verdicts[0].Witness; w != nil {
			for len(w.Operations) < 3000 {
				w.Operations = append(w.Operations, w.Operations[:8]...)
			}
		}
	}
	got := pageOf(t, b.set(), bigRun(100_000))
	if len(got) > 2_000_000 {
		t.Errorf("the page has %d bytes; at most 2 MB are allowed", len(got))
	}
	for _, want := range []string{`messages of the run`, `operations of the witness`, `violations of other strategies`, `further scan points`} {
		if !bytes.Contains(got, []byte(want)) {
			t.Errorf("the page does not say that it leaves out %q", want)
		}
	}
}
