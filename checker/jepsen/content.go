package jepsen

import (
	"orderlab/checker/anomalies"
	"orderlab/checker/internal/edn"
)

// content reads what an event says of its operation. A completion without a value
// leaves what the invocation said.
func (d *decoder) content(e *event, i int, typ anomalies.Type) *problem {
	if d.out.Ops[i].F == anomalies.Read && typ == anomalies.OK && d.out.Kind == 0 {
		d.early = append(d.early, earlyRead{i, d.text(e.value)})
		return nil
	}
	if d.out.Ops[i].F == anomalies.Release {
		return d.released(e, i)
	}
	if d.out.Kind == anomalies.Register {
		if wrong := d.register(e.value, i, typ); wrong != nil {
			return wrong
		}
	} else if e.value != edn.None && d.form.Node(e.value).Kind != edn.Nil {
		if wrong := d.value(e.value, i, typ); wrong != nil {
			return wrong
		}
	}
	op := &d.out.Ops[i]
	if e.rebalance == edn.None || typ == anomalies.Pending ||
		op.F != anomalies.Send && op.F != anomalies.Poll && op.F != anomalies.Txn {
		return nil
	}
	return d.rebalance(e.rebalance, i)
}

// value reads the field :value.
func (d *decoder) value(id edn.NodeID, i int, typ anomalies.Type) *problem {
	op := &d.out.Ops[i]
	if op.F == anomalies.Other || op.F == anomalies.Crash {
		return nil
	}
	d.out.Rewrite(i)
	switch op.F {
	case anomalies.Send, anomalies.Poll, anomalies.Txn:
		return d.micro(id, i, typ)
	case anomalies.Assign, anomalies.Subscribe:
		return d.keys(id, i)
	case anomalies.Enqueue, anomalies.Add:
		d.out.Send(i, d.names.value(d.form, d.names.only(), id), anomalies.NoOffset)
	case anomalies.Dequeue:
		if typ == anomalies.OK {
			d.out.Read(i, d.names.value(d.form, d.names.only(), id), anomalies.NoOffset)
		}
	case anomalies.Drain, anomalies.Read:
		if typ == anomalies.OK || typ == anomalies.Info && op.F == anomalies.Drain {
			return d.elements(id, i)
		}
	}
	return nil
}

// collection checks that a node is a list of some kind.
func (d *decoder) collection(id edn.NodeID, what string) *problem {
	switch n := d.form.Node(id); n.Kind {
	case edn.Vector, edn.List, edn.Set:
		return nil
	default:
		return d.wrong(id, "%s stand in a vector, and here is %s", what, n.Kind)
	}
}

func (d *decoder) elements(id edn.NodeID, i int) *problem {
	if wrong := d.collection(id, "the values that were read"); wrong != nil {
		return wrong
	}
	for c := d.form.Node(id).First; c != edn.None; c = d.form.Node(c).Next {
		d.out.Read(i, d.names.value(d.form, d.names.only(), c), anomalies.NoOffset)
	}
	return nil
}

func (d *decoder) keys(id edn.NodeID, i int) *problem {
	if wrong := d.collection(id, "keys"); wrong != nil {
		return wrong
	}
	for c := d.form.Node(id).First; c != edn.None; c = d.form.Node(c).Next {
		d.out.List(i, d.names.key(d.form, c))
	}
	return nil
}

// released reads the keys that were taken from a client. The field :value has those that
// it keeps, for readers that do not know this field.
func (d *decoder) released(e *event, i int) *problem {
	if e.released == edn.None {
		return nil
	}
	d.out.Rewrite(i)
	return d.keys(e.released, i)
}

// rebalance reads the keys of a list of maps with the field :keys.
func (d *decoder) rebalance(id edn.NodeID, i int) *problem {
	if d.form.Node(id).Kind == edn.Nil {
		return nil
	}
	if wrong := d.collection(id, "rebalances"); wrong != nil {
		return wrong
	}
	for c := d.form.Node(id).First; c != edn.None; c = d.form.Node(c).Next {
		entry := d.form.Untag(c)
		if d.form.Node(entry).Kind != edn.Map {
			return d.wrong(entry, "a rebalance is a map with :keys, and here is %s", d.show(entry))
		}
		for key := d.form.Node(entry).First; key != edn.None; {
			value := d.form.Node(key).Next
			if name, ok := d.form.Name(key); ok && string(name) == "keys" && d.form.Node(value).Kind != edn.Nil {
				if wrong := d.keys(value, i); wrong != nil {
					return wrong
				}
			}
			key = d.form.Node(value).Next
		}
	}
	return nil
}

// micro reads the micro-operations of a send, poll or txn.
func (d *decoder) micro(id edn.NodeID, i int, typ anomalies.Type) *problem {
	if n := d.form.Node(id); !n.Sequential() {
		return d.wrong(id, "the value is a vector of micro-operations, as [[:send k v] [:poll]], and here is %s", n.Kind)
	}
	for c := d.form.Node(id).First; c != edn.None; c = d.form.Node(c).Next {
		mop := d.form.Untag(c)
		n := d.form.Node(mop)
		name := []byte(nil)
		if n.Sequential() && n.First != edn.None {
			name, _ = d.form.Name(n.First)
		}
		var wrong *problem
		switch string(name) {
		case "send":
			wrong = d.send(mop, i, typ)
		case "poll":
			wrong = d.poll(mop, i, typ)
		default:
			wrong = d.wrong(mop, "a micro-operation is [:send key value] or [:poll ...], and here is %s", d.show(mop))
		}
		if wrong != nil {
			return wrong
		}
	}
	return nil
}

// send reads [:send k v] or, of a completion, [:send k [offset v]].
func (d *decoder) send(mop edn.NodeID, i int, typ anomalies.Type) *problem {
	first := d.form.Node(d.form.Node(mop).First)
	if first.Next == edn.None || d.form.Node(first.Next).Next == edn.None {
		return d.wrong(mop, "a send has a key and a value, as [:send k v], and here is %s", d.show(mop))
	}
	key := d.names.key(d.form, first.Next)
	value := d.form.Node(first.Next).Next
	offset := anomalies.NoOffset
	if pair := d.form.Node(value); typ != anomalies.Pending && pair.Sequential() && pair.First != edn.None {
		second := d.form.Node(pair.First).Next
		// Unless the invocation sent this very vector as a value.
		if second != edn.None && d.form.Node(second).Next == edn.None && !d.sends(i, key, value) {
			var wrong *problem
			if offset, wrong = d.offset(pair.First); wrong != nil {
				return wrong
			}
			value = second
		}
	}
	v := d.names.value(d.form, key, value)
	if wrong := d.unique(mop, i, v); wrong != nil {
		return wrong
	}
	d.out.Send(i, v, offset)
	return nil
}

// sends says whether operation i was invoked with a value.
func (d *decoder) sends(i int, key anomalies.Key, value edn.NodeID) bool {
	v, ok := d.names.find(d.form, key, value)
	return ok && int(v) < len(d.sentBy) && d.sentBy[v].op == int32(i)
}

func (d *decoder) offset(id edn.NodeID) (int64, *problem) {
	switch n := d.form.Node(id); {
	case n.Kind == edn.Nil:
		return anomalies.NoOffset, nil
	case n.Kind == edn.Int && n.Int >= 0:
		return n.Int, nil
	}
	return 0, d.wrong(id, "an offset is a whole number from 0 or nil, and here is %s", d.show(id))
}

// poll reads [:poll] or [:poll {k [[offset v] ...] ...}].
func (d *decoder) poll(mop edn.NodeID, i int, typ anomalies.Type) *problem {
	result := d.form.Node(d.form.Node(mop).First).Next
	if typ == anomalies.Pending || result == edn.None {
		return nil
	}
	result = d.form.Untag(result)
	switch d.form.Node(result).Kind {
	case edn.Nil:
		return nil
	case edn.Map:
	default:
		return d.wrong(result, "a poll returns a map from keys to vectors of [offset value], and here is %s", d.show(result))
	}
	for k := d.form.Node(result).First; k != edn.None; {
		pairs := d.form.Node(k).Next
		key := d.names.key(d.form, k)
		k = d.form.Node(pairs).Next
		n := d.form.Node(pairs)
		if n.Kind == edn.Nil {
			continue
		}
		if !n.Sequential() {
			return d.wrong(pairs, "what was polled of a key is a vector of [offset value], and here is %s", d.show(pairs))
		}
		for pair := n.First; pair != edn.None; pair = d.form.Node(pair).Next {
			if wrong := d.pair(pair, key, i); wrong != nil {
				return wrong
			}
		}
	}
	return nil
}

func (d *decoder) pair(id edn.NodeID, key anomalies.Key, i int) *problem {
	n := d.form.Node(id)
	second := edn.None
	if n.Sequential() && n.First != edn.None {
		second = d.form.Node(n.First).Next
	}
	if second == edn.None || d.form.Node(second).Next != edn.None {
		return d.wrong(id, "what was polled is [offset value], and here is %s", d.show(id))
	}
	offset, wrong := d.offset(n.First)
	if wrong != nil {
		return wrong
	}
	d.out.Read(i, d.names.value(d.form, key, second), offset)
	return nil
}

// sender is the operation that sends a value, and the event that said so last.
type sender struct{ op, line, event int32 }

// unique sees to it that a value is sent to a key by one operation, once.
func (d *decoder) unique(mop edn.NodeID, i int, v anomalies.Value) *problem {
	for len(d.sentBy) <= int(v) {
		d.sentBy = append(d.sentBy, sender{op: -1})
	}
	s := &d.sentBy[v]
	if s.op >= 0 && !d.again && (s.op != int32(i) || s.event == d.now) {
		return d.wrong(mop, "the value %s is sent to key %s a second time, after line %d; values are unique, or what became of each "+
			"cannot be told", d.out.Name(v), d.out.Keys[d.out.KeyOf(v)], s.line)
	}
	*s = sender{int32(i), d.form.Node(mop).Line, d.now}
	return nil
}
