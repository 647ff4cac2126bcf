package app

import (
	"orderlab/model"
	"orderlab/sim"
)

// The values of the feature `expand`.
const (
	Online    = "online"
	DrainThen = "drain-then-expand"
)

// The values of the feature `partitioner`.
const (
	PartitionerDefault    = "default"
	PartitionerSlots      = "slots"
	PartitionerConsistent = "consistent-hash"
)

// Features describes the settings of `app:` in a scenario.
func Features() []model.Feature {
	return []model.Feature{
		{
			Name: "pause_new_partitions", Type: model.Duration, Default: model.DurationValue(0),
			Needs: []model.Capability{model.PauseResume},
			Doc:   "How long after an expansion the consumers leave the new partitions paused.",
		},
		{
			Name: "expand", Type: model.Text, Default: model.TextValue(Online), Enum: []string{Online, DrainThen},
			Needs: []model.Capability{model.Expand, model.CommittedPositions},
			Doc: "How partitions are added: at once, or with the producers held back until everything sent was applied " +
				"and, after the expansion, every producer knows the new partitions and the group has a position in each.",
		},
		{
			Name: "partitioner", Type: model.Text, Default: model.TextValue(PartitionerDefault),
			Enum:  []string{PartitionerDefault, PartitionerSlots, PartitionerConsistent},
			Needs: []model.Capability{model.CustomPartitioner},
			Doc:   "How keys are spread: the client's own way, a table of slots that moves as few as it must, or consistent hashing.",
		},
		{
			Name: "slots", Type: model.Integer, Default: model.IntegerValue(1024), Min: 1, Max: 1 << 20,
			Doc: "Number of slots of the slot table.",
		},
		{
			Name: "virtual_nodes", Type: model.Integer, Default: model.IntegerValue(160), Min: 1, Max: 1 << 12,
			Doc: "Points of each partition on the ring of consistent hashing.",
		},
		{
			Name: model.ResendFailed, Type: model.Boolean, Default: model.BooleanValue(false),
			Needs: []model.Capability{model.FailedSends},
			Doc:   "The application sends a message again, from the callback, when the client says that the send has failed.",
		},
	}
}

// Settings are the resolved features of an application.
type Settings struct {
	PauseNew     sim.Time
	Expand       string
	Partitioner  string
	Slots        int
	VirtualNodes int
}

// Resolve fills the features in.
func Resolve(given model.Values) Settings {
	r := model.Resolve(Features(), given)
	return Settings{
		PauseNew: sim.Time(r.Int("pause_new_partitions")), Expand: r.Text("expand"),
		Partitioner: r.Text("partitioner"), Slots: int(r.Int("slots")), VirtualNodes: int(r.Int("virtual_nodes")),
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
	}
	return nil
}
