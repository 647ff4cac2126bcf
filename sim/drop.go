package sim

// Drop is how a connection is lost without a word, as when a middlebox forgets
// it. Nothing that is sent over it later arrives.
type Drop struct {
	// Tell says that the end whose node is given hears at once that the
	// connection was reset; otherwise both ends think that it is open, until
	// they send for so long in vain that they are told [TimedOut].
	Tell bool
	// Late is how much later than it would have what survives arrives. By then
	// the node may have sent over a newer connection.
	Late Range
	// Cause is what the drop is about, for the decision what survives.
	Cause ID
}

var (
	decideCut  = NewDecision("connection.cut")
	decideLate = NewDecision("connection.late")
)

// Drop loses an established connection silently. Of what was on its way from the
// node, a stream's beginning survives, which may be all of it or nothing, and
// arrives late, while the other end is still open; the rest, and what was on its
// way to the node, is lost. A connection that is not open at both ends is left
// alone.
func (e *Engine) Drop(c Conn, from NodeID, how Drop) {
	x := e.net.get(c)
	if x == nil || !x.ends[0].open || !x.ends[1].open {
		return
	}
	side := x.side(from)
	id := Identity(x.from[1], x.cause, how.Cause)
	e.net.counts.Drops++
	for to := range x.ends {
		e.clearJam(x, to)
		j := e.jamOf(x, to)
		j.dropped, j.cut = true, e.now-1
		if to != side && x.ends[to].last >= e.now {
			j.cut = Range{e.now - 1, x.ends[to].last}.in(e, decideCut, id)
			j.late = how.Late.in(e, decideLate, id)
		}
	}
	if how.Tell {
		x.ends[side].open = e.nodes[x.ends[side].node].flags&nodePaused != 0
		e.tell(x.ends[side].node, c, Reset)
	}
}

// toJudge says whether it has still to be decided if a frame that arrives at a
// paused node outlives its connection. If not, it has arrived, and a later drop
// does not touch it.
func (e *Engine) toJudge(slot uint32) bool {
	body := e.net.frames.At(slot)
	if x := e.net.get(body.conn); x != nil && x.ends[body.to].jam != 0 && !body.late {
		return true
	}
	body.late = true
	return false
}

// outlives decides about a frame that arrives on a direction that is held up. It
// says whether the frame's time has not come: it is late, or lost.
func (e *Engine) outlives(x *connection, slot uint32, body *carried) bool {
	d := &x.ends[body.to]
	j := e.net.jams.At(d.jam - 1)
	switch {
	case body.late:
		return false
	case !j.dropped:
		if e.nodes[d.node].flags&nodePaused == 0 {
			return false
		}
		body.late = true // the pause holds it now
		e.q.push(e.now, d.node, kindFrame, uint64(slot))
	case e.now > j.cut:
		f := body.frame()
		e.net.frames.Put(slot)
		e.net.counts.Lost++
		e.drop(f)
	default:
		body.late = true
		e.net.counts.Late++
		e.q.push(e.now+j.late, d.node, kindFrame, uint64(slot))
	}
	return true
}
