package app

import (
	"orderlab/model"
	"orderlab/sim"
)

// The values of the feature `partitioner`.
const (
	PartitionerDefault    = "default"
	PartitionerSlots      = "slots"
	PartitionerConsistent = "consistent-hash"
	PartitionerPlaced     = "placed"
	PartitionerSubKey     = "sub-key"
	PartitionerRobin      = "round-robin"
)

// The values of the features `dispatch` and `when_full`.
const (
	DispatchShared = "shared"
	DispatchKey    = "by-key"

	FullWait  = "wait"
	FullPause = "pause"
)

// Settings are the resolved features of an application.
type Settings struct {
	PauseNew     sim.Time
	Expand       string
	DrainedBy    string
	ResumeWhen   string
	NotHeld      int
	Partitioner  string
	Slots        int
	VirtualNodes int
	Placed       int
	SubKeys      int

	EpochSpread, EpochLate, EpochTimeout sim.Time
	EpochMarkers, EpochHold              string

	Outbox     string
	OutboxScan sim.Time
	Relays     int
	// OutboxCommit and RelayDies are about the rows of an outbox, and its relays.
	OutboxCommit, RelayDies sim.Time

	Workers     int
	Dispatch    string
	PollAhead   bool
	Queue       int
	WhenFull    string
	Commit      string
	CommitEvery sim.Time
	OnRevoke    string
	Resequence  sim.Time

	FailingKeys, Errors int64 // millionths
	FailingFor          sim.Time
	Retry               string
	Retries             int
	RetryDelay          sim.Time
	RetryFactor         int
	Exhausted           string
	ParkLock, Abandoned string
	TableLatency        sim.Time

	Write      string
	Fencing    bool
	Token      string
	Dedup      string
	DedupBy    string
	DedupTTL   sim.Time
	Guard      string
	ClockSkew  sim.Time
	States     int32
	Content    string
	ReplicaLag sim.Sampler

	// Outputs says that effects are written in transactions of the client.
	Outputs bool

	MonitorSample              int64 // millionths
	MonitorBy                  string
	MonitorCost, MonitorWindow sim.Time
	MonitorGap, MonitorLag     sim.Time

	DownstreamNodes    int
	DownstreamCapacity int
	DownstreamRestart  sim.Time
}

// Resolve fills the features in.
func Resolve(given model.Values) Settings {
	r := model.Resolve(Features(), given)
	duration := func(name string) sim.Time { return sim.Time(r.Int(name)) }
	return Settings{
		PauseNew: duration("pause_new_partitions"), Expand: r.Text("expand"),
		Partitioner: r.Text("partitioner"), Slots: int(r.Int("slots")), VirtualNodes: int(r.Int("virtual_nodes")),
		Placed: int(r.Int("placed_keys")), SubKeys: int(r.Int("sub_keys")),

		DrainedBy: r.Text("drained_by"), ResumeWhen: r.Text("resume_when"), NotHeld: int(r.Int("not_held")),
		EpochSpread: duration("epoch_spread"), EpochLate: duration("epoch_late"), EpochTimeout: duration("epoch_timeout"),
		EpochMarkers: r.Text("epoch_markers"), EpochHold: r.Text("epoch_hold"),

		Outbox: r.Text("outbox"), OutboxScan: duration("outbox_scan"), Relays: int(r.Int("relays")),
		OutboxCommit: duration("outbox_commit"), RelayDies: duration("relay_dies"),

		Workers: int(r.Int("workers")), Dispatch: r.Text("dispatch"),
		PollAhead: r.Bool("poll_ahead") && !r.Bool(model.TransactionalOutput),
		Queue:     int(r.Int("queue")), WhenFull: r.Text("when_full"), Commit: r.Text(model.Commit),
		CommitEvery: duration("commit_every"), OnRevoke: r.Text("on_revoke"), Resequence: duration("resequence"),

		FailingKeys: r.Int("failing_keys"), Errors: r.Int("errors"), FailingFor: duration("failing_for"),
		Retry: r.Text("retry"), Retries: int(r.Int("retries")), RetryDelay: duration("retry_delay"),
		RetryFactor: int(r.Int("retry_factor")), Exhausted: r.Text("exhausted"), ParkLock: r.Text("park_lock"),
		Abandoned: r.Text("abandoned"), TableLatency: duration("table_latency"),

		Write: r.Text("write"), Fencing: r.Bool("fencing"), Token: r.Text("fencing_token"),
		Dedup: r.Text("dedup"), DedupBy: r.Text("dedup_by"),
		DedupTTL: duration("dedup_ttl"), Guard: r.Text("guard"), ClockSkew: duration("clock_skew"),
		States: int32(r.Int("states")), Content: r.Text("content"), ReplicaLag: r.Get("replica_lag").Dist.Sampler(),

		MonitorSample: r.Int("monitor_sample"), MonitorBy: r.Text("monitor_by"), MonitorCost: duration("monitor_cost"),
		MonitorWindow: duration("monitor_window"), MonitorGap: duration("monitor_gap"), MonitorLag: duration("monitor_lag"),

		Outputs:         r.Bool(model.TransactionalOutput),
		DownstreamNodes: int(r.Int("downstream_nodes")), DownstreamCapacity: int(r.Int("downstream_capacity")),
		DownstreamRestart: duration("downstream_restart"),
	}
}

// NewPartitioner returns the application's own partitioner, or nil when it
// leaves that to the client.
func (s *Settings) NewPartitioner() model.Partitioner {
	switch s.Partitioner {
	case PartitionerSlots:
		return NewSlotTable(s.Slots)
	case PartitionerConsistent:
		return NewRing(s.VirtualNodes)
	case PartitionerPlaced:
		return &placed{slots: NewSlotTable(s.Slots), first: s.Placed}
	case PartitionerSubKey:
		return subKey{s.SubKeys}
	case PartitionerRobin:
		return roundRobin{}
	}
	return nil
}

// stages returns the stages that the strategy has, in the order in which a record
// goes through them.
func (s *Settings) stages() []stage {
	var out []stage
	add := func(has bool, st stage) {
		if has {
			out = append(out, st)
		}
	}
	add(s.Retry == RetryPark, &parkStage{mode: s.ParkLock})
	add(s.Write != WriteUpsert, &rowStage{mode: s.Write})
	add(s.Commit == CommitSink, &positionStage{})
	add(s.Fencing, &fenceStage{token: s.Token})
	add(s.Dedup != DedupNone, &dedupStage{mode: s.Dedup, by: s.DedupBy, ttl: s.DedupTTL})
	add(s.Guard != GuardNone, &guardStage{mode: s.Guard, skew: s.ClockSkew, states: s.States})
	add(s.Content != ContentFat, &thinStage{mode: s.Content})
	add(s.Outputs, &outputStage{})
	return out
}
