package app

import (
	"slices"

	"orderlab/model"
	"orderlab/sim"
)

// Features describes the settings of `app:` in a scenario.
func Features() []model.Feature {
	return slices.Concat(expansionFeatures(), epochFeatures(), partitionerFeatures(), outboxFeatures(),
		poolFeatures(), failureFeatures(), stageFeatures(),
		downstreamFeatures(), monitorFeatures(), outputFeatures(), model.TransactionSettings())
}

// outboxFeatures are about how messages leave their producers.
func outboxFeatures() []model.Feature {
	return []model.Feature{
		{
			Name: "outbox", Type: model.Text, Default: model.TextValue(OutboxNone),
			Enum:  []string{OutboxNone, OutboxSerial, OutboxByNumber, OutboxParallel, OutboxAfterCommit},
			Needs: []model.Capability{model.FailedSends},
			Doc: "Messages are written into a table and sent until they are stored: one after another, one after another with " +
				"larger numbers than the last, by several relays, or each at once by the application, with a job that sends " +
				"again what has failed.",
		},
		{
			Name: "outbox_commit", Type: model.Duration, Default: model.DurationValue(0), Max: int64(sim.Minute),
			Doc: "Within what time the transaction that writes a row into the outbox commits: it is seen only then.",
		},
		{
			Name: "relay_dies", Type: model.Duration, Default: model.DurationValue(0), Max: int64(24 * 60 * sim.Minute),
			Doc: "How often the relays die and begin again, which forgets what they have sent and not yet deleted; 0 for never.",
		},
		{
			Name: "outbox_scan", Type: model.Duration,
			Default: model.DurationValue(int64(sim.Second)), Min: int64(sim.Millisecond),
			Doc: "How long after a failure a message of the outbox is sent again.",
		},
		{
			Name: "relays", Type: model.Integer, Default: model.IntegerValue(4), Min: 1, Max: 1000,
			Doc: "How many relays an outbox has that is parallel, for each producer.",
		},
	}
}

// poolFeatures are about the poll loop, the workers and the positions.
func poolFeatures() []model.Feature {
	return []model.Feature{
		{
			Name: "workers", Type: model.Integer, Default: model.IntegerValue(1), Min: 1, Max: 1000,
			Doc: "How many records a consumer works on at a time.",
		},
		{
			Name: "dispatch", Type: model.Text, Default: model.TextValue(DispatchShared),
			Enum: []string{DispatchShared, DispatchKey},
			Doc: "How records reach the workers: from one queue, so that two of a key may be worked on at once, " +
				"or each key always to the same worker.",
		},
		{
			Name: "poll_ahead", Type: model.Boolean, Default: model.BooleanValue(false),
			Doc: "The consumer polls while its workers are at work; without it, when all records of the last poll " +
				"are finished.",
		},
		{
			Name: "queue", Type: model.Integer, Default: model.IntegerValue(1000), Min: 1, Max: 1 << 20,
			Doc: "With poll_ahead: how many records a consumer has in hand before it stops to poll. A poll may go above it.",
		},
		{
			Name: "when_full", Type: model.Text, Default: model.TextValue(FullWait), Enum: []string{FullWait, FullPause},
			Needs: []model.Capability{model.PauseResume},
			Doc:   "With a full queue: the consumer does not poll, or it pauses its partitions and goes on polling.",
		},
		{
			Name: model.Commit, Type: model.Text, Default: model.TextValue(model.CommitClient),
			Enum:  []string{CommitClient, CommitBefore, CommitBatch, CommitFinished, CommitContiguous, CommitSink},
			Needs: []model.Capability{model.AckPrefix},
			Doc: "Who commits positions, and when: the client by itself; the application as soon as it has the records, when " +
				"all of a poll are finished, behind each that is finished, or behind the last before which all are " +
				"finished; or the sink, with the effect.",
		},
		{
			Name: "commit_every", Type: model.Duration,
			Default: model.DurationValue(int64(sim.Second)), Max: int64(sim.Minute * 60),
			Doc: "How long the application gathers positions before it commits them; 0 commits each.",
		},
		{
			Name: "on_revoke", Type: model.Text, Default: model.TextValue(RevokeGoOn),
			Enum: []string{RevokeGoOn, RevokeDiscard},
			Doc: "What becomes of records in the queues whose partition is taken away: they are worked off, or " +
				"thrown away. What a worker has begun it ends.",
		},
		{
			Name: "resequence", Type: model.Duration, Default: model.DurationValue(0),
			Doc: "How long records wait for earlier ones of their key; 0 for not at all.",
		},
	}
}

// monitorFeatures are about a monitor of the order at the sink.
func monitorFeatures() []model.Feature {
	return []model.Feature{
		{
			Name: "monitor_sample", Type: model.Share, Default: model.Value{Type: model.Share}, Max: million,
			Doc: "The share that a monitor at the sink is told of; 0 for no monitor.",
		},
		{
			Name: "monitor_by", Type: model.Text, Default: model.TextValue(MonitorByKey),
			Enum: []string{MonitorByKey, MonitorByMessage},
			Doc:  "What that is a share of: of the keys, with all their messages, or of the messages.",
		},
		{
			Name: "monitor_cost", Type: model.Duration, Default: model.DurationValue(int64(100 * sim.Microsecond)),
			Max: int64(sim.Minute), Cost: true, Source: "an assumption: a look at a table in memory, and a counter",
			Doc: "How long telling the monitor of an effect takes a worker.",
		},
		{
			Name: "monitor_window", Type: model.Duration, Default: model.DurationValue(int64(10 * sim.Minute)),
			Doc: "How long the monitor remembers which messages were applied.",
		},
		{
			Name: "monitor_gap", Type: model.Duration, Default: model.DurationValue(int64(5 * sim.Second)),
			Doc: "How long it waits for a version after a later one has come.",
		},
		{
			Name: "monitor_lag", Type: model.Duration, Default: model.DurationValue(int64(10 * sim.Second)),
			Doc: "How old a message may be when it is applied.",
		},
	}
}

func outputFeatures() []model.Feature {
	return []model.Feature{{
		Name: model.TransactionalOutput, Type: model.Boolean, Default: model.BooleanValue(false),
		Needs: []model.Capability{model.Outputs},
		Doc: "The effects of a poll and its positions are written in one transaction of the client, when all of its " +
			"records are finished.",
	}}
}

// failureFeatures are about what fails and what becomes of it.
func failureFeatures() []model.Feature {
	return []model.Feature{
		{
			Name: "failing_keys", Type: model.Share, Default: model.Value{Type: model.Share}, Max: million,
			Doc: "The share of keys whose first message cannot be processed for a time.",
		},
		{
			Name: "failing_for", Type: model.Duration, Default: model.DurationValue(int64(40 * sim.Second)),
			Doc: "How long that is, from the first attempt on.",
		},
		{
			Name: "errors", Type: model.Share, Default: model.Value{Type: model.Share}, Max: million,
			Doc: "The share of attempts that fail by chance.",
		},
		{
			Name: "retry", Type: model.Text, Default: model.TextValue(RetryNone),
			Enum: []string{RetryNone, RetryInPlace, RetryTopic, RetryPark},
			Doc: "What becomes of a record that fails: it is forgotten, tried again while the worker waits, tried " +
				"again later from a retry topic, or parked with everything of its key that follows.",
		},
		{
			Name: "retries", Type: model.Integer, Default: model.IntegerValue(0), Max: 1 << 20,
			Doc: "How often it is tried again; 0 for ever.",
		},
		{
			Name: "retry_delay", Type: model.Duration,
			Default: model.DurationValue(int64(sim.Second)), Min: int64(sim.Millisecond),
			Doc: "How long after a failure; for parked keys, how often the job looks at the table.",
		},
		{
			Name: "retry_factor", Type: model.Integer, Default: model.IntegerValue(1), Min: 1, Max: 100,
			Doc: "By what the delay grows from one failure to the next.",
		},
		{
			Name: "exhausted", Type: model.Text, Default: model.TextValue(ExhaustedDeadLetter),
			Enum: []string{ExhaustedDeadLetter, ExhaustedDrop},
			Doc:  "What becomes of a record that has failed too often: it goes to a dead-letter topic, or is forgotten.",
		},
		{
			Name: "park_lock", Type: model.Text, Default: model.TextValue(ParkAtomic),
			Enum: []string{ParkAtomic, ParkSeparate},
			Doc: "Whether a parked key is looked up, added to and freed in one transaction, or by a lock beside " +
				"the list of its records.",
		},
		{
			Name: "abandoned", Type: model.Text, Default: model.TextValue(AbandonRelease),
			Enum: []string{AbandonRelease, AbandonHold, AbandonDeadLetter},
			Doc: "What becomes of the records parked behind one that has failed too often: they go on without it, " +
				"stay where they are, or are given up as well.",
		},
		{
			Name: "table_latency", Type: model.Duration,
			Default: model.DurationValue(int64(sim.Millisecond)), Max: int64(sim.Minute),
			Doc: "A round trip to a table of the application.", Cost: true,
			Source: "an assumption: a database in the same data centre",
		},
	}
}

// stageFeatures are about what is looked at before an effect takes place.
func stageFeatures() []model.Feature {
	return []model.Feature{
		{
			Name: "write", Type: model.Text, Default: model.TextValue(WriteUpsert),
			Enum: []string{WriteUpsert, WriteInsertUpdate, WriteCheckInsert, WriteLock, WriteOptimistic, WriteReadModify},
			Doc:  "How the row of a key is written at the sink.",
		},
		{
			Name: "fencing", Type: model.Boolean, Default: model.BooleanValue(false),
			Needs: []model.Capability{model.OwnershipEpoch},
			Doc:   "The sink refuses a writer whose ownership of the partition is older than one that has written.",
		},
		{
			Name: "fencing_token", Type: model.Text, Default: model.TextValue(TokenOwnership),
			Enum: []string{TokenOwnership, TokenGeneration},
			Doc: "What the sink tells owners apart by: the epoch in which the partition was given to the consumer, or the " +
				"group's generation when the record was polled.",
		},
		{
			Name: "dedup", Type: model.Text, Default: model.TextValue(DedupNone),
			Enum: []string{DedupNone, DedupMarkFirst, DedupMarkAfter, DedupAtomic},
			Doc:  "A table of what was applied: marked before the work, behind the effect, or in its transaction.",
		},
		{
			Name: "dedup_by", Type: model.Text, Default: model.TextValue(DedupByMessage),
			Enum: []string{DedupByMessage, DedupByPosition},
			Doc:  "What tells messages apart: an identity from their producer, or where they stand in the log.",
		},
		{
			Name: "dedup_ttl", Type: model.Duration, Default: model.DurationValue(0),
			Doc: "How long a mark is kept; 0 for ever.",
		},
		{
			Name: "guard", Type: model.Text, Default: model.TextValue(GuardNone),
			Enum: []string{GuardNone, GuardVersion, GuardTime, GuardNext, GuardState},
			Doc: "What a message is compared with before its effect: the version or time of the row, the version " +
				"before its own, the state that it leads from.",
		},
		{
			Name: "clock_skew", Type: model.Duration, Default: model.DurationValue(0), Max: int64(sim.Second * 1000),
			Doc: "By how much the clock of a producer is off at most, to either side, for the timestamps of its messages, " +
				"through the whole run. What the faults step-clock and drift-clock do to it comes on top.",
		},
		{
			Name: "states", Type: model.Integer, Default: model.IntegerValue(4), Min: 2, Max: 1000,
			Doc: "How many states the state machine goes through before it is in the first again.",
		},
		{
			Name: "content", Type: model.Text, Default: model.TextValue(ContentFat),
			Enum: []string{ContentFat, ContentThin, ContentFound, ContentFresh},
			Doc: "Where the content of a message is: in it, or in a replica of the source's database, which is " +
				"read once, until it has the thing, or until it has the version.",
		},
		{
			Name: "replica_lag", Type: model.Dist,
			Default: model.DistValue(model.Distribution{Shape: model.Uniform, B: int64(3 * sim.Second)}),
			Doc:     "How far the replica is behind; drawn anew every second.", Cost: true,
			Source: "the article of the thin messages: up to 3 s",
		},
	}
}

// downstreamFeatures are about the service that the consumers call.
func downstreamFeatures() []model.Feature {
	return []model.Feature{
		{
			Name: "downstream_nodes", Type: model.Integer, Default: model.IntegerValue(0), Max: 1000,
			Doc: "How many nodes the service has that the work is done by; 0 for work in the consumer itself.",
		},
		{
			Name: "downstream_capacity", Type: model.Integer, Default: model.IntegerValue(30), Min: 1, Max: 1 << 20,
			Doc: "With how many calls at a time a node lives; one more kills it.", Source: "an assumption",
		},
		{
			Name: "downstream_restart", Type: model.Duration, Default: model.DurationValue(int64(sim.Minute)),
			Doc: "After how long a node that died is back; 0 for never.", Cost: true, Source: "an assumption",
		},
	}
}
