package anomalies

import (
	"strconv"
	"strings"

	"orderlab/model/history"
)

type session struct {
	process history.Process
	number  uint16
}

// draft is an operation whose parts are still being gathered.
type draft struct {
	op   Op
	keys []Key
	// The first and the last of its items, or none.
	first, last int32
}

// item is a value that an operation sends or was handed.
type item struct {
	message history.Message
	place   history.Place
	offset  int64
	send    bool
	void    bool // a send that failed in a transaction
	next    int32
}

// converter turns rows into operations.
type converter struct {
	h        *history.History
	out      *Recorded
	sessions map[session]int32
	at       []history.Place // by message: where it was seen first
	drafts   []draft
	items    []item
	owner    []int32 // by item its draft
	open     []int32 // by message: the item that is its earliest send without an answer, or none
	// Further sends of messages in open, and rows of answers whose send comes later.
	more, early map[history.Message][]int32
	txns        []int32 // by session: the draft of its transaction, or none
	polls       []int32 // by session: the poll whose deliveries may follow, or none
}

// reserve makes room for what the rows of each kind will need.
func (c *converter) reserve() {
	sends, delivers := c.h.Count(history.KindSend), c.h.Count(history.KindDeliver)
	c.items, c.owner = make([]item, 0, sends+delivers), make([]int32, 0, sends+delivers)
	c.drafts = make([]draft, 0, sends+c.h.Count(history.KindPoll))
	c.out.Ops = make([]Op, 0, cap(c.drafts))
	c.out.sends, c.out.reads = make([]Place, 0, sends), make([]Place, 0, delivers)
	c.out.keyOf, c.out.messages = make([]Key, 0, c.h.Messages()), make([]history.Message, 0, c.h.Messages())
}

// locate finds where each message was seen.
func (c *converter) locate() {
	c.at = make([]history.Place, c.h.Messages())
	for m := range c.at {
		c.at[m] = history.NoPlace
	}
	for row := range c.h.Len() {
		m, p := c.h.MessageAt(row), c.h.PlaceAt(row)
		known := m != history.NoMessage && p != history.NoPlace
		if known && c.h.Kind(row) <= history.KindDeliver && c.at[m] == history.NoPlace {
			c.at[m] = p
		}
	}
}

// process returns the number of a session, which stands for a process: after a crash
// nothing is asked of the order with what was before.
func (c *converter) process(op *history.Op) int32 {
	s := session{op.Process, op.Session}
	p, ok := c.sessions[s]
	if !ok {
		name := c.h.ProcessName(op.Process)
		if op.Session > 0 {
			name += "/" + strconv.Itoa(int(op.Session))
		}
		p = c.out.AddProcess(name)
		c.sessions[s] = p
		c.txns, c.polls = append(c.txns, none), append(c.polls, none)
	}
	return p
}

func typeOf(o history.Outcome) Type {
	switch o {
	case history.OK:
		return OK
	case history.Fail:
		return Fail
	}
	return Info
}

// begin starts a draft, which is complete when its row has an end.
func (c *converter) begin(f F, p, row int32, op *history.Op) int32 {
	d := draft{Op{F: f, Process: p, Begin: op.Begin, Line: row, EndLine: row, Completed: Never}, nil, none, none}
	c.drafts = append(c.drafts, d)
	i := int32(len(c.drafts) - 1)
	c.end(i, row, op)
	return i
}

// end completes a draft with a row.
func (c *converter) end(i, row int32, op *history.Op) {
	if op.End == history.Pending {
		return
	}
	d := &c.drafts[i].op
	d.Type, d.End, d.EndLine = typeOf(op.Outcome), op.End, row
}

// add gives a draft an item.
func (c *converter) add(i int32, it item) int32 {
	it.next = none
	n := int32(len(c.items))
	c.items, c.owner = append(c.items, it), append(c.owner, i)
	if d := &c.drafts[i]; d.last == none {
		d.first, d.last = n, n
	} else {
		c.items[d.last].next = n
		d.last = n
	}
	return n
}

// row takes one row of the history.
func (c *converter) row(row int32) {
	switch c.h.Kind(int(row)) {
	case history.KindStore, history.KindApply, history.KindDispose, history.KindCommit, history.KindRead,
		history.KindFault:
		return
	}
	op := c.h.Op(int(row))
	p := c.process(&op)
	switch op.Kind {
	case history.KindSend:
		c.send(p, row, &op)
	case history.KindAck:
		c.ack(row, &op)
	case history.KindPoll:
		c.poll(p, row, &op)
	case history.KindDeliver:
		c.deliver(p, row, &op)
	case history.KindBegin:
		c.txns[p] = c.begin(Txn, p, row, &op)
		c.drafts[c.txns[p]].op.Type = Pending
	case history.KindCommitTxn, history.KindAbortTxn:
		c.finish(p, row, &op)
	case history.KindAssign, history.KindSubscribe:
		c.assign(p, row, &op)
	case history.KindRebalance:
		i := c.begin(Release, p, row, &op)
		c.drafts[i].keys = []Key{Key(op.Place)}
		if t := c.txns[p]; t != none {
			c.drafts[t].keys = append(c.drafts[t].keys, Key(op.Place))
		}
	case history.KindCrash:
		c.begin(Crash, p, row, &op)
		c.txns[p] = none
	}
	if op.Kind != history.KindPoll && op.Kind != history.KindDeliver {
		c.polls[p] = none
	}
}

func (c *converter) send(p, row int32, op *history.Op) {
	i := c.txns[p]
	if i == none {
		i = c.begin(Send, p, row, op)
		c.drafts[i].op.Type = Pending
	}
	it := c.add(i, item{message: op.Message, place: history.NoPlace, offset: NoOffset, send: true})
	if c.open[op.Message] == none {
		c.open[op.Message] = it
	} else {
		c.more[op.Message] = append(c.more[op.Message], it)
	}
	if row := take(c.early, op.Message); row != none {
		answer := c.h.Op(int(row))
		c.ack(row, &answer)
	}
}

// take removes and returns the first number that is kept for a message, or none.
func take(of map[history.Message][]int32, m history.Message) int32 {
	if len(of) == 0 {
		return none
	}
	all := of[m]
	if len(all) == 0 {
		return none
	}
	if of[m] = all[1:]; len(all) == 1 {
		delete(of, m)
	}
	return all[0]
}

// ack answers the earliest send of its message that has no answer yet.
func (c *converter) ack(row int32, op *history.Op) {
	sent := c.open[op.Message]
	if sent == none {
		c.early[op.Message] = append(c.early[op.Message], row)
		return
	}
	c.open[op.Message] = take(c.more, op.Message)
	it := &c.items[sent]
	it.place = op.Place
	if op.Position != history.NoPosition && op.Outcome != history.Fail {
		it.offset = op.Position
	}
	i := c.owner[sent]
	if c.drafts[i].op.F == Txn {
		it.void = op.Outcome == history.Fail
		return
	}
	c.end(i, row, op)
}

func (c *converter) poll(p, row int32, op *history.Op) {
	i := c.txns[p]
	if i == none {
		i = c.begin(Poll, p, row, op)
	}
	c.polls[p] = i
}

func (c *converter) deliver(p, row int32, op *history.Op) {
	i := c.polls[p]
	if i == none {
		i = c.txns[p]
	}
	if i == none {
		i = c.begin(Poll, p, row, op)
	}
	c.add(i, item{message: op.Message, place: op.Place, offset: op.Position})
	if d := &c.drafts[i].op; d.F == Poll && op.End != history.Pending {
		d.End, d.EndLine = max(d.End, op.End), row
	}
}

func (c *converter) finish(p, row int32, op *history.Op) {
	i := c.txns[p]
	if i == none {
		return
	}
	c.txns[p] = none
	c.end(i, row, op)
	if d := &c.drafts[i].op; op.Kind == history.KindAbortTxn && d.Type == OK {
		d.Type = Fail
	}
}

// assign takes a row of an assign or subscribe; rows of one moment are one operation.
func (c *converter) assign(p, row int32, op *history.Op) {
	f := Assign
	if op.Kind == history.KindSubscribe {
		f = Subscribe
	}
	i := int32(len(c.drafts) - 1)
	if i < 0 || c.drafts[i].op.F != f || c.drafts[i].op.Process != p || c.drafts[i].op.Begin != op.Begin {
		i = c.begin(f, p, row, op)
	}
	if op.Place != history.NoPlace {
		c.drafts[i].keys = append(c.drafts[i].keys, Key(op.Place))
		return
	}
	topic := c.h.SymbolName(op.Detail)
	for k, name := range c.out.Keys {
		if name == topic || strings.HasPrefix(name, topic+"/") {
			c.drafts[i].keys = append(c.drafts[i].keys, Key(k))
		}
	}
}
