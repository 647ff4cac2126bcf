package checker

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"orderlab/checker/internal/linear"
	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

// HasPicture says whether [Picture] can draw violations of a guarantee.
func HasPicture(guarantee string) bool {
	return guarantee == LinearizableLog || guarantee == LinearizableQueue || guarantee == LinearizableState
}

// mostPictured is how many operations a picture has, unless the witness has more.
const mostPictured = 60

// Picture writes porcupine's picture of a violation as one HTML file that needs no
// other: the operations on the log, queue or register of the witness, those about
// its messages and as many around them as can be looked at, as bars in time, and
// how far they can be put in order. The options are those of the verdict. The error
// is the writer's, or says that there is nothing to draw.
func Picture(w io.Writer, h *history.History, v *Verdict, opt Options) error {
	if !HasPicture(v.Guarantee) || v.Witness == nil {
		return fmt.Errorf("there is no picture of %s, %s", v.Guarantee, v.Status)
	}
	c := New()
	c.index(h, nil)
	m, err := opt.machine()
	if err != nil {
		return err
	}
	var ops []searchOp
	var model porcupine.Model
	switch v.Guarantee {
	case LinearizableLog:
		ops, model = c.pictureLog(v.Witness)
	case LinearizableQueue:
		ops, model = c.pictureQueue(v.Witness)
	case LinearizableState:
		ops, model = c.pictureState(v.Witness, m)
	}
	if len(ops) == 0 {
		return errNoWitness
	}
	for i := range ops {
		ops[i].seen = true // the picture names all states
	}
	p := picture{h: h, ops: ops, witness: v.Witness, machine: m}
	return p.write(w, model, opt.Budget.orDefault())
}

var errNoWitness = errors.New("the witness is not one of this history")

// pictureLog returns the operations on the log of a witness.
func (c *Checker) pictureLog(w *Witness) ([]searchOp, porcupine.Model) {
	c.needIndex()
	x, l := &c.ix, &c.s.logs
	l.collect(x)
	place := history.NoPlace
	for _, row := range w.Rows {
		if k := x.h.Kind(row); k == history.KindAck || k == history.KindPoll {
			place = x.h.PlaceAt(row)
		}
	}
	if place == history.NoPlace {
		return nil, porcupine.Model{}
	}
	known := l.of(int(place))
	ops := make([]searchOp, len(known))
	for i := range known {
		o := &known[i]
		ops[i] = searchOp{do: doAppend, message: o.message, event: none, begin: o.begin, end: o.end, row: o.row,
			position: o.position}
		if o.read {
			ops[i].do = doReadEnd
		}
	}
	ops = around(ops, w)
	contradicted(ops)
	return ops, logModel()
}

// contradicted marks the appends of a message that stands elsewhere already, or at the
// position of another one: the model knows lengths only, so that no order would show
// what is wrong with them.
func contradicted(ops []searchOp) {
	at, of := make(map[history.Message]int64), make(map[int64]history.Message)
	for i := range ops {
		o := &ops[i]
		if o.do != doAppend || o.message == history.NoMessage {
			continue
		}
		position, placed := at[o.message]
		message, taken := of[o.position]
		if o.cannot = placed && position != o.position || taken && message != o.message; !o.cannot {
			at[o.message], of[o.position] = o.position, o.message
		}
	}
}

// pictureQueue returns the operations on the queue of a witness.
func (c *Checker) pictureQueue(w *Witness) ([]searchOp, porcupine.Model) {
	h, q := c.ix.h, &c.s.linear.queues
	q.collect(h)
	q.group(h)
	q.repeat(h)
	for place := range h.Places() + 1 {
		ops := q.operations(h, int32(place))
		if !slices.ContainsFunc(ops, func(o searchOp) bool {
			return (o.do == doDequeue || o.do == doEmpty) && slices.Contains(w.Rows, int(o.row))
		}) {
			continue
		}
		return around(ops, w), queueModel()
	}
	return nil, porcupine.Model{}
}

// pictureState returns the operations on the register or state machine of a
// witness. Of a state machine all are needed.
func (c *Checker) pictureState(w *Witness, m *machine) ([]searchOp, porcupine.Model) {
	h, r := c.ix.h, &c.s.linear.registers
	r.collect(h)
	g := r.at(h, w.Rows[0])
	if g == none {
		return nil, porcupine.Model{}
	}
	s := &r.state[g]
	rows := r.rows(h, func(other *register) bool { return other == s })
	ops := r.operations(h, m, rows.of(int(g)))
	if m == nil {
		ops = around(ops, w)
	}
	return ops, stateModel(m)
}

// around leaves out what is far from a witness, with all that is about the same
// messages, so that what is left is as possible as the whole was.
func around(ops []searchOp, w *Witness) []searchOp {
	first, last := linear.Never, linear.Ever
	for i := range ops {
		if o := &ops[i]; slices.Contains(w.Rows, int(o.row)) {
			first, last = min(first, o.begin), max(last, o.begin)
		}
	}
	type unit struct {
		far  uint64
		ops  []int
		must bool
	}
	var units []*unit
	of := make(map[history.Message]*unit)
	for i := range ops {
		o := &ops[i]
		u := of[o.message]
		if u == nil || o.message == history.NoMessage {
			u = &unit{far: ^uint64(0)}
			units = append(units, u)
			of[o.message] = u
		}
		u.ops = append(u.ops, i)
		u.far = min(u.far, distance(o.begin, first, last))
		u.must = u.must || o.do == doOpen || slices.Contains(w.Rows, int(o.row)) || w.about(o.message)
	}
	slices.SortStableFunc(units, func(a, b *unit) int { return cmp.Compare(a.far, b.far) })
	left := mostPictured
	for _, u := range units {
		if u.must {
			left -= len(u.ops)
		}
	}
	var keep []int
	for _, u := range units {
		switch {
		case u.must:
		case left < len(u.ops):
			continue
		default:
			left -= len(u.ops)
		}
		keep = append(keep, u.ops...)
	}
	slices.Sort(keep)
	out := make([]searchOp, 0, len(keep))
	for _, i := range keep {
		out = append(out, ops[i])
	}
	return fewOpens(out)
}

// distance returns how far a time is from a span.
func distance(at, first, last int64) uint64 {
	switch {
	case at < first:
		return uint64(first) - uint64(at)
	case at > last:
		return uint64(at) - uint64(last)
	}
	return 0
}

// fewOpens leaves out dequeues that would find nothing: a poll of which nobody
// knows how many messages it took is as many as there were in all.
func fewOpens(ops []searchOp) []searchOp {
	enqueues := 0
	for i := range ops {
		if ops[i].do == doEnqueue {
			enqueues++
		}
	}
	count := make(map[int32]int)
	return slices.DeleteFunc(ops, func(o searchOp) bool {
		if o.do != doOpen {
			return false
		}
		count[o.row]++
		return count[o.row] > enqueues
	})
}
