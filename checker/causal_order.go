package checker

import (
	"fmt"
	"math"
	"slices"

	"orderlab/model/history"
)

func causalOrder() Guarantee {
	return Guarantee{
		ID: CausalOrder,
		Holds: "If the send of one message happened before that of another, no sink applies the first one for the first " +
			"time after it has applied the other. A send happened before what the same session sent later, before what a " +
			"session sent after it had been delivered the message, and before whatever those sends happened before.",
		Order:  true,
		decide: (*Checker).causalOrder,
	}
}

// causes is what causal-order keeps in memory. Every session counts what it
// knows of the others' sends: with a vector of counts, which exists from its
// first delivery on, and which its messages share until the next one.
type causes struct {
	session, seq []int32 // by message: the session of its first send, its number there
	vector       []int32 // by message: the number of its session's vector at that moment, or none
	sent         []int32 // by session: how many messages it sent
	current      []int32 // by session: its vector, or none
	shared       []bool  // by session: a message has its vector
	vectors      []int32
	width        int // sessions
	deliveries   []int32

	// At a sink, by session.
	known  []int32  // how many of its messages came before something applied
	first  []int32  // the number of its first message that was applied
	merged []int32  // the vector of its message that was applied last
	peaks  [][]peak // by session: the effects that made the sink know of more of its messages
}

// causalOrder goes through sends and deliveries in order of time, and then
// through the first effects at every sink. A message is late when something that
// was applied before knew of it. It takes time for each session and message.
func (c *Checker) causalOrder(*Options) Verdict {
	x, k := &c.ix, &c.s.causes
	c.begin()
	k.learn(x)
	var v Verdict
	late := none
	c.s.lates = c.s.lates[:0]
	for i := range x.sinks {
		k.forget()
		k.known, k.first = resize(k.known, k.width, 0), resize(k.first, k.width, math.MaxInt32)
		k.merged = resize(k.merged, k.width, none)
		for _, e := range x.sinks[i].effects {
			if e.again || e.doubt || k.session[e.message] == none {
				continue
			}
			behind := k.known[k.session[e.message]] > k.seq[e.message]
			if behind || k.preceded(e.message) {
				v.Decided++
			}
			if behind {
				by := k.since(e.message)
				c.s.lates = append(c.s.lates, lateness{e.row, between(x.h.EndAt(int(by)), x.h.EndAt(int(e.row)))})
			}
			k.apply(e.message, e.row)
			if !behind {
				continue
			}
			c.count(&v, e.message)
			if late == none || x.earlier(e.row, late) {
				late = e.row
			}
		}
	}
	c.conclude(&v)
	v.addLateness(c.s.lates, false)
	if late != none {
		c.causalWitness(&v, late)
	}
	return c.settle(v, "no two messages of which one happened before the other were applied at one sink")
}

// learn finds what every message's session knew when it sent it first.
func (k *causes) learn(x *index) {
	h := x.h
	k.width = x.rank.width
	k.session, k.seq = resize(k.session, h.Messages(), none), resize(k.seq, h.Messages(), 0)
	k.vector = resize(k.vector, h.Messages(), none)
	k.sent, k.current = resize(k.sent, k.width, 0), resize(k.current, k.width, none)
	k.shared, k.vectors = resize(k.shared, k.width, false), k.vectors[:0]
	k.deliveries = x.deliveredToSenders(k.deliveries)
	next := 0
	for i, row := range x.sends {
		m, at := h.MessageAt(int(row)), h.BeginAt(int(row))
		if x.send[m] != row {
			continue
		}
		for ; next < len(k.deliveries) && precedes(h, k.deliveries[next], row, at); next++ {
			k.deliver(x, k.deliveries[next])
		}
		s := x.rank.ids[i]
		k.session[m], k.seq[m], k.vector[m] = s, k.sent[s], k.current[s]
		k.sent[s]++
		k.shared[s] = true
	}
}

// precedes says whether a delivery came before a send, which was at a time.
func precedes(h *history.History, delivery, send int32, at int64) bool {
	end := h.EndAt(int(delivery))
	return end < at || end == at && delivery < send
}

// deliver tells a session what a message knew. A session that knows of a message
// knows all that this one knew.
func (k *causes) deliver(x *index, row int32) {
	h := x.h
	m, s := h.MessageAt(int(row)), x.rank.sender(h, row)
	from := k.session[m]
	if from == none || from == s || k.current[s] != none && k.of(k.current[s])[from] > k.seq[m] {
		return
	}
	if old := k.current[s]; old == none || k.shared[s] {
		k.current[s], k.shared[s] = int32(len(k.vectors)/k.width), false
		k.vectors = slices.Grow(k.vectors, k.width)[:len(k.vectors)+k.width]
		if old == none {
			clear(k.of(k.current[s]))
		} else {
			copy(k.of(k.current[s]), k.of(old))
		}
	}
	mine := k.of(k.current[s])
	if k.vector[m] != none {
		for i, n := range k.of(k.vector[m]) {
			mine[i] = max(mine[i], n)
		}
	}
	mine[from] = max(mine[from], k.seq[m]+1)
}

func (k *causes) of(vector int32) []int32 {
	return k.vectors[int(vector)*k.width:][:k.width]
}

// preceded says whether the sink applied something that happened before m.
func (k *causes) preceded(m history.Message) bool {
	s := k.session[m]
	if k.first[s] < k.seq[m] {
		return true
	}
	if k.vector[m] == none {
		return false
	}
	for i, n := range k.of(k.vector[m]) {
		if i != int(s) && k.first[i] < n {
			return true
		}
	}
	return false
}

// forget makes ready for the next sink.
func (k *causes) forget() {
	for len(k.peaks) < k.width {
		k.peaks = append(k.peaks, nil)
	}
	for s := range k.peaks {
		k.peaks[s] = k.peaks[s][:0]
	}
}

// since returns the first effect at the sink of a message that knew of m.
func (k *causes) since(m history.Message) int32 {
	peaks := k.peaks[k.session[m]]
	return peaks[firstPeak(peaks, int64(k.seq[m]))].row
}

// knows notes that with an effect the sink knows of n messages of a session.
func (k *causes) knows(s, n, row int32) {
	if n > k.known[s] {
		k.known[s] = n
		k.peaks[s] = append(k.peaks[s], peak{int64(n), row})
	}
}

// apply notes that the sink has m, and what m knew.
func (k *causes) apply(m history.Message, row int32) {
	s, vector := k.session[m], k.vector[m]
	k.first[s] = min(k.first[s], k.seq[m])
	k.knows(s, k.seq[m], row)
	if vector == none || vector == k.merged[s] {
		return
	}
	k.merged[s] = vector
	for i, n := range k.of(vector) {
		if i != int(s) {
			k.knows(int32(i), n, row)
		}
	}
}

// after says whether the send of a happened before that of b.
func (k *causes) after(b, a history.Message) bool {
	s, t := k.session[a], k.session[b]
	switch {
	case s == none || t == none:
		return false
	case s == t:
		return k.seq[a] < k.seq[b]
	}
	return k.vector[b] != none && k.of(k.vector[b])[s] > k.seq[a]
}

// causalWitness takes the last message before the late one that knew of it, and
// the shortest chain of sends and deliveries between them.
func (c *Checker) causalWitness(v *Verdict, late int32) {
	x, k := &c.ix, &c.s.causes
	h := x.h
	m, early := h.MessageAt(int(late)), none
	for i := range x.sinks {
		if x.sinks[i].name != h.DetailAt(int(late)) {
			continue
		}
		for _, e := range x.sinks[i].effects {
			if e.row == late {
				break
			}
			if !e.again && !e.doubt && k.after(e.message, m) {
				early = e.row
			}
		}
	}
	n := h.MessageAt(int(early))
	messages, rows := k.chain(x, m, n)
	v.Witness = x.witness(messages, append(rows, early, late)...)
	v.Witness.Text = fmt.Sprintf("%s was sent before %s and took effect after it", h.MessageName(m), h.MessageName(n))
	if len(messages) > 2 || k.session[m] != k.session[n] {
		v.Witness.Text = fmt.Sprintf("%s was known to who sent %s and took effect after it", h.MessageName(m), h.MessageName(n))
	}
	x.trace(v, late, early)
}
