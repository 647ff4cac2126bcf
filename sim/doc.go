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
// The examples are the quickest way in: [Engine] has a ping-pong, Queue a queue
// that agrees with theory, PartitionedPair a pair of nodes that lose sight of each
// other, [Replay] a run that is repeated from a list.
//
// # A run
//
// An [Engine] makes one run, in one goroutine. A driver adds nodes, links and
// faults and calls [Engine.Step] until the run is over; nothing happens outside of
// Step, so a driver that wants to stop just stops calling. [Engine.Reset] makes the
// engine ready for the next run and keeps its memory: a sweep has one engine for
// each worker, and in the steady state an event allocates nothing.
//
//	e := sim.New(seed, sim.Limits{Time: sim.Minute, Events: 1e6})
//	id := e.AddNode("broker-1", &broker{...})
//	for e.Step(10_000) == sim.Running {
//	}
//	fmt.Println(e.Reason(), e.Hash())
//
// # Time
//
// [Time] is an integer of nanoseconds since the beginning of the run. It moves from
// event to event and never by itself. A model asks its node's clock, which may be
// wrong ([Engine.Clock]); the true time, [Engine.Now], is for the driver.
//
// # Events and their order
//
// An event is a number of nanoseconds, a node, a kind and an argument: 32 bytes
// without a pointer. Models set timers ([Engine.After]) and send frames; the driver
// has [Engine.At]. Events are executed in the order of their times, and those of one
// time in the order in which they were scheduled:
//
//	time     0 ........ 10us ................. 10us ......... 25us
//	event    a: timer   b: frame, sent by a    c: timer of a  d: cancelled
//	order    1          2                      3              -
//
// No real system promises anything about what happens at one instant, so no finding
// should depend on it. [Engine.PermuteTies] puts the events of an instant in another
// order, by a seed, and [Engine.ChooseTies] makes the order a decision. Two things
// keep their order there too, because systems do promise them: the timers of one
// node, and the frames of one direction of a connection.
//
// The queue is a hierarchical timing wheel with a tick of one nanosecond, and before it
// an array of the next few microseconds in their order. It orders exactly, and to
// schedule, take back and execute an event each takes constant time.
//
// # Nodes
//
// A [Node] is a state and the code that answers events: it is called, changes its
// state, sets timers, sends frames, and returns. It never waits. What a node knows
// of another came in a frame. A process that crashes loses its timers, connections
// and memory; a [Pool] holds what is in the bodies of frames.
//
// # Decisions and identities
//
// Everything that chance decides is asked for by name. The answer is a function of
// the seed, the [Decision] and the [ID] of what it is about, and of nothing else:
// not of the time, of other decisions, or of how many there were.
//
//	what            decision        identity
//	an arrival      arrival.gap     (producer, index of the message)
//	a data frame    link.latency    (link, kind, smallest message carried, attempt)
//	a heartbeat     link.weather    (link, kind, millisecond)
//	a connection    link.latency    (client, server, cause of its opening)
//	a fault         fault.split     (name of the fault, its how-manieth time)
//
// An identity holds no ordinal of the run ("the 17th frame"): take one message out,
// and all that is decided about the others stays as it was. That is what makes it
// possible to compare two strategies under the same bad luck, and to make a failing
// run smaller without losing the failure.
//
// A [Sampler] turns the 64 bits of an answer into a value of a distribution, with
// integers and tables alone: constant, uniform, exponential, log-normal, Pareto,
// Zipf, or a measured one.
//
// # Sources
//
// Answers come through one door, the [Source], and a node cannot tell who is behind
// it:
//
//	Random        the seed: a hash of (seed, decision, identity)
//	Recording     passes on to another source and keeps the list
//	Replay        a list; what is not in it comes from another source
//	Enumeration   each answer a branch; run after run, every path of the tree once
//
//	              lose the first?
//	             no /         \ yes
//	     lose the second?   lose the second?      4 runs for two messages
//	       /      \           /      \
//	      .        .         .        .
//
// [Enumeration.Seen] cuts the tree where two paths lead to one state, which
// [Engine.Digest] recognises.
//
// # The world
//
// A connection is first in, first out, and loses nothing silently: loss shows as
// delay, as a stall, or as a reset ([Engine.Open], [Engine.Send]).
//
//	client              network              server
//	  | Open ----------- request ------------> | Opened
//	  | Opened <-------- answer -------------- |
//	  | Send 1, Send 2 ----------------------> | Receive 1, Receive 2: never 2, 1
//	  | Close ---------- the last frame -----> | Closed
//	  x crash: its machine closes what the process had open
//
// Datagrams may be lost, doubled, and overtake each other ([Engine.SendTo]). A
// process that crashes loses its memory; a machine that crashes loses what its disk
// had not synced. A paused node handles nothing while the world goes on. Servers are
// queues with workers; from them come throughput and latency.
//
// Faults are data: a [Schedule] of entries, each with a trigger and an end, drawn
// from a seed ([Ranges]) or written by hand, installed by [Engine.Install].
//
// # Hashes
//
// [Engine.Hash] is of all events so far: their times, nodes, kinds and arguments,
// the frames that arrived, and what the model adds by [Engine.Fold]. Equal hashes
// are equal runs, and a seed has the same hash on every machine. [Engine.Digest] is of
// the state now: of the nodes, of what they left in the network and on disks, and of
// what is pending.
//
// # Causes
//
// Every event was scheduled by another one, or by the driver. After
// [Engine.TraceCauses] the engine remembers which, within a budget of bytes, together
// with the decisions of each event and the faults that were noted in it, and
// [Engine.Why] follows the chain back:
//
//	event 412: frame 3 from client-1 at broker-2 at 1.204s
//	event 398: timer 2 (7) at client-1 at 1.2s; link.latency of 9e1b...: bits 0f3c...
//	event 377: a call at the driver at 1.1s; fault "cut": partition client-1 | broker-1
//
// It also tells what the latest event did ([Engine.Effects]), from which two runs that
// should be equal can be compared event by event.
//
// # Limits
//
// [Limits] bound a run in virtual time, in events and in memory. A run that meets one
// ends with a [Status] and a reason that names the node which is most probably at
// fault: the one that goes in circles, or that sets timers and forgets them. An event
// that is scheduled in the past is a mistake of the model, and a panic with its node.
//
// # What a model may not do
//
// A run is a function of the model and its decisions. So a model has no goroutines,
// channels, locks, clock or randomness of the machine, reads no environment, ranges
// over no map, and keeps no state outside of its run. It does not compute in floating
// point, which is not the same everywhere. Internal/tidy enforces all of this for the
// models of this repository.
package sim
