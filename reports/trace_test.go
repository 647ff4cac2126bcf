package reports_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"orderlab/model/history"
	"orderlab/reports"
	"orderlab/scenarios/result"
)

// traced is a history with what makes lines differ: a fault that lasts, an error,
// a later session, a redelivery, and an operation without an answer.
func traced() *history.History {
	h := new(history.History)
	producer, consumer, faults := h.AddProcess("producer-0"), h.AddProcess("consumer-0"), h.AddProcess("faults")
	place, key := h.AddPlace("orders/1"), h.AddKey("key-7")
	first := h.AddMessage(history.MessageInfo{Key: key, Producer: producer, Index: 0})
	second := h.AddMessage(history.MessageInfo{Key: history.NoKey, Producer: producer, Index: 1})
	add := func(op history.Op) { h.Append(op) }
	add(history.Op{Kind: history.KindSend, Process: producer, Message: first, Place: history.NoPlace,
		Position: history.NoPosition, Begin: 1_000_000_000, End: 1_000_000_000})
	add(history.Op{Kind: history.KindFault, Process: faults, Message: history.NoMessage, Place: history.NoPlace,
		Position: 0, Detail: h.AddSymbol("pause node=broker-0"), Begin: 1_500_000_000, End: 3_500_000_000})
	add(history.Op{Kind: history.KindAck, Outcome: history.Unknown, Process: producer, Message: first,
		Place: history.NoPlace, Position: history.NoPosition, Detail: h.AddSymbol("TIMEOUT"),
		Begin: 1_000_000_000, End: 2_000_000_001})
	add(history.Op{Kind: history.KindApply, Process: consumer, Session: 1, Message: first, Place: place, Position: 41,
		Attempt: 2, Detail: h.AddSymbol("sink"), Begin: 4_000_000_000, End: 4_020_000_000})
	add(history.Op{Kind: history.KindSend, Outcome: history.Unknown, Process: producer, Message: second,
		Place: history.NoPlace, Position: history.NoPosition, Begin: 5_000_000_000, End: history.Pending})
	add(history.Op{Kind: history.KindSample, Process: consumer, Message: history.NoMessage, Place: place, Position: 17,
		Detail: h.AddSymbol("unread"), Begin: 6_000_000_000, End: 6_000_000_000})
	return h
}

func ExampleTrace() {
	picked, err := reports.Trace(os.Stdout, traced(), reports.TraceFilter{})
	fmt.Println(picked, err)
	// Output:
	//     1.000000000s  producer-0    send        producer-0#0  key=key-7
	//     1.500000000s  faults        fault       pause node=broker-0  for 2s
	//     2.000000001s  producer-0    ack         unknown  producer-0#0  key=key-7  TIMEOUT  took 1.000000001s
	//     4.020000000s  consumer-0/1  apply       producer-0#0  key=key-7  orders/1@41  attempt 2  sink  took 20ms
	//     5.000000000s  producer-0    send        unknown  producer-0#1
	//     6.000000000s  consumer-0    sample      orders/1  unread=17
	// 6 <nil>
}

// Every filter picks the operations that fit, and of several all must.
func TestTraceFilters(t *testing.T) {
	for _, c := range []struct {
		filter reports.TraceFilter
		want   int
	}{
		{reports.TraceFilter{Node: "producer-0"}, 3},
		{reports.TraceFilter{Key: "key-7"}, 3},
		{reports.TraceFilter{Message: "producer-0#0"}, 3},
		{reports.TraceFilter{Message: "producer-0#1"}, 1},
		{reports.TraceFilter{Node: "consumer-0", Key: "key-7"}, 1},
		{reports.TraceFilter{Node: "faults", Key: "key-7"}, 0},
		{reports.TraceFilter{Node: "producer-1"}, 0},
		{reports.TraceFilter{Key: "key-8"}, 0},
		{reports.TraceFilter{Message: "producer-0#2"}, 0},
	} {
		var out bytes.Buffer
		picked, err := reports.Trace(&out, traced(), c.filter)
		if err != nil || picked != c.want || strings.Count(out.String(), "\n") != c.want {
			t.Errorf("%+v picks %d, %v:\n%s", c.filter, picked, err, out.String())
		}
	}
}

// Events stand between the operations, before those that were recorded in them.
func ExampleTracer() {
	h := traced()
	t := reports.NewTracer(os.Stdout, h, reports.TraceFilter{Message: "producer-0#0"})
	for _, e := range []result.Event{
		{At: 500_000_000, Node: "broker-0", From: "producer-0", Kind: result.EventConnection, Text: "a request for a connection"},
		{At: 2_000_000_001, Node: "producer-0", From: "broker-0", Kind: result.EventFrame, Text: "Produce -> TIMEOUT",
			Messages: []history.Message{1, 0}, Rows: 2},
		{At: 3_000_000_000, Node: "broker-0", From: "producer-0", Kind: result.EventLost, Text: "Produce",
			Messages: []history.Message{1}, Rows: 3},
	} {
		t.Event(&e)
	}
	err := t.Close()
	fmt.Println(t.Operations, t.Events, t.AllEvents, err)
	// Output:
	//     1.000000000s  producer-0    send        producer-0#0  key=key-7
	//     2.000000001s  producer-0    frame       Produce -> TIMEOUT  from broker-0
	//     2.000000001s  producer-0    ack         unknown  producer-0#0  key=key-7  TIMEOUT  took 1.000000001s
	//     4.020000000s  consumer-0/1  apply       producer-0#0  key=key-7  orders/1@41  attempt 2  sink  took 20ms
	// 3 1 3 <nil>
}

// A node is either end of a frame; a key is that of any message in it.
func TestTracePicksEvents(t *testing.T) {
	frame := result.Event{Node: "broker-0", From: "producer-0", Kind: result.EventFrame, Text: "Produce",
		Messages: []history.Message{0, 1}}
	timer := result.Event{Node: "broker-0", Kind: result.EventTimer, Text: "wait"}
	for _, c := range []struct {
		filter       reports.TraceFilter
		frame, timer int
	}{
		{reports.TraceFilter{}, 1, 1},
		{reports.TraceFilter{Node: "broker-0"}, 1, 1},
		{reports.TraceFilter{Node: "producer-0"}, 1, 0},
		{reports.TraceFilter{Node: "consumer-0"}, 0, 0},
		{reports.TraceFilter{Key: "key-7"}, 1, 0},
		{reports.TraceFilter{Key: "key-8"}, 0, 0},
		{reports.TraceFilter{Message: "producer-0#1"}, 1, 0},
		{reports.TraceFilter{Message: "producer-0#1", Key: "key-7"}, 0, 0},
		{reports.TraceFilter{Node: "consumer-0", Key: "key-7"}, 0, 0},
	} {
		for i, e := range []*result.Event{&frame, &timer} {
			tracer := reports.NewTracer(io.Discard, traced(), c.filter)
			tracer.Event(e)
			if want := []int{c.frame, c.timer}[i]; tracer.Events != want || tracer.AllEvents != 1 {
				t.Errorf("%+v picks %d of %+v", c.filter, tracer.Events, *e)
			}
		}
	}
}
