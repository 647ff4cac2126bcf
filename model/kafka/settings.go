package kafka

import (
	"math"

	"orderlab/model"
	"orderlab/sim"
)

// The sources of the defaults.
const (
	fromBroker   = "Kafka documentation, broker configs"
	fromTopic    = "Kafka documentation, topic configs"
	fromProducer = "Kafka documentation, producer configs"
	fromConsumer = "Kafka documentation, consumer configs"
	fromQuotas   = "Kafka documentation, quotas"
	fromGroup    = "Kafka documentation, broker configs (group coordinator)"
	fromKIP1030  = "KIP-1030: linger.ms is 5 from Kafka 4.0 on, 0 before"
	assumption   = "an assumption: machines in one data centre"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

func integer(name string, def, lo, hi int64, doc, source string) model.Setting {
	return model.Setting{Name: name, Type: model.Integer, Default: model.IntegerValue(def), Min: lo, Max: hi,
		Doc: doc, Source: source}
}

func millis(name string, def, lo sim.Time, doc, source string) model.Setting {
	return model.Setting{Name: name, Type: model.Duration, Default: model.DurationValue(int64(def)), Min: int64(lo),
		Millis: true, Doc: doc, Source: source}
}

func bytes(name string, def, lo int64, doc, source string) model.Setting {
	return model.Setting{Name: name, Type: model.Size, Default: model.SizeValue(def), Min: lo, Max: math.MaxInt32,
		Doc: doc, Source: source}
}

func word(name, def, doc, source string, enum ...string) model.Setting {
	return model.Setting{Name: name, Type: model.Text, Default: model.TextValue(def), Enum: enum, Doc: doc, Source: source}
}

// profiles are the names of the sets of defaults, the newest first.
func profiles() []string { return []string{"kafka-4.0", "kafka-3.9"} }

func topSettings() []model.Setting {
	return append([]model.Setting{
		integer("brokers", 3, 1, 64, "Number of brokers.", assumption),
		{Name: "network.latency", Type: model.Dist,
			Default: model.DistValue(model.Distribution{Shape: model.LogNormal, A: int64(200 * sim.Microsecond), B: 300_000}),
			Doc:     "One-way latency of every link.", Source: assumption, Cost: true},
		{Name: "disk.sync.latency", Type: model.Dist,
			Default: model.DistValue(model.Distribution{Shape: model.LogNormal, A: int64(sim.Millisecond), B: 500_000}),
			Doc:     "How long a broker's disk takes to sync a log.", Source: "an assumption: solid-state disks", Cost: true},
	}, costSettings()...)
}

func topicSettings() []model.Setting {
	return []model.Setting{
		integer("partitions", 1, 1, 4096, "Number of partitions.", fromTopic),
		integer("replicas", 1, 1, 64, "Replication factor.", fromTopic),
		integer("min.insync.replicas", 1, 1, 64, "In-sync replicas without which acks=all is refused.", fromTopic),
		millis("retention.ms", 7*24*60*sim.Minute, -sim.Millisecond,
			"After how long records are deleted, a segment at a time; -1ms is never.", fromTopic),
		{Name: "retention.bytes", Type: model.Size, Default: model.SizeValue(-1), Min: -1, Max: math.MaxInt64,
			Doc: "Size of a partition above which its oldest segments are deleted; -1 is none.", Source: fromTopic},
		millis("segment.ms", 7*24*60*sim.Minute, sim.Millisecond, "Age at which a segment is closed.", fromTopic),
		bytes("segment.bytes", 1<<30, 1<<20, "Size at which a segment is closed.", fromTopic),
		bytes("max.message.bytes", mib+12, 1, "Size of a batch above which it is refused.", fromTopic),
	}
}

func brokerSettings() []model.Setting {
	return []model.Setting{
		integer("num.network.threads", 3, 1, 1024, "How many threads read requests and write answers.", fromBroker),
		integer("num.io.threads", 8, 1, 1024, "How many threads work on requests.", fromBroker),
		millis("replica.fetch.wait.max.ms", 500*sim.Millisecond, sim.Millisecond,
			"How long a follower's fetch waits for data.", fromBroker),
		bytes("replica.fetch.max.bytes", mib, kib, "Most bytes of one partition in a follower's fetch.", fromBroker),
		millis("replica.lag.time.max.ms", 30*sim.Second, sim.Millisecond,
			"How long a follower may be behind and stay in sync.", fromBroker),
		millis("broker.heartbeat.interval.ms", 2*sim.Second, sim.Millisecond,
			"How often a broker tells the controller that it is there.", fromBroker),
		millis("broker.session.timeout.ms", 9*sim.Second, sim.Millisecond,
			"After how long without a heartbeat the controller fences a broker.", fromBroker),
		{Name: "unclean.leader.election.enable", Type: model.Boolean, Default: model.BooleanValue(false),
			Doc: "A replica that is not in sync may lead when none is.", Source: fromBroker},
		{Name: "auto.leader.rebalance.enable", Type: model.Boolean, Default: model.BooleanValue(true),
			Doc: "The controller gives partitions back to their preferred leaders.", Source: fromBroker},
		{Name: "leader.imbalance.check.interval.seconds", Type: model.Integer, Default: model.IntegerValue(300), Min: 1,
			Max: math.MaxInt32, Doc: "How often it looks for them.", Source: fromBroker},
		{Name: "controlled.shutdown.enable", Type: model.Boolean, Default: model.BooleanValue(true),
			Doc: "A broker that is asked to stop has its leaders moved first.", Source: fromBroker},
		{Name: "log.flush.interval.messages", Type: model.Integer, Default: model.IntegerValue(math.MaxInt64), Min: 1,
			Max: math.MaxInt64, Doc: "After how many records a log is synced to disk.", Source: fromBroker},
		word("replica.truncation", truncateKIP320, "How a follower of a new leader finds the end of what both have: "+
			"as Kafka from 2.1 on, or as it was before.", "KIP-320 (2.1), KIP-279 (2.0), KIP-101 (0.11), before them the high watermark",
			truncateKIP320, truncateKIP279, truncateKIP101, truncateWatermark),
		{Name: "os.writeback", Type: model.Duration, Default: model.DurationValue(int64(30 * sim.Second)), Min: 1,
			Doc:    "After how long the operating system writes to disk what no one synced.",
			Source: "Linux, Documentation/admin-guide/sysctl/vm (dirty_expire_centisecs)"},
		integer("quota.window.num", 11, 1, math.MaxInt32, "Over how many windows the rate of a client with a quota is measured.", fromBroker),
		integer("quota.window.size.seconds", 1, 1, math.MaxInt32, "How long such a window is.", fromBroker),
		millis("log.retention.check.interval.ms", 5*sim.Minute, sim.Millisecond,
			"How often a broker looks for segments to delete.", fromBroker),
		millis("group.initial.rebalance.delay.ms", 3*sim.Second, 0,
			"How long the first rebalance of an empty group waits for more members.", fromGroup),
		millis("group.consumer.session.timeout.ms", 45*sim.Second, sim.Millisecond,
			"After how long without a heartbeat a member is dead, under the newer protocol.", fromGroup),
		millis("group.consumer.heartbeat.interval.ms", 5*sim.Second, sim.Millisecond,
			"How often a member sends a heartbeat, under the newer protocol.", fromGroup),
		millis("producer.id.expiration.ms", 24*60*sim.Minute, sim.Millisecond,
			"After how long without a record a broker forgets a producer id.", fromBroker),
		boolean("transaction.partition.verification.enable", true,
			"The leader of a partition asks whether it is in the transaction of a batch (KIP-890).", fromBroker),
		millis("transaction.max.timeout.ms", 15*sim.Minute, sim.Millisecond,
			"The longest transaction.timeout.ms that a coordinator allows.", fromBroker),
		millis("transaction.abort.timed.out.transaction.cleanup.interval.ms", 10*sim.Second, sim.Millisecond,
			"How often a coordinator looks for transactions that have taken too long.", fromBroker),
	}
}

// How followers truncate; see [broker.becomeFollower].
const (
	truncateKIP320    = "kip-320"
	truncateKIP279    = "kip-279"
	truncateKIP101    = "kip-101"
	truncateWatermark = "high-watermark"
)

// metadataAge may stand in `client` for both sides, or in one of them.
func metadataAge() model.Setting {
	return millis("metadata.max.age.ms", 5*sim.Minute, sim.Millisecond,
		"After how long a client asks again which partitions exist.", fromProducer)
}

func consumerSettings() []model.Setting {
	return []model.Setting{
		metadataAge(),
		word("group.protocol", "classic", "Which group protocol is used: the classic one, or that of KIP-848.", fromConsumer, "classic", "consumer"),
		word("group.remote.assignor", "uniform", "How the coordinator spreads partitions under the newer protocol.",
			"Kafka documentation, broker configs: group.consumer.assignors is [uniform, range], of which the first is used", "uniform", "range"),
		word("group.instance.id", "", "The name under which a consumer is a static member; in it a * stands for the consumer's own name.",
			fromConsumer),
		word("isolation.level", "read_uncommitted", "Whether records of transactions are read that are aborted or undecided.",
			fromConsumer, "read_uncommitted", "read_committed"),
		word("assignment", subscribes, "How a consumer comes to its partitions: from its group, or for good by its own choice, every "+
			"n-th one of n consumers.", "Kafka documentation, KafkaConsumer: subscribe and assign", subscribes, assigns),
		word("auto.offset.reset", "latest", "Where a partition without a committed offset is read from: earliest, latest, or what was "+
			"written in a time before, as by_duration:PT5M; with none, poll throws an exception and the process ends.", fromConsumer),
		word("auto.offset.reset.new.partitions", resetLike, "The same for a partition that was added while the group was there, "+
			"under the newer protocol.", "KIP-1327 (4.4): the default is null"),
		word("partition.assignment.strategy", "range", "How the group's leader spreads partitions.",
			"Kafka documentation, consumer configs: [Range, CooperativeSticky], of which the first is used", "range", "roundrobin", "sticky", "cooperative-sticky"),
		integer("max.poll.records", 500, 1, math.MaxInt32, "Most records that one poll returns.", fromConsumer),
		bytes("max.partition.fetch.bytes", mib, kib, "Most bytes of one partition in a fetch.", fromConsumer),
		bytes("fetch.max.bytes", 50*mib, kib, "Most bytes in a fetch.", fromConsumer),
		bytes("fetch.min.bytes", 1, 0, "How many bytes a fetch waits for, of all its partitions together.", fromConsumer),
		millis("fetch.max.wait.ms", 500*sim.Millisecond, sim.Millisecond, "How long a fetch waits for fetch.min.bytes.", fromConsumer),
		{Name: "enable.auto.commit", Type: model.Boolean, Default: model.BooleanValue(true),
			Doc: "Positions are committed from within poll.", Source: fromConsumer},
		millis("auto.commit.interval.ms", 5*sim.Second, sim.Millisecond, "How often positions are committed.", fromConsumer),
		word("commit.call", commitAsync, "How an application that commits by itself does so: going on at once, or waiting for the answer, "+
			"and sending again, until default.api.timeout.ms.", "Kafka documentation, KafkaConsumer: commitAsync and commitSync",
			commitAsync, commitSync),
		millis("default.api.timeout.ms", sim.Minute, sim.Millisecond, "How long commitSync tries.", fromConsumer),
		millis("session.timeout.ms", 45*sim.Second, sim.Millisecond, "After how long without a heartbeat a member is dead.", fromConsumer),
		millis("heartbeat.interval.ms", 3*sim.Second, sim.Millisecond, "How often a member sends a heartbeat.", fromConsumer),
		millis("max.poll.interval.ms", 5*sim.Minute, sim.Millisecond,
			"How long a rebalance waits for a member to join, and a member may go without a poll.", fromConsumer),
		millis("retry.backoff.ms", 100*sim.Millisecond, sim.Millisecond, "Wait before a failed request is repeated.", fromConsumer),
		millis("restart.after", 0, 0, "After how long the process of a consumer whose poll has thrown an exception is started again; "+
			"0 is never.", "an assumption: nobody does"),
	}
}

// config is a resolved configuration, in the units of the model.
type config struct {
	brokers, partitions, replicas, minISR int
	topic                                 string
	latency, sync                         sim.Sampler
	bandwidth                             int64 // of a machine, in bytes a second
	processing                            processing
	recordSize                            int32

	replicaWait     sim.Time
	replicaMaxBytes int32
	initialDelay    sim.Time
	// maxMessage is the largest batch in bytes, producerExpiration after how long a
	// producer id without a record is forgotten.
	maxMessage         int32
	producerExpiration sim.Time
	replication        replicationConfig
	retention          retentionConfig
	quotas             quotaConfig

	// txnV2 says that a transaction's end gives its producer a new epoch (KIP-890),
	// txnVerify that leaders ask whether they are in a transaction.
	txnV2, txnVerify bool
	abortEvery       sim.Time // how often coordinators look for old transactions
	// Of groups of the newer protocol.
	memberSession, memberHeartbeat sim.Time
	txnApp                         txnAppConfig
	outputs                        bool // consumers write in transactions

	producer producerConfig
	consumer consumerConfig
}

// replicationConfig is what brokers and the controller need to know about failures.
type replicationConfig struct {
	lagMax, heartbeat, session, writeback, preferredEvery sim.Time
	unclean, preferred, controlledShutdown                bool
	flushEvery                                            int64
	truncation                                            string
	fences                                                bool // since KIP-320
}

func resolveReplication(b model.Resolver) replicationConfig {
	return replicationConfig{
		lagMax:         sim.Time(b.Int("replica.lag.time.max.ms")),
		heartbeat:      sim.Time(b.Int("broker.heartbeat.interval.ms")),
		session:        sim.Time(b.Int("broker.session.timeout.ms")),
		writeback:      sim.Time(b.Int("os.writeback")),
		preferredEvery: sim.Time(b.Int("leader.imbalance.check.interval.seconds")) * sim.Second,
		unclean:        b.Bool("unclean.leader.election.enable"), preferred: b.Bool("auto.leader.rebalance.enable"),
		controlledShutdown: b.Bool("controlled.shutdown.enable"),
		flushEvery:         b.Int("log.flush.interval.messages"), truncation: b.Text("replica.truncation"),
		fences: b.Text("replica.truncation") == truncateKIP320,
	}
}

type consumerConfig struct {
	metadataAge        sim.Time
	reset, resetNew    resetPolicy
	committed          bool // isolation.level
	modern             bool // group.protocol: consumer
	remoteAssignor     string
	static             bool // group.instance.id is given
	assignor           string
	maxPoll            int
	fetchMin           int32 // that a fetch waits for
	partitionBytes     int32
	fetchBytes         int32
	fetchWait          sim.Time
	autoCommit         bool
	commitInterval     sim.Time
	session, heartbeat sim.Time
	maxPollInterval    sim.Time
	backoff            sim.Time
	commitSync         bool
	apiTimeout         sim.Time
	assign             bool     // it is no member of its group
	restartAfter       sim.Time // of a process that ended itself; 0 is never
	group              string
	members            int
}

// resolve fills a configuration in: what was given, else the profile's default.
func resolve(plan *model.Plan) config {
	c := &plan.Config
	topic := c.Section("topics").Entries[0]
	top := model.Resolve(topSettings(), c.Top)
	t := model.Resolve(topicSettings(), topic.Values)
	b := model.Resolve(brokerSettings(), c.Section("broker").Values)
	client := c.Section("client").Values
	out := config{
		brokers: int(top.Int("brokers")), latency: top.Get("network.latency").Dist.Sampler(),
		sync:      top.Get("disk.sync.latency").Dist.Sampler(),
		bandwidth: top.Int("network.bandwidth"), processing: resolveProcessing(top, b),
		topic: topic.Name, partitions: int(t.Int("partitions")), replicas: int(t.Int("replicas")),
		minISR: int(t.Int("min.insync.replicas")), recordSize: int32(plan.RecordSize),
		replicaWait:     sim.Time(b.Int("replica.fetch.wait.max.ms")),
		replicaMaxBytes: int32(b.Int("replica.fetch.max.bytes")),
		initialDelay:    sim.Time(b.Int("group.initial.rebalance.delay.ms")),
		maxMessage:      int32(t.Int("max.message.bytes")), producerExpiration: sim.Time(b.Int("producer.id.expiration.ms")),
		replication: resolveReplication(b),
		retention: retentionConfig{keep: sim.Time(t.Int("retention.ms")), segmentAge: sim.Time(t.Int("segment.ms")),
			segmentBytes: t.Int("segment.bytes"), keepBytes: t.Int("retention.bytes"), every: sim.Time(b.Int("log.retention.check.interval.ms"))},
		producer: resolveProducer(model.Resolve(producerSettings(c.Profile), c.Section("producer").Values, client)),
		consumer: resolveConsumer(model.Resolve(consumerSettings(), c.Section("consumer").Values, client)),
	}
	out.txnV2, out.txnVerify = c.Profile != "kafka-3.9", b.Bool("transaction.partition.verification.enable")
	out.abortEvery = sim.Time(b.Int("transaction.abort.timed.out.transaction.cleanup.interval.ms"))
	out.memberSession = sim.Time(b.Int("group.consumer.session.timeout.ms"))
	out.memberHeartbeat = sim.Time(b.Int("group.consumer.heartbeat.interval.ms"))
	out.txnApp = resolveTxnApp(plan.App)
	if v, given := plan.App.Get(model.TransactionalOutput); given && v.Int != 0 {
		out.outputs, out.consumer.autoCommit = true, false
	}
	out.quotas = resolveQuotas(plan, b)
	out.consumer.group, out.consumer.members = plan.Consumers.Group, plan.Consumers.Members
	out.consumer.autoCommit = out.consumer.autoCommit && !model.CommitsItself(plan.App)
	return out
}

func resolveConsumer(r model.Resolver) consumerConfig {
	reset, resetNew := resolveResets(r)
	return consumerConfig{
		metadataAge: sim.Time(r.Int("metadata.max.age.ms")),
		committed:   r.Text("isolation.level") == "read_committed", modern: r.Text("group.protocol") == "consumer",
		remoteAssignor: r.Text("group.remote.assignor"), static: r.Text("group.instance.id") != "",
		reset: reset, resetNew: resetNew, assignor: r.Text("partition.assignment.strategy"),
		maxPoll: int(r.Int("max.poll.records")), fetchMin: int32(r.Int("fetch.min.bytes")),
		partitionBytes: int32(r.Int("max.partition.fetch.bytes")),
		fetchBytes:     int32(r.Int("fetch.max.bytes")), fetchWait: sim.Time(r.Int("fetch.max.wait.ms")),
		autoCommit: r.Bool("enable.auto.commit"), commitInterval: sim.Time(r.Int("auto.commit.interval.ms")),
		session: sim.Time(r.Int("session.timeout.ms")), heartbeat: sim.Time(r.Int("heartbeat.interval.ms")),
		maxPollInterval: sim.Time(r.Int("max.poll.interval.ms")), backoff: sim.Time(r.Int("retry.backoff.ms")),
		commitSync: r.Text("commit.call") == commitSync, apiTimeout: sim.Time(r.Int("default.api.timeout.ms")),
		assign: r.Text("assignment") == assigns, restartAfter: sim.Time(r.Int("restart.after")),
	}
}
