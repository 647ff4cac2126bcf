package app

import (
	"orderlab/model"
	"orderlab/sim"
)

// The values of the feature `expand`.
const (
	Online      = "online"
	DrainThen   = "drain-then-expand"
	EpochMarked = "epoch-marked"
	NewTopic    = "new-topic"
)

// The values of the features `drained_by` and `resume_when`.
const (
	DrainedApplied   = "applied"
	DrainedCommitted = "committed"
	ResumeAdopted    = "adopted"
	ResumeExpanded   = "expanded"
)

// expansionFeatures are about how partitions are added.
func expansionFeatures() []model.Feature {
	return []model.Feature{
		{
			Name: "pause_new_partitions", Type: model.Duration, Default: model.DurationValue(0),
			Needs: []model.Capability{model.PauseResume},
			Doc:   "How long after an expansion the consumers leave the new partitions paused.",
		},
		{
			Name: "expand", Type: model.Text, Default: model.TextValue(Online),
			Enum:  []string{Online, DrainThen, EpochMarked, NewTopic},
			Needs: []model.Capability{model.Expand, model.CommittedPositions, model.CustomPartitioner},
			Doc: "How partitions are added: at once; with the producers held back until everything sent was applied " +
				"and, after the expansion, every producer knows the new partitions and the group has a position in each; " +
				"under traffic, with markers in the old partitions behind which the new ones are read; or as a new topic, " +
				"which the added partitions stand for, and which is read when the old one is empty.",
		},
		{
			Name: "drained_by", Type: model.Text, Default: model.TextValue(DrainedApplied),
			Enum: []string{DrainedApplied, DrainedCommitted},
			Doc: "By what the operator knows that the old partitions are empty: every send was answered and everything " +
				"applied, or the committed positions are at the ends of the logs.",
		},
		{
			Name: "resume_when", Type: model.Text, Default: model.TextValue(ResumeAdopted),
			Enum: []string{ResumeAdopted, ResumeExpanded},
			Doc: "With drain-then-expand: producers go on when all of them know the new partitions and the group has " +
				"positions there, or as soon as there are new partitions.",
		},
		{
			Name: "not_held", Type: model.Integer, Default: model.IntegerValue(0), Max: 1000,
			Doc: "With drain-then-expand: how many producers nobody has thought of, which go on sending.",
		},
	}
}

// epochFeatures are about a change to new partitions under traffic.
func epochFeatures() []model.Feature {
	return []model.Feature{
		{
			Name: "epoch_spread", Type: model.Duration, Default: model.DurationValue(int64(5 * sim.Second)),
			Max: int64(60 * sim.Minute), Cost: true, Source: "an assumption: a setting that each process looks up every few seconds",
			Doc: "Within what time the producers change over to the new partitions, each at its own.",
		},
		{
			Name: "epoch_markers", Type: model.Text, Default: model.TextValue(MarkersAll),
			Enum: []string{MarkersAll, MarkersFirst},
			Doc:  "Into which old partitions a producer that changes over writes its marker.",
		},
		{
			Name: "epoch_late", Type: model.Duration, Default: model.DurationValue(0), Max: int64(60 * sim.Minute),
			Doc: "How long the first producer goes on with the old partitions after its markers.",
		},
		{
			Name: "epoch_hold", Type: model.Text, Default: model.TextValue(HoldAll),
			Enum: []string{HoldAll, HoldOwn, HoldNone},
			Doc: "For what a consumer holds a record of a new epoch back: the markers in all old partitions, those in the " +
				"partition that its key was in, or nothing.",
		},
		{
			Name: "epoch_timeout", Type: model.Duration, Default: model.DurationValue(0), Max: int64(24 * 60 * sim.Minute),
			Doc: "How long a consumer waits for markers before it goes on without them; 0 for ever.",
		},
	}
}

func partitionerFeatures() []model.Feature {
	return []model.Feature{
		{
			Name: "partitioner", Type: model.Text, Default: model.TextValue(PartitionerDefault),
			Enum: []string{PartitionerDefault, PartitionerSlots, PartitionerConsistent, PartitionerPlaced,
				PartitionerSubKey, PartitionerRobin},
			Needs: []model.Capability{model.CustomPartitioner},
			Doc: "How messages are spread: the client's own way, by a table of slots that moves as few as it must, by " +
				"consistent hashing, by a table with entries of their own for hot keys, by a finer key than the one whose order " +
				"counts, or each to the next partition.",
		},
		{
			Name: "placed_keys", Type: model.Integer, Default: model.IntegerValue(10), Min: 1, Max: 1 << 20,
			Doc: "With placed: how many of the first keys have an entry of their own, which spreads them evenly.",
		},
		{
			Name: "sub_keys", Type: model.Integer, Default: model.IntegerValue(1000), Min: 1, Max: 1 << 20,
			Doc: "With sub-key: how many finer keys each key has, as a merchant has orders.",
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
