package kafka

// definite says that a batch which is answered with the error was not stored. A
// leader that appended it and then lost the lead, or in-sync replicas, says so in
// an answer to acks=all; a request without an answer may have been carried out.
//
// Reference: Kafka, Errors; DelayedProduce.tryComplete.
func (e errorCode) definite(acks string) bool {
	switch e {
	case errNetworkException, errRequestTimedOut, errNotEnoughReplicasAfterAppend:
		return false
	case errNotLeaderOrFollower, errUnknownTopicOrPartition, errFencedLeaderEpoch:
		return acks != "all"
	}
	return true
}

// retriable says that a producer sends the batch again.
//
// Reference: Kafka, Errors (the subclasses of RetriableException).
func (e errorCode) retriable() bool {
	switch e {
	case errUnknownTopicOrPartition, errNotLeaderOrFollower, errNotEnoughReplicas, errNotEnoughReplicasAfterAppend,
		errNetworkException, errRequestTimedOut, errKafkaStorage, errFencedLeaderEpoch, errUnknownLeaderEpoch,
		errConcurrentTransactions:
		return true
	}
	return false
}

// stale says that the error is a reason to ask for metadata.
//
// Reference: Kafka, Errors (the subclasses of InvalidMetadataException).
func (e errorCode) stale() bool {
	switch e {
	case errUnknownTopicOrPartition, errNotLeaderOrFollower, errNetworkException, errFencedLeaderEpoch, errKafkaStorage:
		return true
	}
	return false
}
