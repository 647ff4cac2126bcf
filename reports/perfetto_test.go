package reports_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"orderlab/model/history"
	"orderlab/reports"
)

// pfSchema is the part of Perfetto's published schema that a trace of ours may use:
// message, field, its type on the wire, and the message it holds.
//
// Reference: Perfetto, protos/perfetto/trace/trace_packet.proto,
// track_event/{track_event,track_descriptor,debug_annotation}.proto.
var pfSchema = map[string]map[uint64]struct {
	wire  uint64
	name  string
	holds string
}{
	"Trace": {1: {2, "packet", "TracePacket"}},
	"TracePacket": {
		8: {0, "timestamp", ""}, 10: {0, "trusted_packet_sequence_id", ""},
		11: {2, "track_event", "TrackEvent"}, 60: {2, "track_descriptor", "TrackDescriptor"},
	},
	"TrackDescriptor": {1: {0, "uuid", ""}, 2: {2, "name", ""}, 5: {0, "parent_uuid", ""}},
	"TrackEvent": {
		4: {2, "debug_annotations", "DebugAnnotation"}, 9: {0, "type", ""}, 11: {0, "track_uuid", ""},
		22: {2, "categories", ""}, 23: {2, "name", ""}, 47: {1, "flow_ids", ""},
	},
	"DebugAnnotation": {6: {2, "string_value", ""}, 10: {2, "name", ""}},
}

// pfMessage is a message that was read: numbers, texts and messages by field.
type pfMessage map[string][]any

// pfRead reads a message by the schema.
func pfRead(kind string, b []byte) (pfMessage, error) {
	out := pfMessage{}
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		field, ok := pfSchema[kind][tag>>3]
		if n <= 0 || !ok || field.wire != tag&7 {
			return nil, fmt.Errorf("%s has field %d of type %d", kind, tag>>3, tag&7)
		}
		b = b[n:]
		if field.wire == 1 {
			out[field.name] = append(out[field.name], binary.LittleEndian.Uint64(b))
			b = b[8:]
			continue
		}
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, fmt.Errorf("%s.%s has no number", kind, field.name)
		}
		b = b[n:]
		if field.wire == 0 {
			out[field.name] = append(out[field.name], v)
			continue
		}
		var held any = string(b[:v])
		if field.holds != "" {
			m, err := pfRead(field.holds, b[:v])
			if err != nil {
				return nil, err
			}
			held = m
		}
		out[field.name] = append(out[field.name], held)
		b = b[v:]
	}
	return out, nil
}

// TestPerfettoReadsBack: the trace has the operations of the history, each on a track
// that was described before, with slices that close, and a flow for each message.
func TestPerfettoReadsBack(t *testing.T) {
	h := bigRun(40) // effects take longer than the messages lie apart, so they overlap
	var out bytes.Buffer
	if err := reports.Perfetto(&out, h); err != nil {
		t.Fatal(err)
	}
	trace, err := pfRead("Trace", out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	tracks, open, flows, operations := map[any]bool{}, map[any]any{}, map[any]int{}, 0
	last := map[any]uint64{}
	for _, p := range trace["packet"] {
		packet := p.(pfMessage)
		for _, d := range packet["track_descriptor"] {
			d := d.(pfMessage)
			if parent := d["parent_uuid"]; parent != nil && !tracks[parent[0]] {
				t.Errorf("the track %v lies below one that was not described", d)
			}
			tracks[d["uuid"][0]] = true
		}
		for _, e := range packet["track_event"] {
			e, at := e.(pfMessage), packet["timestamp"][0].(uint64)
			track := e["track_uuid"][0]
			if !tracks[track] {
				t.Errorf("an event on track %v, which was not described", track)
			}
			for _, f := range e["flow_ids"] {
				flows[f]++
			}
			switch e["type"][0].(uint64) {
			case 1:
				operations++
				if open[track] != nil || at < last[track] {
					t.Errorf("slices overlap on track %v at %d", track, at)
				}
				open[track] = e["name"][0]
			case 2:
				if open[track] == nil {
					t.Errorf("a slice ends on track %v that did not begin", track)
				}
				open[track], last[track] = nil, at
			case 3:
				operations++
			}
		}
	}
	for track, name := range open {
		if name != nil {
			t.Errorf("the slice %v on track %v does not end", name, track)
		}
	}
	if operations != h.Len() || len(flows) != h.Messages() {
		t.Errorf("%d operations and %d flows of %d and %d", operations, len(flows), h.Len(), h.Messages())
	}
	for f, n := range flows {
		if n != 4 {
			t.Errorf("flow %v has %d events of 4", f, n)
		}
	}
}

// TestPerfettoOfNothing: an empty history is an empty trace.
func TestPerfettoOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := reports.Perfetto(&out, &history.History{}); err != nil || out.Len() > 0 {
		t.Errorf("%d bytes, %v", out.Len(), err)
	}
}
