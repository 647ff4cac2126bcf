package checker

import (
	"math"

	"orderlab/checker/anomalies"
	"orderlab/model/history"
)

// QueueOf returns the operations of a history about a queue as sends and deliveries,
// for linearizable-queue, and by row the operation that it is a part of. Times are
// the numbers of events. A drain is as many dequeues as it returned values; one
// without an answer may have taken any number more. A dequeue that failed took
// nothing, and one that says neither what it took nor that it failed any one message.
func QueueOf(h *anomalies.History) (out *history.History, ops []int32) {
	q := &queueRows{from: h, out: new(history.History)}
	for v := range h.Values() {
		q.out.AddNamedMessage(h.Name(anomalies.Value(v)), history.NoKey)
	}
	for _, name := range h.Processes[:min(len(h.Processes), math.MaxUint16)] {
		q.out.AddProcess(name)
	}
	for i := range h.Ops {
		q.add(int32(i))
	}
	return q.out, q.ops
}

const noValue anomalies.Value = -1

type queueRows struct {
	from *anomalies.History
	out  *history.History
	ops  []int32
}

func (q *queueRows) add(i int32) {
	op := &q.from.Ops[i]
	end := int64(op.Completed)
	if op.Type == anomalies.Pending {
		end = history.Pending
	}
	switch op.F {
	case anomalies.Enqueue:
		for _, s := range q.from.SendsOf(op) {
			q.append(i, history.KindSend, s.Value, history.OK, int64(op.Invoked))
			if op.Type != anomalies.Pending {
				q.append(i, history.KindAck, s.Value, outcomes[op.Type], end)
			}
		}
	case anomalies.Dequeue, anomalies.Drain:
		taken := q.from.ReadsOf(op)
		for _, r := range taken {
			q.append(i, history.KindDeliver, r.Value, history.OK, end)
		}
		unknown := op.Type == anomalies.Pending || op.Type == anomalies.Info
		switch {
		case op.F == anomalies.Drain && unknown:
			q.append(i, history.KindPoll, noValue, history.Unknown, history.Pending)
		case op.F == anomalies.Dequeue && len(taken) == 0 && op.Type != anomalies.Fail:
			q.append(i, history.KindDeliver, noValue, history.Unknown, history.Pending)
		}
	}
}

var outcomes = map[anomalies.Type]history.Outcome{
	anomalies.OK: history.OK, anomalies.Fail: history.Fail, anomalies.Info: history.Unknown,
}

// append adds a row of an operation; v is noValue where it names no message.
func (q *queueRows) append(i int32, k history.Kind, v anomalies.Value, o history.Outcome, end int64) {
	op := &q.from.Ops[i]
	row := history.Op{Kind: k, Outcome: o, Process: history.Process(min(op.Process, math.MaxUint16-1)),
		Message: history.NoMessage, Place: history.NoPlace, Position: history.NoPosition, Begin: int64(op.Invoked), End: end}
	if v != noValue {
		row.Message = history.Message(v)
	}
	q.out.Append(row)
	q.ops = append(q.ops, i)
}
