package jepsen

import (
	"bytes"

	"orderlab/checker/anomalies"
	"orderlab/checker/internal/edn"
)

// earlyRead is a read that completed before it was known what the history is about: of
// a set it returned all elements, of a register one value.
type earlyRead struct {
	op   int
	text []byte
}

// text copies a node as text; nil where there is none.
func (d *decoder) text(id edn.NodeID) []byte {
	if id == edn.None {
		return nil
	}
	text := d.form.Append(nil, id)
	d.earlyText += int64(2*len(text)) + earlyBytes
	return text
}

// earlyBytes is what an earlyRead takes at most, besides its text.
const earlyBytes = 96

// readEarlier takes what completed earlier, now that it is known what it means.
func (d *decoder) readEarlier() *problem {
	now := d.form
	defer func() { d.form, d.early, d.earlyText = now, nil, 0 }()
	for _, e := range d.early {
		op := &d.out.Ops[e.op]
		value := edn.None
		if e.text != nil {
			form, err := edn.NewReader(bytes.NewReader(e.text), edn.Limits{}).Next()
			if err != nil {
				return &problem{line: op.EndLine, text: "the value of this read cannot be read again"}
			}
			d.form, value = form, form.Untag(0)
		}
		var wrong *problem
		switch {
		case d.out.Kind == anomalies.Register:
			wrong = d.register(value, e.op, anomalies.OK)
		case d.out.Kind == anomalies.Set && value != edn.None && d.form.Node(value).Kind != edn.Nil:
			wrong = d.value(value, e.op, anomalies.OK)
		}
		if wrong != nil {
			return &problem{line: op.EndLine, text: wrong.text}
		}
	}
	return nil
}

// two returns the two elements of a vector of two.
func (d *decoder) two(id edn.NodeID) (a, b edn.NodeID, ok bool) {
	if id == edn.None || !d.form.Node(id).Sequential() {
		return edn.None, edn.None, false
	}
	if a = d.form.Node(id).First; a == edn.None {
		return a, edn.None, false
	}
	if b = d.form.Node(a).Next; b == edn.None {
		return a, b, false
	}
	return a, b, d.form.Node(b).Next == edn.None
}

// isTuple says whether the first write or cas of a history is of an independent
// register: [key value] or [key [old new]].
func (d *decoder) isTuple(id edn.NodeID, op anomalies.F) bool {
	_, second, ok := d.two(id)
	if ok && op == anomalies.CAS {
		_, _, ok = d.two(d.form.Untag(second))
	}
	return ok
}

// register reads the value of a read, write or cas of a register.
func (d *decoder) register(id edn.NodeID, i int, typ anomalies.Type) *problem {
	op := &d.out.Ops[i]
	if op.F != anomalies.Read && op.F != anomalies.Write && op.F != anomalies.CAS ||
		op.F == anomalies.Read && typ != anomalies.OK {
		return nil
	}
	none := id == edn.None || d.form.Node(id).Kind == edn.Nil
	if none && op.F != anomalies.Read {
		if typ == anomalies.Pending {
			return &problem{line: op.Line, text: "a " + op.F.String() + " says what it writes"}
		}
		return nil // the invocation said it
	}
	key := d.names.only()
	if d.tuples {
		k, v, ok := d.two(id)
		if !ok {
			if none {
				return nil // of which register, nobody knows
			}
			return d.wrong(id, "the first write or cas, on line %d, has a value [key value], and here is %s", d.kindLine, d.show(id))
		}
		key, id = d.names.key(d.form, k), d.form.Untag(v)
	}
	d.out.Rewrite(i)
	switch op.F {
	case anomalies.Read:
		d.out.Read(i, d.registerValue(key, id), anomalies.NoOffset)
	case anomalies.Write:
		d.out.Send(i, d.registerValue(key, id), anomalies.NoOffset)
	case anomalies.CAS:
		from, to, ok := d.two(id)
		if !ok {
			return d.wrong(id, "a cas has the old and the new value, as [1 2], and here is %s", d.show(id))
		}
		d.out.Read(i, d.registerValue(key, from), anomalies.NoOffset)
		d.out.Send(i, d.registerValue(key, to), anomalies.NoOffset)
	}
	return nil
}

// registerValue returns the number of a value; nil is one, and so is none at all.
func (d *decoder) registerValue(key anomalies.Key, id edn.NodeID) anomalies.Value {
	if id == edn.None {
		return d.names.nothing(key)
	}
	return d.names.value(d.form, key, id)
}
