package sim

import "math/bits"

// nic is what a node has between it and the network, when its speed is limited:
// all that its connections send goes through it, one frame after another, and all
// that they receive.
type nic struct {
	// perByte is what a byte takes, in nanoseconds shifted by nicShift; 0 is nothing.
	perByte uint64
	out, in Time // when the last byte has gone through
}

// nicShift is of fractions of a nanosecond: a byte at 10 Gbit/s takes 0.8 of one.
const nicShift = 20

// SetNodeBandwidth sets how many bytes per second a node's interface to the network
// carries in each direction, for all its connections together; 0 is no limit, which
// is the default. A frame that finds the interface of its sender or its receiver at
// work waits, in the order of sending. Datagrams and what opens or closes a connection
// are not counted. [Engine.SetBandwidth] is about single pairs of nodes instead.
//
// A frame takes one time at the two interfaces, not two, because its first packets
// arrive while the last are sent; and it takes its turn at the receiver's when it
// is sent, so that what a link delays keeps nothing else waiting.
func (e *Engine) SetNodeBandwidth(n NodeID, bytesPerSecond int64) {
	per := uint64(0)
	if bytesPerSecond > 0 {
		per = max(1, (uint64(Second)<<nicShift+uint64(bytesPerSecond)/2)/uint64(bytesPerSecond))
	}
	for int(n) >= len(e.net.nics) {
		e.net.nics = append(e.net.nics, nic{})
	}
	e.net.nics[n].perByte = per
}

// pass takes bytes through, and returns when the last of them has left.
func (x *nic) pass(free *Time, from Time, size int32) Time {
	if x.perByte == 0 {
		return from
	}
	hi, lo := bits.Mul64(uint64(size), x.perByte)
	*free = max(*free, from) + Time(hi<<(64-nicShift)|lo>>nicShift)
	return *free
}

// leaves returns when a frame has left that is given to the sender's interface at a
// time.
func (e *Engine) leaves(x *connection, to int, at Time, size int32) Time {
	nics := e.net.nics
	if len(nics) == 0 || size == 0 {
		return at
	}
	sent, taken := at, at
	if n := int(x.ends[1-to].node); n < len(nics) {
		sent = nics[n].pass(&nics[n].out, at, size)
	}
	if n := int(x.ends[to].node); n < len(nics) {
		taken = nics[n].pass(&nics[n].in, at, size)
	}
	return max(sent, taken)
}

// SendAfter is [Engine.Send] of a frame that the node is still at work on: it is
// handed to the network after a while. What is handed over later with a shorter
// while does not overtake it on its connection.
func (e *Engine) SendAfter(from NodeID, c Conn, f Frame, wait Time) {
	if wait < 0 {
		panic("sim: node " + e.nodes[from].name + " sends a frame in the past")
	}
	x := e.net.get(c)
	if x == nil || !x.ends[x.side(from)].open {
		e.drop(f)
		return
	}
	e.carry(c, x, 1-x.side(from), f, wait)
}
