// Package sim is the engine: virtual time, the total order of events, named
// decisions, a network, nodes with clocks, disks and servers, faults, and a hash
// of everything that happened. It knows no messaging system.
//
//	  Step(n)                           a driver asks for n events
//	    |
//	    v         Timer, Receive, ...
//	+-------+ -------------------------> +-------+
//	| queue |                            | Node  |  the model's code: it reads its own
//	+-------+ <------------------------- +-------+  state and clock, and nothing else
//	    ^       After, Send, Serve, Sync     |
//	    |                                    | Bits, Choose, Draw (decision, identity)
//	 Schedule: faults                        v
//	                                     +--------+
//	                                     | Source |  a seed, a recording, an enumeration
//	                                     +--------+
//
// # One run is one goroutine
//
// An [Engine] makes one run. A driver adds nodes, links and faults and calls
// [Engine.Step] until the run is over; nothing happens outside of Step. The
// engine keeps its memory for the next run, see [Engine.Reset].
//
// # Time and order
//
// Time is in nanoseconds. Events are ordered by their time, and events of one
// time by when they were scheduled. Real systems promise no order there, so
// [Engine.PermuteTies] gives another one, and no finding should depend on it.
//
// # Decisions
//
// Everything that chance decides is asked for by name: the answer is a function
// of the seed, the [Decision] and the [ID] of what it is about, and of nothing
// else. An ID is made of names and numbers that survive the removal of other
// things, so a run without a message, a fault or a node decides everything about
// the rest as before. A [Sampler] turns the bits of an answer into a value, with
// integers and tables alone, so that it is the same on every machine.
//
// The answers come from a [Source]: [Random] for a seed, [Recording] and [Replay]
// to write them down and repeat them, [Enumeration] to try all of a small world. A
// node cannot tell which.
//
// # The world
//
// A connection is first in, first out, and loses nothing silently: loss shows as
// delay, as a stall, or as a reset ([Engine.Open], [Engine.Send]). Datagrams may be
// lost, doubled, and overtake each other ([Engine.SendTo]). A process that crashes
// loses its memory; a machine that crashes loses what its disk had not synced. A
// paused node handles nothing while the world goes on. Servers are queues with
// workers; from them come throughput and latency.
//
// Faults are data: a [Schedule] of entries, each with a trigger and an end, drawn
// from a seed ([Ranges]) or written by hand, installed by [Engine.Install].
//
// # Hashes
//
// [Engine.Hash] is of all events so far: equal hashes are equal runs, and it is
// the same on every architecture. [Engine.Digest] is of the state now, so that an
// enumeration can recognise a state that it has seen.
package sim
