package kafka

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// The kinds of frames. A reply's kind is its request's plus one.
const (
	frameProduce uint16 = 2*iota + 2
	frameFetch
	frameMetadata
	frameListOffsets
	frameCoordinator
	frameJoin
	frameSync
	frameHeartbeat
	frameCommit
	frameOffsets
	frameLeave // has no reply
	frameImage // controller to broker; has no reply
	frameRegister
	frameBeat
	frameAlter
	frameEpochs
	frameGroupBeat // of the newer group protocol
	// Of transactions; see txnbody.go.
	frameTxnCoordinator
	frameInitPid
	frameAddPartitions // of a producer, or of a partition's leader
	frameEndTxn
	frameMarkers // coordinator to partitions' leaders
	frameAddOffsets
	frameTxnOffsets
)

const reply = 1

// errorCode is the subset of Kafka's error codes that the model gives.
//
// Reference: Kafka, org.apache.kafka.common.protocol.Errors.
type errorCode uint8

const (
	errNone errorCode = iota
	errUnknownTopicOrPartition
	errNotLeaderOrFollower
	errNotEnoughReplicas
	errOutOfOrderSequence
	errOffsetOutOfRange
	errNotCoordinator
	errIllegalGeneration
	errUnknownMember
	errRebalanceInProgress
	errMemberIDRequired
	errNotEnoughReplicasAfterAppend
	errFencedLeaderEpoch
	errUnknownLeaderEpoch
	errDuplicateRegistration
	errStaleBrokerEpoch
	errIneligibleReplica
	errInvalidUpdateVersion
	errMessageTooLarge
	errInvalidProducerEpoch
	errNetworkException
	errRequestTimedOut
	errRecordTooLarge
	errInvalidPIDMapping
	errProducerFenced
	errConcurrentTransactions
	errInvalidTxnState
	errTransactionAbortable
	errCoordinatorFenced
	errUnstableOffsets
	errFencedMemberEpoch
	errStaleMemberEpoch
	errFencedInstance
	errUnreleasedInstance
	errInvalidReplicaAssignment
	errNoReassignmentInProgress
	errNewLeaderElected
	errKafkaStorage
)

var errorNames = [...]string{
	"", "UNKNOWN_TOPIC_OR_PARTITION", "NOT_LEADER_OR_FOLLOWER", "NOT_ENOUGH_REPLICAS",
	"OUT_OF_ORDER_SEQUENCE_NUMBER", "OFFSET_OUT_OF_RANGE", "NOT_COORDINATOR",
	"ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "REBALANCE_IN_PROGRESS", "MEMBER_ID_REQUIRED",
	"NOT_ENOUGH_REPLICAS_AFTER_APPEND", "FENCED_LEADER_EPOCH", "UNKNOWN_LEADER_EPOCH",
	"DUPLICATE_BROKER_REGISTRATION", "STALE_BROKER_EPOCH", "INELIGIBLE_REPLICA", "INVALID_UPDATE_VERSION",
	"MESSAGE_TOO_LARGE", "INVALID_PRODUCER_EPOCH", "NETWORK_EXCEPTION", "REQUEST_TIMED_OUT", "max.request.size",
	"INVALID_PRODUCER_ID_MAPPING", "PRODUCER_FENCED", "CONCURRENT_TRANSACTIONS", "INVALID_TXN_STATE",
	"TRANSACTION_ABORTABLE", "TRANSACTION_COORDINATOR_FENCED", "UNSTABLE_OFFSET_COMMIT",
	"FENCED_MEMBER_EPOCH", "STALE_MEMBER_EPOCH", "FENCED_INSTANCE_ID", "UNRELEASED_INSTANCE_ID",
	"INVALID_REPLICA_ASSIGNMENT", "NO_REASSIGNMENT_IN_PROGRESS", "NEW_LEADER_ELECTED",
	"KAFKA_STORAGE_ERROR",
}

// String returns the code's name in Kafka.
func (e errorCode) String() string { return errorNames[e] }

// produceBatch is a batch inside a produce request, with its answer.
type produceBatch struct {
	handle    uint32 // the producer's own number of the batch
	partition int32
	sequence  int32
	epoch     int16 // the producer's
	records   []history.Message

	err   errorCode
	base  int64
	guard uint32 // of a verification, at the broker
}

// produceBody travels to the broker and, with the answers filled in, back.
type produceBody struct {
	producer int32
	session  uint16
	pid      int32
	acks     string
	batches  []produceBatch
	// txn is the number of the transactional id, -1 for none; verified says that
	// its coordinator was asked.
	txn      int32
	verified bool
	// id is the identity of the request and of its answer: the smallest message
	// carried, with the attempt.
	id sim.ID

	timeout sim.Time // how long it may wait for replication
	size    int32    // of the request
	// throttle is for how long the producer is held back, in the answer.
	throttle sim.Time
	conn     sim.Conn // the broker's: where the answer goes
	waiting  int      // batches that wait for replication
	task     int32    // of the purgatory
}

// fetchPart asks for one partition from an offset.
type fetchPart struct {
	partition int32
	offset    int64
	// Of a follower: the leader epoch that it is in, and that of its last record.
	leaderEpoch, lastEpoch int32
	segment                int64 // the broker's: the segment that the offset was in, of a parked fetch
}

// fetchBody is a fetch request of a consumer, or of a follower.
type fetchBody struct {
	follower    int   // the broker's index, or -1 for a consumer
	consumer    int32 // the consumer's index
	incarnation int32 // the follower's, its broker epoch
	parts       []fetchPart
	maxWait     sim.Time
	minBytes    int32 // that it waits for
	partMax     int32
	max         int32
	committed   bool // only up to the last stable offset

	conn   sim.Conn
	serial uint64 // of the request at the broker: bodies are reused
	task   int32  // of the purgatory
	done   bool
}

// fetchedPart answers for one partition: refs[from:to] of the body.
type fetchedPart struct {
	partition int32
	err       errorCode
	offset    int64 // as asked
	watermark int64
	start     int64 // the leader's log start
	end       int64 // the leader's log end
	from, to  int32
	// aborted[fromAborted:toAborted] of the body are the aborted transactions.
	fromAborted, toAborted int32

	asked int32 // the leader epoch as asked
	// diverges says that the follower's log is not the beginning of the leader's,
	// which knows epoch to end at diverged; -1 is an epoch that it does not know.
	diverges bool
	epoch    int32
	diverged int64
}

type fetchedBody struct {
	// throttle is for how long the consumer is held back.
	throttle sim.Time
	parts    []fetchedPart
	refs     []uint32
	aborted  []abortedTxn
	size     int32
}

// metadataBody is a broker's view of the topic, or the controller's.
type metadataBody struct {
	leaders []int8 // by partition
	// epochs are those of the leaders, in an answer to a client.
	epochs []int32
	// What follows only the image has: the state of each partition, the brokers
	// that are not fenced, their incarnations, and who coordinates the group.
	parts        []registration
	live         brokerSet
	incarnations []int32
	coordinator  int
	offset       int64
}

// controlBody is a broker's request to the controller, with its answer.
type controlBody struct {
	broker      int
	incarnation int32
	err         errorCode
	change      isrChange
	// Of a heartbeat: up to where the broker has the metadata, whether it wants to
	// stop, and the answer to that.
	offset                 int64
	wantShutDown, shutDown bool
}

// isrChange asks for other in-sync replicas of a partition.
type isrChange struct {
	partition      int32
	epoch, version int32 // as the leader knows them
	isr            brokerSet
}

// offsetsBody lists offsets: committed ones, ends of logs, commits.
type offsetsBody struct {
	group      membership
	generation int32
	parts      []fetchPart
	errs       []errorCode
	latest     bool     // ListOffsets: the high watermark instead of the log's start
	since      sim.Time // ListOffsets: what was appended since then; -1 for another question
	committed  bool     // ListOffsets: the last stable offset instead of the high watermark
	joining    bool     // OffsetCommit: the member waits for the answer in order to join
	simple     bool     // OffsetCommit: of a consumer that names no member and no generation
	waited     bool     // OffsetCommit: the thread of the application waits for the answer
	asked      sim.Time // OffsetCommit that is waited for: when it was called
	err        errorCode
}

// membership names a member of a group: the consumer and its session.
type membership struct {
	consumer int32
	session  uint16
}

// groupBody carries the group protocol in both directions.
type groupBody struct {
	member     membership
	named      bool // JoinGroup: the member was given its id before
	generation int32
	err        errorCode
	// JoinGroup: what the member owns and where; the answer to the leader lists
	// all members. SyncGroup: the leader's assignment of each; the answer has
	// the member's own as its owned.
	owned           []int32
	ownedGeneration int32
	leader          bool
	members         []groupMember
	broker          int // FindCoordinator's answer
	// full says of a heartbeat of the newer protocol that owned is what the member
	// owns, of its answer that it is what the member is to own; else it is as before.
	full bool
	// born is how many partitions there were when the group began, in the answer to a
	// heartbeat of the newer protocol: those after them are new to it.
	born int
}

// groupMember is what the leader knows of a member, and gives to it.
type groupMember struct {
	id              membership
	owned           []int32
	ownedGeneration int32
	assigned        []int32
}

// bodies are the pools that frames' bodies come from.
type bodies struct {
	produce  sim.Pool[produceBody]
	fetch    sim.Pool[fetchBody]
	fetched  sim.Pool[fetchedBody]
	metadata sim.Pool[metadataBody]
	offsets  sim.Pool[offsetsBody]
	group    sim.Pool[groupBody]
	control  sim.Pool[controlBody]
	txn      sim.Pool[txnBody]
}

func (b *bodies) reset() {
	b.produce.Reset()
	b.fetch.Reset()
	b.fetched.Reset()
	b.metadata.Reset()
	b.offsets.Reset()
	b.group.Reset()
	b.control.Reset()
	b.txn.Reset()
}

// drop takes back the body of a frame that will not arrive.
func (b *bodies) drop(f sim.Frame) {
	switch f.Kind {
	case frameProduce, frameProduce | reply:
		b.produce.Put(f.Body)
	case frameFetch, frameEpochs:
		b.fetch.Put(f.Body)
	case frameFetch | reply, frameEpochs | reply:
		b.fetched.Put(f.Body)
	case frameMetadata | reply, frameImage:
		b.metadata.Put(f.Body)
	case frameListOffsets, frameListOffsets | reply, frameCommit, frameCommit | reply,
		frameOffsets, frameOffsets | reply:
		b.offsets.Put(f.Body)
	case frameCoordinator | reply, frameJoin, frameJoin | reply, frameSync, frameSync | reply,
		frameHeartbeat, frameHeartbeat | reply, frameLeave, frameGroupBeat, frameGroupBeat | reply:
		b.group.Put(f.Body)
	case frameRegister, frameRegister | reply, frameBeat, frameBeat | reply, frameAlter, frameAlter | reply:
		b.control.Put(f.Body)
	default:
		if f.Kind >= frameTxnCoordinator {
			b.txn.Put(f.Body)
		}
	}
}
