package sim

// FaultKind is what a fault does.
type FaultKind uint8

// The faults. Those of one class are switched on or off together when a schedule
// is drawn.
const (
	// The network.

	Partition FaultKind = 1 + iota // Nodes and Peers do not reach each other, or only Peers reach Nodes
	Isolate                        // each of Nodes reaches nobody and is reached by nobody
	Split                          // Nodes fall into two parts, by a draw
	Flap                           // as Partition, for Down, then not for Up, and again
	Clog                           // what is sent is held, and arrives at once in the end
	SlowLink                       // the latency is Factor times as long, and Added more
	Throttle                       // the link carries Bandwidth bytes per second
	Noisy                          // the link loses, doubles, reorders, corrupts packets
	// Connections between Nodes and Peers.

	ResetConns // are reset at both ends
	DropConns  // are lost without a word
	StallConns // carry nothing; datagrams pass
	// Nodes.

	Crash          // the processes die, and start again in the end
	CrashMachine   // the machines lose their power, and start again in the end
	PauseNode      // the processes stand still
	SlowCPU        // declared work takes Factor times as long
	RollingRestart // one process after another dies for DownFor; Gap lies in between
	// Clocks.

	StepClock  // the wall clocks go forward or back By at once
	DriftClock // the clocks win PPB parts per billion, or lose them
	// Disks of Nodes.

	FullDisk // writes fail
	SlowDisk // everything takes Factor times as long
	// Others.

	Custom         // what the driver understands by Label
	HealEverything // ends all other faults and all triggers
)

// Class is a set of classes of faults.
type Class uint8

// The classes.
const (
	NetworkFaults Class = 1 << iota
	ConnectionFaults
	NodeFaults
	ClockFaults
	DiskFaults
	CustomFaults
	AllFaults Class = 1<<iota - 1
)

// Fault is one fault as data. Which fields count depends on the kind; the others
// are zero.
type Fault struct {
	Kind FaultKind
	// Nodes and Peers are names of nodes. Faults of links lie between the two;
	// no Peers are all nodes that are not in Nodes.
	Nodes, Peers []string
	// OneWay leaves the direction from Peers to Nodes alone.
	OneWay bool

	Factor    Share // of what it was; slow-downs that overlap add up
	Added     Time
	Bandwidth int64 // bytes per second
	Noise     Noise
	Up, Down  Range // how long a link that flaps works and does not
	Tell      bool  // the dropped connections' ends at Nodes hear of it
	Late      Range // how late what survives a drop arrives
	DownFor   Time  // of each node of a rolling restart
	Gap       Time  // from the start of a node to the death of the next
	By        Time
	PPB       int64
	Label     string
}

// TriggerKind is what a fault waits for.
type TriggerKind uint8

// The triggers.
const (
	AtTime    TriggerKind = 1 + iota // the time Time of the run
	AtPhase                          // the driver announces the phase Name
	AtEvents                         // Count events were executed
	AtHolding                        // the condition Name is announced for the first time
	AtEvery                          // Time, and from then on every Every, Count times or without end
	AtPoint                          // Node passes the point Name for the Count-th time
)

// Trigger says when a fault begins.
type Trigger struct {
	Kind  TriggerKind
	Time  Time
	Every Time
	Name  string
	Node  string
	Count uint64
	// After is how much later than what it waits for the fault begins; not for
	// AtTime and AtEvery.
	After Time
}

// UntilKind is what ends a fault.
type UntilKind uint8

// The ends. A fault that happens at once, like a reset, has none.
const (
	Once         UntilKind = iota
	ForTime                // For has passed
	UntilPhase             // the driver announces the phase Name
	UntilHolding           // the condition Name is announced
	UntilHealed            // [Engine.Heal] or [Engine.HealAll]
	ForEver                // nothing, not even HealAll
)

// Until says when a fault ends.
type Until struct {
	Kind UntilKind
	For  Time
	Name string
}

// Entry is a fault with its trigger and its end. Its name is its identity: a draw
// about the fault depends on it and on which firing it is, so that removing
// another entry changes nothing here.
type Entry struct {
	Name  string
	When  Trigger
	Fault Fault
	Until Until
}

// Schedule is all faults of a run, as data: it can be stored, edited, replayed,
// and shrunk by leaving entries out. [ParseSchedule] reads what String writes.
type Schedule []Entry

// groups is how a fault names nodes.
type groups uint8

const (
	noNodes   groups = iota
	someNodes        // Nodes
	twoGroups        // Nodes and Peers
	anyNodes         // Nodes, or none
)

// lasting says whether a fault has an end.
type lasting uint8

const (
	atOnce lasting = iota
	lasts
	mayLast
)

// form is what the text and the checks need to know of a kind.
type form struct {
	kind   FaultKind
	word   string
	class  Class
	groups groups
	lasts  lasting
	params []*param // those that may follow, the first needed ones being needed
	needed int
}

var forms = [...]form{
	{Partition, "partition", NetworkFaults, twoGroups, lasts, nil, 0},
	{Isolate, "isolate", NetworkFaults, someNodes, lasts, nil, 0},
	{Split, "split", NetworkFaults, someNodes, lasts, nil, 0},
	{Flap, "flap", NetworkFaults, twoGroups, lasts, []*param{paramUp, paramDown}, 2},
	{Clog, "clog", NetworkFaults, twoGroups, lasts, nil, 0},
	{SlowLink, "slow-link", NetworkFaults, twoGroups, lasts, []*param{paramFactor, paramAdded}, 0},
	{Throttle, "throttle", NetworkFaults, twoGroups, lasts, []*param{paramBandwidth}, 1},
	{Noisy, "noisy", NetworkFaults, twoGroups, lasts,
		[]*param{paramLoss, paramDuplicate, paramCorrupt, paramReorder, paramWindow}, 0},
	{ResetConns, "reset", ConnectionFaults, twoGroups, atOnce, nil, 0},
	{DropConns, "drop", ConnectionFaults, twoGroups, atOnce, []*param{paramLate, paramTell}, 0},
	{StallConns, "stall", ConnectionFaults, twoGroups, lasts, nil, 0},
	{Crash, "crash", NodeFaults, someNodes, lasts, nil, 0},
	{CrashMachine, "crash-machine", NodeFaults, someNodes, lasts, nil, 0},
	{PauseNode, "pause", NodeFaults, someNodes, lasts, nil, 0},
	{SlowCPU, "slow-cpu", NodeFaults, someNodes, lasts, []*param{paramFactor}, 1},
	{RollingRestart, "rolling-restart", NodeFaults, someNodes, atOnce, []*param{paramDownFor, paramGap}, 1},
	{StepClock, "step-clock", ClockFaults, someNodes, mayLast, []*param{paramBy}, 1},
	{DriftClock, "drift-clock", ClockFaults, someNodes, lasts, []*param{paramPPB}, 1},
	{FullDisk, "full-disk", DiskFaults, someNodes, lasts, nil, 0},
	{SlowDisk, "slow-disk", DiskFaults, someNodes, lasts, []*param{paramFactor}, 1},
	{Custom, "custom", CustomFaults, anyNodes, mayLast, []*param{paramLabel}, 1},
	{HealEverything, "heal-everything", CustomFaults, noNodes, atOnce, nil, 0},
}

// form returns what is known of the kind, or nil when there is no such kind.
func (k FaultKind) form() *form {
	if k == 0 || int(k) > len(forms) {
		return nil
	}
	return &forms[k-1]
}

// String returns the word of the kind, as "crash-machine".
func (k FaultKind) String() string {
	if f := k.form(); f != nil {
		return f.word
	}
	return "no fault"
}

// Class returns the class of the kind.
func (k FaultKind) Class() Class {
	if f := k.form(); f != nil {
		return f.class
	}
	return 0
}

// FaultKindOf returns the kind of a word; ok is false when there is none.
func FaultKindOf(word string) (kind FaultKind, ok bool) {
	for i := range forms {
		if forms[i].word == word {
			return forms[i].kind, true
		}
	}
	return 0, false
}
