package history

import "math"

// The fields of a line.
const (
	fieldOp = iota
	fieldMessage
	fieldKey
	fieldProcess
	fieldSession
	fieldOutcome
	fieldPlace
	fieldPosition
	fieldDue   // the position of a send
	fieldValue // the position of a sample
	fieldAttempt
	fieldEpoch
	fieldAt
	fieldBegin
	fieldEnd
	fieldSink // from here on: what the detail is called
	fieldError
	fieldReason
	fieldMetric
	fieldDetail
	fieldVersion
	fieldCount
)

// field describes a field of a line.
type field struct {
	name     string
	number   bool  // a whole number, else a string
	min, max int64 // of a number
	full     bool  // the string is not empty
	doc      string
}

// fields describe all of them: the reader goes by this table, and the schema is made
// of it.
var fields = [fieldCount]field{
	fieldOp:      {name: "op", full: true, doc: "what happened"},
	fieldMessage: {name: "message", full: true, doc: "the message's name: unique, the same on every line about it"},
	fieldKey:     {name: "key", doc: "the message's key; on one of its lines or on all"},
	fieldProcess: {name: "process", full: true, doc: "who did it: the client, consumer or broker"},
	fieldSession: {name: "session", number: true, max: math.MaxUint16,
		doc: "incarnation of the process: higher after every crash or restart; 0 when left out"},
	fieldOutcome: {name: "outcome", full: true,
		doc: "fail: it certainly did not happen; unknown: it may have. Left out: ok, or unknown without an end"},
	fieldPlace:    {name: "place", full: true, doc: "partition, queue or log, as orders/0"},
	fieldPosition: {name: "position", number: true, max: math.MaxInt64, doc: "offset or number in the place"},
	fieldDue: {name: "due", number: true, max: math.MaxInt64,
		doc: "when a delayed message should be delivered, in nanoseconds of the clock of the times"},
	fieldValue: {name: "value", number: true, max: math.MaxInt64,
		doc: "the value of the metric, a whole number of its unit"},
	fieldAttempt: {name: "attempt", number: true, max: math.MaxUint16,
		doc: "number of this delivery or send of the message, from 1; 0 when it is not known"},
	fieldEpoch: {name: "epoch", number: true, max: math.MaxUint16,
		doc: "generation, lease or term under which the process owned the place"},
	fieldAt: {name: "at", number: true, min: math.MinInt64, max: Pending - 1,
		doc: "when it happened, for a moment, in nanoseconds of one clock"},
	fieldBegin: {name: "begin", number: true, min: math.MinInt64, max: Pending - 1,
		doc: "when it began, for a span, in nanoseconds of one clock"},
	fieldEnd: {name: "end", number: true, min: math.MinInt64, max: Pending - 1,
		doc: "when it ended; left out while no answer came"},
	fieldSink:    {name: "sink", doc: "the table, service or display of the effect"},
	fieldError:   {name: "error", doc: "what the client was told"},
	fieldReason:  {name: "reason", doc: "why it was put away: dead-letter, expired, deduplicated, ..."},
	fieldMetric:  {name: "metric", full: true, doc: "what is measured: lag, balance, unread, ..."},
	fieldDetail:  {name: "detail", doc: "anything else that the operation says"},
	fieldVersion: {name: "history", number: true, min: Version, max: Version, doc: "version of the format"},
}

// fieldOf returns the field of a name, or -1. Their lengths tell most names apart.
func fieldOf(name []byte) int {
	for f := range fields {
		if n := fields[f].name; len(n) == len(name) && string(name) == n {
			return f
		}
	}
	return -1
}

// fieldList returns the names of the fields of an operation.
func fieldList() []string {
	var names []string
	for f := range fieldVersion {
		names = append(names, fields[f].name)
	}
	return names
}

// unit says what the numbers of a field count, for those in which people err.
func unit(f int) string {
	if f == fieldAt || f == fieldBegin || f == fieldEnd {
		return "; times are nanoseconds of one clock"
	}
	return ""
}

// required are the fields that each kind must have besides op, process and time.
var required = [kindEnd][]int{
	KindSend: {fieldMessage}, KindAck: {fieldMessage}, KindStore: {fieldMessage, fieldPlace, fieldPosition},
	KindDeliver: {fieldMessage}, KindApply: {fieldMessage}, KindDispose: {fieldMessage}, KindCommit: {fieldPlace},
	KindRead: {fieldKey}, KindSample: {fieldMetric, fieldValue},
}

// allows says whether an operation of the kind may have a field.
func (k Kind) allows(f int) bool {
	about := k <= KindDispose || k == KindRead
	switch f {
	case fieldMessage, fieldKey:
		return about
	case fieldPosition:
		return k != KindRead && k != KindSample
	case fieldDue:
		return k == KindSend
	case fieldValue:
		return k == KindSample
	case fieldSink, fieldError, fieldReason, fieldMetric, fieldDetail:
		return fields[f].name == detailField(k)
	}
	return f != fieldVersion
}

// positionField is the field of a line that has the position of an operation.
func positionField(k Kind) int {
	switch k {
	case KindSend:
		return fieldDue
	case KindSample:
		return fieldValue
	}
	return fieldPosition
}

// misplaced reports a due time or a value of an operation that has none.
func (d *decoder) misplaced(k Kind) *problem {
	for _, f := range [...]int{fieldPosition, fieldDue, fieldValue} {
		if d.has(f) && !k.allows(f) {
			return problemf(d.fields[f].column, "%s has no %s", k, fields[f].name)
		}
	}
	return nil
}
