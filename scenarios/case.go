package scenarios

import (
	"orderlab/model"
)

// Case is one strategy at one scan point of a scenario, with every patch and
// variable applied: all that a run needs but its seed. A case is plain data; the
// same case and seed give the same run.
type Case struct {
	Scenario string
	Strategy string
	// Point is the place on the scan's axes, in the order of the file. Axes that
	// the strategy does not use are left out.
	Point Point
	// System names the messaging system, Config how it is set up.
	System string
	Config model.Config
	// Workload, consumers, faults, application.
	Workload  Workload
	Consumers model.Consumers
	Faults    []ScheduledFault
	App       model.Values
	// Guarantees are the ids to decide, in the order of the file's expectations,
	// and Expect what is expected of them.
	Guarantees []string
	Expect     []Expectation
	// Promises are what progress and bounded are judged by.
	Promises Promises
	// Limits bound a run.
	Limits Limits
}

// Point is a place on the axes of a scan.
type Point []Coordinate

// Coordinate is a value on one axis. Value is an int64, a bool or a string (a
// duration is the string that the file has, as "80s").
type Coordinate struct {
	Axis  string
	Value any
}

// Expectation says which verdict is expected of a guarantee.
type Expectation struct {
	Guarantee string
	// Verdict is "holds" or "violated".
	Verdict string
}

// Workload is what the producers send.
type Workload struct {
	// Topic is where it goes: the only topic of the system unless named.
	Topic string
	Keys  Keys
	// RecordSize is the size of a record's key and value in bytes.
	RecordSize int64
	Phases     []Phase
	// Producers is the largest number of producers of any phase.
	Producers int
}

// Keys says how a message's key is picked.
type Keys struct {
	Count int
	// Zipf is the exponent in millionths; 0 picks uniformly.
	Zipf int64
	// Hot are groups of keys, from the first, that take a share of the messages;
	// the others share the rest uniformly.
	Hot []HotKeys
}

// HotKeys is a group of keys that together take a share (millionths).
type HotKeys struct {
	Keys  int
	Share int64
}

// Phase is a part of the workload. Exactly one of Preload, For and Until is set.
type Phase struct {
	Name string
	// Preload is an amount of work, in nanoseconds: as many messages are sent
	// before the consumers start as the group needs that long to work off.
	Preload int64
	// PartitionShares skews a preload: the i-th partition gets that share
	// (millionths) of what an even preload would give it, and within it keys
	// are picked as always. Empty leaves the partitions to the keys.
	PartitionShares []int64
	// For is how long arrivals go on, in nanoseconds.
	For int64
	// Producers and Arrivals describe the load.
	Producers int
	Arrivals  Arrivals
	// Sends are messages one by one, instead of a stream. A run whose first
	// phase has some does not wait for the system to be ready.
	Sends []Send
	// Until is "drained"; the phase ends when everything is settled, or after
	// AtMost nanoseconds.
	Until  string
	AtMost int64
}

// Send is one message of the workload. Its producer and index are its identity:
// all that is drawn about it is drawn as in the run that it is from.
type Send struct {
	// At is when it arrives at its producer, in nanoseconds since the beginning
	// of the run.
	At       int64
	Producer int
	Index    uint32
	Key      int
}

// Arrivals is a stream of messages. Rate is in millionths of a message a second
// for each producer.
type Arrivals struct {
	// Process is "poisson" or "constant"; empty sends nothing.
	Process string
	Rate    int64
}

// ScheduledFault is a fault with its trigger and its end. Of At, When, Point and
// Events at most one is given.
type ScheduledFault struct {
	// Name is the fault's identity: what is drawn about it depends on it. Without
	// one it is named after what it does, see [FaultNames].
	Name string
	// At is the name of the phase at whose beginning it strikes; empty counts
	// from the beginning of the run. After is added, in nanoseconds.
	At    string
	After int64
	// When is the condition for which it waits, Point the point of a node's code,
	// Events the number of events of the engine.
	When   string
	Point  FaultPoint
	Events int64
	// Every repeats it after that time, in nanoseconds, Times times in all.
	Every int64
	Times int
	// For is how long it lasts, in nanoseconds, and Until the name of a phase or a
	// condition at which it ends. Without both it lasts for ever or happens at once.
	For   int64
	Until string
	Fault model.Fault
	// Heal, when not empty, is the name of a fault that ends then, or [HealAll]; there
	// is no Fault then.
	Heal string
}

// HealAll stands for every fault in [ScheduledFault.Heal].
const HealAll = "all"

// FaultPoint is a point of a node's code, passed for the Pass-th time.
type FaultPoint struct {
	Node, Name string
	Pass       int
}

// Limits bound a run. A run that meets one is judged unknown.
type Limits struct {
	// Time is virtual, in nanoseconds.
	Time   int64
	Events int64
	// Messages bounds the memory of a run.
	Messages int64
}
