package jepsen_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
	"orderlab/model/history"

	"pgregory.net/rapid"
)

// judged is what a history is found to be, in a form that can be compared.
func judged(h *anomalies.History) (out []string) {
	for _, f := range anomalies.Check(h, anomalies.Log, nil, anomalies.Options{}) {
		out = append(out, fmt.Sprintf("%s %s vacuous %v: %d of %d, %d keys",
			f.ID, f.Status, f.Vacuous, f.Count, f.Decided, f.Keys))
	}
	return out
}

func writeAndRead(t interface{ Fatalf(string, ...any) }, h *anomalies.History) *jepsen.History {
	var text bytes.Buffer
	if err := jepsen.Write(&text, h); err != nil {
		t.Fatalf("%v", err)
	}
	back, err := jepsen.Read(bytes.NewReader(text.Bytes()), "written.edn", jepsen.Options{})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text.String())
	}
	return back
}

// operations are those of a history in words.
func operations(h *anomalies.History, spell func(string) string) (out []string) {
	for i := range h.Ops {
		out = append(out, h.Text(i, spell))
	}
	return out
}

// What is written is read back to the same operations and verdicts, whatever a group of
// clients does: sends that overlap and are repeated, polls, transactions, assignments,
// keys that are taken away, crashes.
func TestWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anomalies.FromHistory(drawRun(t))
		back := &writeAndRead(t, &h.History).History
		if got, want := operations(back, strings.Clone), operations(&h.History, strconv.Quote); !slices.Equal(got, want) {
			t.Fatalf("read back:\n%s\nwritten:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if got, want := judged(back), judged(&h.History); !slices.Equal(got, want) {
			var text strings.Builder
			_ = jepsen.Write(&text, &h.History)
			t.Fatalf("read back:\n%s\nwritten:\n%s\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), text.String())
		}
	})
}

// Who does not know the field :released judges what the polls of a process say of each
// other as we do: the keys that it keeps stand in the value.
func TestKeptKeysAreAssigned(t *testing.T) {
	released, decided := regexp.MustCompile(`, :released \[[^\]]*\]`), 0
	rapid.Check(t, func(t *rapid.T) {
		h := anomalies.FromHistory(drawRun(t))
		var text bytes.Buffer
		if err := jepsen.Write(&text, &h.History); err != nil {
			t.Fatal(err)
		}
		back, err := jepsen.Read(bytes.NewReader(released.ReplaceAll(text.Bytes(), nil)), "written.edn", jepsen.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ids := []string{anomalies.PollSkip, anomalies.NonmonotonicPoll}
		want := anomalies.Check(&h.History, anomalies.Log, ids, anomalies.Options{})
		for i, got := range anomalies.Check(&back.History, anomalies.Log, ids, anomalies.Options{}) {
			if got.Count != want[i].Count || got.Decided != want[i].Decided {
				t.Fatalf("%s: %d of %d, want %d of %d, in\n%s",
					got.ID, got.Count, got.Decided, want[i].Count, want[i].Decided, text.String())
			}
			if bytes.Contains(text.Bytes(), []byte(":released")) {
				decided += got.Decided
			}
		}
	})
	if decided == 0 {
		t.Error("no two polls with a rebalance in their history were compared")
	}
}

// drawRun draws a history as a run records it.
func drawRun(t *rapid.T) *history.History {
	h := new(history.History)
	places := []history.Place{h.AddPlace("orders/0"), h.AddPlace(`o"r\d` + "\n/1")}
	now := int64(0)
	op := func(k history.Kind, process string) history.Op {
		now += rapid.Int64Range(0, 2).Draw(t, "later")
		return history.Op{Kind: k, Process: h.AddProcess(process), Message: history.NoMessage, Place: history.NoPlace,
			Position: history.NoPosition, Begin: now, End: now}
	}
	producers, consumers := []string{"p", "q"}, []string{"c", "d"}
	clients := slices.Concat(producers, consumers)
	var sent, open []history.Op // open have no answer yet
	position := map[history.Place]int64{}
	for range rapid.IntRange(0, 25).Draw(t, "rows") {
		place := rapid.SampledFrom(places).Draw(t, "place")
		switch rapid.IntRange(0, 7).Draw(t, "what") {
		case 0, 1:
			o := op(history.KindSend, rapid.SampledFrom(producers).Draw(t, "producer"))
			if len(sent) > 0 && rapid.IntRange(0, 9).Draw(t, "again") == 0 {
				o.Message = rapid.SampledFrom(sent).Draw(t, "which").Message
			} else {
				info := history.MessageInfo{Key: h.AddKey("k"), Producer: o.Process, Index: uint32(len(sent))}
				o.Message = h.AddMessage(info)
			}
			h.Append(o)
			sent, open = append(sent, o), append(open, o)
		case 2:
			if len(open) == 0 {
				continue
			}
			i := rapid.IntRange(0, len(open)-1).Draw(t, "answered")
			s := open[i]
			open = slices.Delete(open, i, i+1)
			o := op(history.KindAck, h.ProcessName(s.Process))
			o.Message, o.Begin = s.Message, s.Begin
			outcomes := []history.Outcome{history.OK, history.OK, history.Fail, history.Unknown}
			o.Outcome = rapid.SampledFrom(outcomes).Draw(t, "outcome")
			if o.Outcome == history.OK {
				o.Place, o.Position = place, position[place]
				position[place] += rapid.Int64Range(0, 2).Draw(t, "step")
			}
			h.Append(o)
		case 3, 4:
			if len(sent) == 0 {
				continue
			}
			o := op(history.KindDeliver, rapid.SampledFrom(consumers).Draw(t, "consumer"))
			o.Message, o.Place = rapid.SampledFrom(sent).Draw(t, "delivered").Message, place
			o.Position = rapid.Int64Range(0, 6).Draw(t, "position")
			h.Append(o)
		case 5:
			kinds := []history.Kind{history.KindRebalance, history.KindAssign, history.KindPoll}
			o := op(rapid.SampledFrom(kinds).Draw(t, "kind"), rapid.SampledFrom(consumers).Draw(t, "consumer"))
			o.Place = place
			h.Append(o)
		case 6:
			h.Append(op(history.KindCrash, rapid.SampledFrom(consumers).Draw(t, "consumer")))
		case 7:
			kinds := []history.Kind{history.KindBegin, history.KindBegin, history.KindCommitTxn, history.KindAbortTxn}
			h.Append(op(rapid.SampledFrom(kinds).Draw(t, "end"), rapid.SampledFrom(clients).Draw(t, "client")))
		}
	}
	return h
}

// A producer with two sends under way needs two processes; a value that is sent again
// says so; names are escaped.
func TestWritten(t *testing.T) {
	h := new(history.History)
	p, place := h.AddProcess("p"), h.AddPlace(`o"/0`)
	m := h.AddMessage(history.MessageInfo{Key: history.NoKey, Producer: p, Index: 0})
	n := h.AddMessage(history.MessageInfo{Key: history.NoKey, Producer: p, Index: 1})
	row := func(k history.Kind, m history.Message, at history.Place, position, begin, end int64, o history.Outcome) {
		h.Append(history.Op{Kind: k, Outcome: o, Process: p, Message: m, Place: at, Position: position,
			Begin: begin, End: end})
	}
	row(history.KindSend, m, history.NoPlace, history.NoPosition, 1, 1, history.OK)
	row(history.KindSend, n, history.NoPlace, history.NoPosition, 2, 2, history.OK)
	row(history.KindAck, n, place, 0, 2, 3, history.OK)
	row(history.KindAck, m, history.NoPlace, history.NoPosition, 1, 4, history.Fail)
	row(history.KindSend, m, history.NoPlace, history.NoPosition, 5, 5, history.OK)
	row(history.KindAck, m, place, 1, 5, 6, history.OK)
	var got strings.Builder
	if err := jepsen.Write(&got, &anomalies.FromHistory(h).History); err != nil {
		t.Fatal(err)
	}
	const want = `{:index 0, :type :invoke, :process 0, :client "p", :f :send, :value [[:send "o\"/0" "p#0"]], :time 1}
{:index 1, :type :invoke, :process 1, :client "p", :f :send, :value [[:send "o\"/0" "p#1"]], :time 2}
{:index 2, :type :ok, :process 1, :client "p", :f :send, :value [[:send "o\"/0" [0 "p#1"]]], :time 3}
{:index 3, :type :fail, :process 0, :client "p", :f :send, :value [[:send "o\"/0" "p#0"]], :time 4}
{:index 4, :type :invoke, :process 0, :client "p", :f :send, :value [[:send "o\"/0" "p#0"]], :attempt 2, :time 5}
{:index 5, :type :ok, :process 0, :client "p", :f :send, :value [[:send "o\"/0" [1 "p#0"]]], :attempt 2, :time 6}
`
	if got.String() != want {
		t.Errorf("got\n%s", got.String())
	}
	if err := jepsen.Write(full{}, &anomalies.FromHistory(h).History); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

var errFull = errors.New("disk full")

// full is a writer on a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// A process has one client, whose name is a name; a value that is sent again without
// saying so is refused.
func TestClientsAreRefused(t *testing.T) {
	const line = `{:type :invoke, :process 0, :client "p", :f :send, :value [[:send :x 1]]}` + "\n" +
		`{:type :ok, :process 0, :client "p", :f :send, :value [[:send :x [0 1]]]}` + "\n"
	const poll, send = `:f :poll, :value [[:poll]]`, `:f :send, :value [[:send :x 1]]`
	for more, want := range map[string]string{
		`{:type :invoke, :process 0, :client "q", ` + poll + `}`:                  "written.edn:3:37: process 0 is of the client q here",
		`{:type :invoke, :process 1, :client [7], ` + poll + `}`:                  ":client is a name",
		`{:type :invoke, :process 1, :client "p", ` + send + `}`:                  "a second time",
		`{:type :invoke, :process 1, :client "p", ` + send + `, :attempt 1}`:      "a second time",
		`{:type :invoke, :process 1, :client "p", ` + send + `, :attempt 2}`:      "",
		`{:type :invoke, :process 1, :client "p", ` + poll + `, :attempt "many"}`: "",
	} {
		_, err := jepsen.Read(strings.NewReader(line+more), "written.edn", jepsen.Options{})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", more, err, want)
		}
	}
}
