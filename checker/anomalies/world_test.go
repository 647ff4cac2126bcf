package anomalies

import (
	"slices"
	"strconv"

	"pgregory.net/rapid"
)

// world is a system of logs that does as it should: an operation takes effect at one
// moment between its invocation and its completion, or not at all; a consumer is
// handed what stands next; what failed is undone. Clients of it write the history.
type world struct {
	t       *rapid.T
	h       *History
	now     int32
	logs    [][]Place // by key
	next    []int64   // offset
	clients []*client
	script  []func() // what an injected fault still has to do
	clean   int      // keys that the clients use; those of the script come behind
}

// client is a process with a producer and a consumer.
type client struct {
	process  int32
	position []int // by key: the number of entries it is through, of those it reads
	reads    []bool
	op       int // that is under way, or -1
	planned  F
	applied  bool
	sends    []Place
	polls    []Place
	moved    []int // positions after the poll
}

func newWorld(t *rapid.T, keys int) *world {
	w := &world{t: t, h: &History{Unit: "line"}, clean: keys}
	for range keys {
		w.key()
	}
	return w
}

// key makes a new log.
func (w *world) key() Key {
	w.logs, w.next = append(w.logs, nil), append(w.next, 0)
	return w.h.AddKey("k" + strconv.Itoa(len(w.logs)-1))
}

func (w *world) value(k Key) Value { return w.h.AddValue(k, "v"+strconv.Itoa(w.h.Values())) }

func (w *world) tick() int32 { w.now++; return w.now }

// process makes a new process.
func (w *world) process() int32 { return w.h.AddProcess(strconv.Itoa(len(w.h.Processes))) }

// client starts a client that reads all keys of the clients.
func (w *world) client() *client {
	c := &client{process: w.process(), op: -1, position: make([]int, w.clean), reads: make([]bool, w.clean)}
	for k := range c.reads {
		c.reads[k] = true
	}
	return c
}

func (w *world) pick(label string, n int) int { return rapid.IntRange(0, n-1).Draw(w.t, label) }

// append puts a value into its log, sometimes behind something that is no message.
func (w *world) append(v Value) Place {
	k := w.h.KeyOf(v)
	w.next[k] += int64(w.pick("hole", 2))
	p := Place{v, w.next[k]}
	w.next[k]++
	w.logs[k] = append(w.logs[k], p)
	return p
}

// run lets clients act, and the script among them, and then reads everything.
func (w *world) run(steps int) {
	for range 1 + w.pick("clients", 4) {
		w.clients = append(w.clients, w.client())
	}
	for step := range steps {
		if n := len(w.script); n > 0 && (steps-step <= n || w.pick("script", 3) == 0) {
			w.script[0]()
			w.script = w.script[1:]
			continue
		}
		w.step(w.clients[w.pick("client", len(w.clients))])
	}
	for _, c := range w.clients {
		for c.op >= 0 {
			w.step(c)
		}
	}
}

// drain reads all logs from the beginning with one successful poll a key, but for
// the last entries of some.
func (w *world) drain(short map[Key]int) {
	p := w.process()
	for k, log := range w.logs {
		w.whole(Poll, p, OK, nil, log[:len(log)-short[Key(k)]])
	}
}

// whole records an operation from beginning to end.
func (w *world) whole(f F, process int32, typ Type, sends, reads []Place) int {
	return w.complete(w.invoke(f, process), typ, sends, reads)
}

func (w *world) invoke(f F, process int32) int {
	return w.h.Begin(Op{F: f, Process: process, Invoked: w.tick(), Completed: Never})
}

func (w *world) complete(i int, typ Type, sends, reads []Place) int {
	op := &w.h.Ops[i]
	op.Type, op.Completed = typ, w.tick()
	w.h.Rewrite(i)
	for _, s := range sends {
		w.h.Send(i, s.Value, s.Offset)
	}
	for _, r := range reads {
		w.h.Read(i, r.Value, r.Offset)
	}
	return i
}

// step takes a client one step further: it invokes something, or that takes effect,
// or it is completed.
func (w *world) step(c *client) {
	switch {
	case c.op < 0:
		c.planned = []F{Send, Send, Poll, Poll, Poll, Txn, Txn, Assign, Subscribe, Crash}[w.pick("f", 10)]
		c.op, c.applied = w.invoke(c.planned, c.process), false
		c.sends, c.polls = nil, nil
		if c.planned == Send || c.planned == Txn {
			for range 1 + w.pick("sends", 3) {
				v := w.value(Key(w.pick("key", w.clean)))
				c.sends = append(c.sends, Place{v, NoOffset})
				w.h.Send(c.op, v, NoOffset)
			}
		}
	case !c.applied:
		c.applied = true
		w.effect(c)
	default:
		w.answer(c)
	}
}

// effect is when an operation happens. Whether it does is decided here and now; the
// client may not learn it.
func (w *world) effect(c *client) {
	if c.planned == Poll || c.planned == Txn {
		c.moved = slices.Clone(c.position)
		for range 1 + w.pick("polls", 2) {
			for k := range w.clean {
				if !c.reads[k] {
					continue
				}
				from := c.moved[k]
				to := min(len(w.logs[k]), from+w.pick("batch", 4))
				c.polls = append(c.polls, w.logs[k][from:to]...)
				c.moved[k] = to
			}
		}
	}
	if len(c.sends) > 0 && w.pick("happens", 6) > 0 {
		for i, s := range c.sends {
			c.sends[i] = w.append(s.Value)
		}
	}
}

// answer completes an operation. One that happened succeeds or is in doubt; one that
// did not, failed or is in doubt.
func (w *world) answer(c *client) {
	typ := OK
	happened := len(c.sends) == 0 || c.sends[0].Offset != NoOffset
	switch w.pick("outcome", 8) {
	case 0:
		typ = Info
	case 1:
		if len(c.sends) == 0 {
			typ = Fail // what was handed over stays so, and is handed over again
		}
	}
	if !happened && typ == OK {
		typ = Fail
	}
	sends := slices.Clone(c.sends)
	for i := range sends {
		if typ != OK || w.pick("told", 4) == 0 {
			sends[i].Offset = NoOffset
		}
	}
	i := w.complete(c.op, typ, sends, c.polls)
	c.op = -1
	if typ == OK && (c.planned == Poll || c.planned == Txn) {
		c.position = c.moved
	}
	if c.planned == Assign || c.planned == Subscribe {
		w.reassign(c, i, typ)
	}
	// What a client in doubt would be handed next nobody knows: a new one goes on.
	if c.planned == Crash && typ != Fail || typ == Info {
		fresh := w.client()
		w.clients[slices.Index(w.clients, c)] = fresh
	}
}

// reassign gives a client other keys. Those it keeps it goes on with.
func (w *world) reassign(c *client, i int, typ Type) {
	for k := range w.clean {
		want := rapid.Bool().Draw(w.t, "keeps")
		if want {
			w.h.List(i, Key(k))
		}
		if typ == Fail {
			continue
		}
		if !want || !c.reads[k] {
			c.position[k] = w.pick("position", len(w.logs[k])+1)
		}
		c.reads[k] = want
	}
}
