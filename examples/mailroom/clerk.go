package main

import "orderlab/sim"

// clerk is the desk, which has an archive, or the archive, which has none. Clerks
// keep letters in memory; a disk would be sim.DiskSettings.
type clerk struct {
	sim.Node // the methods that a clerk does not need
	e        *sim.Engine
	id       sim.NodeID
	archive  sim.Conn
	careful  bool
	filed    map[uint32]bool
	waiting  map[uint32]sim.Conn // who waits for the receipt of a letter
}

// Opened implements sim.Node.
func (c *clerk) Opened(sim.Conn) {}

// Closed implements sim.Node.
func (c *clerk) Closed(sim.Conn, sim.Closing) {}

// Crashed implements sim.Node: what is in memory is gone.
func (c *clerk) Crashed() { c.filed, c.waiting = nil, nil }

// Receive implements sim.Node.
func (c *clerk) Receive(from sim.Conn, f *sim.Frame) {
	switch f.Kind {
	case letter:
		c.filed[f.Body] = true
		if c.archive != sim.NoConn {
			c.e.Send(c.id, c.archive, frame(copied, f.Body))
		}
		if c.careful {
			c.waiting[f.Body] = from
			return
		}
		c.e.Send(c.id, from, frame(receipt, f.Body))
	case copied:
		c.filed[f.Body] = true
		c.e.Send(c.id, from, frame(filed, f.Body))
	case filed:
		if c.careful {
			c.e.Send(c.id, c.waiting[f.Body], frame(receipt, f.Body))
		}
	}
}

// frame makes a frame about a letter. Its identity is the letter's number, so
// that the delays of one letter do not depend on which others there are.
func frame(kind uint16, number uint32) sim.Frame {
	return sim.Frame{Kind: kind, Size: 200, Body: number, ID: sim.ID(number + 1)}
}
