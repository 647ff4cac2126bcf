package checker

import (
	"fmt"
	"io"
	"math"
	"slices"

	"orderlab/checker/anomalies"
	"orderlab/checker/internal/linear"
	"orderlab/model/history"
)

// Registers are the registers of a history with the operations read, write and cas,
// one for each of its keys.
type Registers struct {
	from *anomalies.History
	// Rows has an operation for each of the history's, for diagrams: a write or cas as
	// an effect. Its messages are the values, and then what each cas does.
	Rows *history.History
	ops  [][]searchOp // by key
	zero []history.Message
	cas  map[[2]anomalies.Value]history.Message
}

// RegistersOf returns the registers of a history. Initial is the value that they have
// before the first write, as histories write it; "nil" stands for none. Times are the
// numbers of events. A cas that succeeded found its first value and left its second one;
// what failed did not happen, and what has no answer may have.
func RegistersOf(h *anomalies.History, initial string) *Registers {
	r := &Registers{from: h, Rows: new(history.History), ops: make([][]searchOp, len(h.Keys)),
		zero: resize([]history.Message(nil), len(h.Keys), history.NoMessage),
		cas:  make(map[[2]anomalies.Value]history.Message)}
	for _, name := range h.Keys {
		r.Rows.AddKey(name)
	}
	for v := range h.Values() {
		value := anomalies.Value(v)
		m := r.Rows.AddNamedMessage(h.Name(value), history.Key(h.KeyOf(value)))
		if h.Name(value) == initial {
			r.zero[h.KeyOf(value)] = m
		}
	}
	for _, name := range h.Processes[:min(len(h.Processes), math.MaxUint16)] {
		r.Rows.AddProcess(name)
	}
	for i := range h.Ops {
		r.add(int32(i))
	}
	return r
}

// add takes an operation.
func (r *Registers) add(i int32) {
	op := &r.from.Ops[i]
	sends, reads := r.from.SendsOf(op), r.from.ReadsOf(op)
	o := searchOp{event: none, begin: int64(op.Invoked), end: int64(op.Completed), row: i}
	row := history.Op{Kind: history.KindApply, Process: history.Process(min(op.Process, math.MaxUint16-1)),
		Message: history.NoMessage, Place: history.NoPlace, Position: history.NoPosition,
		Begin: o.begin, End: o.end, Outcome: outcomes[op.Type]}
	if op.Type == anomalies.Pending || op.Type == anomalies.Info {
		o.end = linear.Never
	}
	if op.Type == anomalies.Pending {
		row.End, row.Outcome = history.Pending, history.Unknown
	}
	key := anomalies.Key(-1)
	switch {
	case op.F == anomalies.CAS && len(sends) == 1 && len(reads) == 1:
		key = r.from.KeyOf(sends[0].Value)
		o.do, o.message, o.from = doCAS, history.Message(sends[0].Value), history.Message(reads[0].Value)
		row.Message = r.change(reads[0].Value, sends[0].Value)
	case op.F == anomalies.Write && len(sends) == 1:
		key = r.from.KeyOf(sends[0].Value)
		o.do, o.message, row.Message = doWrite, history.Message(sends[0].Value), history.Message(sends[0].Value)
	case op.F == anomalies.Read && len(reads) == 1 && op.Type == anomalies.OK:
		key = r.from.KeyOf(reads[0].Value)
		o.do, o.message = doRead, history.Message(reads[0].Value)
		row.Kind, row.Message, row.Position = history.KindRead, o.message, int64(key)
	}
	r.Rows.Append(row)
	if key >= 0 && op.Type != anomalies.Fail {
		r.ops[key] = append(r.ops[key], o)
	}
}

// change returns the message that stands for a cas in the rows.
func (r *Registers) change(from, to anomalies.Value) history.Message {
	m, known := r.cas[[2]anomalies.Value{from, to}]
	if !known {
		text := fmt.Sprintf("cas %s to %s", r.from.Name(from), r.from.Name(to))
		m = r.Rows.AddNamedMessage(text, history.Key(r.from.KeyOf(to)))
		r.cas[[2]anomalies.Value{from, to}] = m
	}
	return m
}

// Check decides linearizable-state: each register on its own. The rows of the witness
// are operations of the history, and its messages are values.
func (r *Registers) Check(opt Options) Verdict {
	v := Verdict{Guarantee: LinearizableState, Status: Holds}
	x := &index{h: r.Rows}
	var open undecided
	for key := range r.ops {
		if !slices.ContainsFunc(r.ops[key], func(o searchOp) bool { return o.do != doWrite }) {
			continue
		}
		s := r.search(key, opt)
		v.Decided += len(s.ops)
		w, unknown := s.judge(x)
		if unknown != "" {
			open.note(s.name, unknown)
		}
		if w != nil {
			v.Violations++
			if v.Witness == nil {
				v.Witness = w
			}
		}
	}
	v.Keys = v.Violations
	switch v = open.verdict(v); {
	case v.Violations > 0:
		v.Status = Violated
	case v.Status == Holds && opt.Truncated != "":
		v.Status, v.Reason = Unknown, opt.Truncated
	case v.Status == Holds && v.Decided == 0:
		v.Vacuous, v.Reason = true, "no register was read"
	}
	v.Guarantee = LinearizableState
	return v
}

// search returns the search for a linearization of a register.
func (r *Registers) search(key int, opt Options) search {
	ops := slices.Clone(r.ops[key])
	s := search{ops: ops, model: casModel(r.zero[key]), budget: opt.Budget.orDefault(), what: "a register",
		name: "the register"}
	if name := r.Rows.KeyName(history.Key(key)); name != "" {
		s.name = "register " + name
	}
	for i := range ops {
		if ops[i].do == doCAS {
			s.whole = true // what else was done may have let it succeed
		}
	}
	for i := range ops {
		if s.whole && ops[i].do != doRead {
			ops[i].event = int32(ops[i].do)
		}
	}
	return s
}

// Picture draws the violation that a verdict found, as [Picture] does.
func (r *Registers) Picture(w io.Writer, v *Verdict, opt Options) error {
	for key := range r.ops {
		s := r.search(key, opt)
		if !slices.ContainsFunc(s.ops, func(o searchOp) bool { return v.Witness != nil && int(o.row) == v.Witness.Rows[0] }) {
			continue
		}
		ops := s.ops
		if !s.whole {
			ops = around(ops, v.Witness)
		}
		for i := range ops {
			ops[i].seen = true
		}
		p := picture{h: r.Rows, ops: ops, witness: v.Witness}
		return p.write(w, s.model, s.budget)
	}
	return errNoWitness
}
