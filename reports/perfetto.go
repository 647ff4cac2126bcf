package reports

import (
	"bufio"
	"encoding/binary"
	"io"
	"slices"

	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// Field numbers of Perfetto's trace.
//
// Reference: Perfetto, protos/perfetto/trace/{trace,trace_packet}.proto,
// track_event/{track_event,track_descriptor,debug_annotation}.proto.
const (
	pfTracePacket = 1

	pfPacketTimestamp  = 8 // nanoseconds
	pfPacketSequence   = 10
	pfPacketEvent      = 11
	pfPacketDescriptor = 60

	pfTrackUUID   = 1
	pfTrackName   = 2
	pfTrackParent = 5

	pfEventAnnotation = 4
	pfEventType       = 9
	pfEventTrack      = 11
	pfEventCategory   = 22
	pfEventName       = 23
	pfEventFlow       = 47

	pfAnnotationText = 6
	pfAnnotationName = 10

	pfTypeBegin   = 1
	pfTypeEnd     = 2
	pfTypeInstant = 3
)

// Perfetto writes a history as a trace that ui.perfetto.dev opens: a track for each
// process and each place, a slice for each operation that takes time, an instant
// for each other one, and a flow arrow along the operations of each message. An
// operation that overlaps others of its track lies on a track of its own below it.
// Times are nanoseconds of virtual time. The error is the writer's.
func Perfetto(w io.Writer, h *history.History) error {
	t := &perfetto{w: bufio.NewWriterSize(w, 1<<16), h: h, tracks: map[string]*perfettoTrack{}}
	rows := make([]int, h.Len())
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		x, y := t.begin(a), t.begin(b)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	for _, row := range rows {
		t.operation(row)
	}
	return t.w.Flush()
}

// perfetto is a trace on its way out. The buffers are used again.
type perfetto struct {
	w                   *bufio.Writer
	h                   *history.History
	tracks              map[string]*perfettoTrack
	uuids               uint64
	packet, inner, text []byte
}

// perfettoTrack is a track with the rows below it that overlapping slices need.
type perfettoTrack struct {
	uuid uint64
	ends []int64 // of the last slice of each row
	rows []uint64
}

// begin is when an operation is drawn: an answer when it arrives, what has no end
// when it began.
func (t *perfetto) begin(row int) int64 {
	if end := t.h.EndAt(row); t.h.Kind(row) == history.KindAck && end != history.Pending {
		return end
	}
	return t.h.BeginAt(row)
}

func (t *perfetto) operation(row int) {
	op := t.h.Op(row)
	named := result.NewOperation(t.h, op)
	begin, end := t.begin(row), op.End
	if end == history.Pending || end < begin {
		end = begin
	}
	track := t.track("process ", t.h.ProcessName(op.Process))
	if op.Kind == history.KindStore && op.Place != history.NoPlace {
		track = t.track("place ", t.h.PlaceName(op.Place))
	}
	if begin == end {
		t.event(pfTypeInstant, begin, track.uuid, op.Message, &named)
		return
	}
	at := slices.IndexFunc(track.ends, func(last int64) bool { return last <= begin })
	if at < 0 {
		at = len(track.ends)
		track.ends = append(track.ends, 0)
		track.rows = append(track.rows, t.describe("work", track.uuid))
	}
	track.ends[at] = end
	t.event(pfTypeBegin, begin, track.rows[at], op.Message, &named)
	t.event(pfTypeEnd, end, track.rows[at], history.NoMessage, nil)
}

// track returns the track of a name, and describes it the first time.
func (t *perfetto) track(kind, name string) *perfettoTrack {
	if name == "" {
		name = "?"
	}
	track := t.tracks[kind+name]
	if track == nil {
		track = &perfettoTrack{uuid: t.describe(kind+name, 0)}
		t.tracks[kind+name] = track
	}
	return track
}

// describe writes the description of a new track.
func (t *perfetto) describe(name string, parent uint64) (uuid uint64) {
	t.uuids++
	t.inner = pfUint(t.inner[:0], pfTrackUUID, t.uuids)
	t.inner = pfText(t.inner, pfTrackName, clean(name))
	if parent != 0 {
		t.inner = pfUint(t.inner, pfTrackParent, parent)
	}
	t.write(0, pfPacketDescriptor)
	return t.uuids
}

// event writes an event; op is nil for the end of a slice.
func (t *perfetto) event(kind uint64, at int64, track uint64, m history.Message, op *result.Operation) {
	t.inner = pfUint(t.inner[:0], pfEventType, kind)
	t.inner = pfUint(t.inner, pfEventTrack, track)
	if op != nil {
		name := op.Kind
		if op.Message != "" {
			name += " " + op.Message
		}
		t.inner = pfText(t.inner, pfEventCategory, op.Kind)
		t.inner = pfText(t.inner, pfEventName, clean(name))
		t.annotate("operation", step(op, true).text)
		if op.Key != "" {
			t.annotate("key", clean(op.Key))
		}
	}
	if m != history.NoMessage {
		t.inner = binary.AppendUvarint(t.inner, pfEventFlow<<3|1) // fixed64
		t.inner = binary.LittleEndian.AppendUint64(t.inner, uint64(m)+1)
	}
	t.write(at, pfPacketEvent)
}

func (t *perfetto) annotate(name, text string) {
	t.text = pfText(pfText(t.text[:0], pfAnnotationName, name), pfAnnotationText, text)
	t.inner = pfText(t.inner, pfEventAnnotation, string(t.text))
}

// write writes a packet with what the inner buffer holds. The writer keeps its
// first error.
func (t *perfetto) write(at int64, field uint64) {
	t.packet = pfUint(t.packet[:0], pfPacketTimestamp, uint64(max(0, at)))
	t.packet = pfUint(t.packet, pfPacketSequence, 1)
	t.packet = pfText(t.packet, field, string(t.inner))
	var head [20]byte
	out := pfUint(head[:0], pfTracePacket, uint64(len(t.packet)))
	out[0] |= 2 // a length, not a number
	_, _ = t.w.Write(out)
	_, _ = t.w.Write(t.packet)
}

// pfUint appends a number.
func pfUint(to []byte, field, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(to, field<<3), v)
}

// pfText appends a text, or a message of its bytes.
func pfText(to []byte, field uint64, s string) []byte {
	to = binary.AppendUvarint(to, field<<3|2)
	return append(binary.AppendUvarint(to, uint64(len(s))), s...)
}
