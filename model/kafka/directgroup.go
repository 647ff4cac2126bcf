package kafka

import "orderlab/sim"

// The group of a [Direct], under the classic protocol. A member is a number; each has
// a connection of its own, because a request that waits holds up those behind it.

// directLine is a connection of a Direct with the answers that came over it.
type directLine struct {
	conn    sim.Conn
	open    bool
	answers []sim.Frame
}

// lineOf returns the connection of a member.
func (d *Direct) lineOf(member int32) (*directLine, error) {
	for len(d.lines) <= int(member) {
		l := &directLine{}
		l.conn = d.sim.Open(d.node, d.w.brokers[0].node, sim.ID(len(d.lines)+1))
		d.lines = append(d.lines, l)
		if err := d.until(func() bool { return l.open }); err != nil {
			return nil, err
		}
	}
	return d.lines[member], nil
}

// group sends a request of a member. Its answer, which may come later, is taken with
// [Direct.Answer].
func (d *Direct) group(kind uint16, member, generation int32, fill func(*groupBody)) error {
	l, err := d.lineOf(member)
	if err != nil {
		return err
	}
	id, body := d.w.arena.bodies.group.Take()
	*body = groupBody{member: membership{consumer: member}, named: true,
		generation: generation, ownedGeneration: generation}
	if fill != nil {
		fill(body)
	}
	d.sim.Send(d.node, l.conn, sim.Frame{Kind: kind, Body: id, Size: 64})
	arrived := d.sim.Now() + 20*sim.Millisecond // no later
	d.sim.At(arrived, func() {})
	return d.until(func() bool { return d.sim.Now() >= arrived })
}

// GroupAnswer is what a member is answered.
type GroupAnswer struct {
	Code       string
	Generation int32
	Leader     bool
	Assigned   []int32 // of a sync
}

// Answer returns the oldest answer of a member that was not taken yet. It waits for a
// second for one; ok is false when none came.
func (d *Direct) Answer(member int32) (a GroupAnswer, ok bool, err error) {
	l, err := d.lineOf(member)
	if err != nil {
		return a, false, err
	}
	limit := d.sim.Now() + sim.Second
	d.sim.At(limit+1, func() {})
	if err := d.until(func() bool { return len(l.answers) > 0 || d.sim.Now() > limit }); err != nil {
		return a, false, err
	}
	if len(l.answers) == 0 {
		return a, false, nil
	}
	f := l.answers[0]
	l.answers = l.answers[1:]
	body := d.w.arena.bodies.group.At(f.Body)
	a = GroupAnswer{Code: body.err.String(), Generation: body.generation, Leader: body.leader, Assigned: body.owned}
	return a, true, nil
}

// Join joins the group; a member that has no id yet is given one first.
func (d *Direct) Join(member int32, named bool) error {
	return d.group(frameJoin, member, -1, func(b *groupBody) { b.named = named })
}

// Sync sends what the leader assigns, the i-th list to member i; others send none.
func (d *Direct) Sync(member, generation int32, assigned [][]int32) error {
	return d.group(frameSync, member, generation, func(b *groupBody) {
		for i, parts := range assigned {
			b.members = append(b.members, groupMember{id: membership{consumer: int32(i)}, assigned: parts})
		}
	})
}

// Heartbeat sends a heartbeat, over the connection that no member waits on, and returns
// the name of Kafka's error.
func (d *Direct) Heartbeat(member, generation int32) (code string, err error) {
	id, body := d.w.arena.bodies.group.Take()
	*body = groupBody{member: membership{consumer: member}, named: true, generation: generation}
	f, err := d.ask(sim.Frame{Kind: frameHeartbeat, Body: id, Size: 64})
	if err != nil {
		return "", err
	}
	return d.w.arena.bodies.group.At(f.Body).err.String(), nil
}

// CommitOffset commits a position of a member and returns the name of Kafka's error.
func (d *Direct) CommitOffset(member, generation, partition int32, next int64) (code string, err error) {
	body, err := d.askOffsets(frameCommit, member, generation, partition, next)
	return body.err.String(), err
}

// CommittedOffset returns the committed position of a partition, -1 for none.
func (d *Direct) CommittedOffset(partition int32) (next int64, code string, err error) {
	body, err := d.askOffsets(frameOffsets, 0, -1, partition, -1)
	if err != nil {
		return -1, "", err
	}
	return body.parts[0].offset, body.err.String(), nil
}

func (d *Direct) askOffsets(kind uint16, member, generation, partition int32, next int64) (offsetsBody, error) {
	id, body := d.w.arena.bodies.offsets.Take()
	*body = offsetsBody{group: membership{consumer: member}, generation: generation,
		parts: []fetchPart{{partition: partition, offset: next}}}
	f, err := d.ask(sim.Frame{Kind: kind, Body: id, Size: 64})
	if err != nil {
		return offsetsBody{}, err
	}
	return *d.w.arena.bodies.offsets.At(f.Body), nil
}

// received keeps an answer of a member's connection; it says whether it is one.
func (d *Direct) received(c sim.Conn, f *sim.Frame) bool {
	for _, l := range d.lines {
		if l.conn == c {
			l.answers = append(l.answers, *f)
			return true
		}
	}
	return false
}

// opened notes that a connection is open.
func (d *Direct) opened(c sim.Conn) {
	if c == d.conn {
		d.open = true
		return
	}
	for _, l := range d.lines {
		if l.conn == c {
			l.open = true
		}
	}
}

// CommitAsNobody commits a position as a client that is no member does, and returns the
// name of Kafka's error.
func (d *Direct) CommitAsNobody(partition int32, next int64) (code string, err error) {
	id, body := d.w.arena.bodies.offsets.Take()
	*body = offsetsBody{generation: noGeneration, simple: true, parts: []fetchPart{{partition: partition, offset: next}}}
	f, err := d.ask(sim.Frame{Kind: frameCommit, Body: id, Size: 64})
	if err != nil {
		return "", err
	}
	return d.w.arena.bodies.offsets.At(f.Body).err.String(), nil
}
