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

// ScheduledFault is a fault with its trigger.
type ScheduledFault struct {
	// At is the name of the phase at whose beginning it strikes; empty counts
	// from the beginning of the run. After is added, in nanoseconds.
	At    string
	After int64
	// For is how long it lasts, in nanoseconds; 0 is for ever or does not apply.
	For   int64
	Fault model.Fault
}

// Limits bound a run. A run that meets one is judged unknown.
type Limits struct {
	// Time is virtual, in nanoseconds.
	Time   int64
	Events int64
	// Messages bounds the memory of a run.
	Messages int64
}
