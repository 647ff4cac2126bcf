package kafka

// lackingSettings are refused: in Kafka they change what happens, and here they would not.
var lackingSettings = []unusedGroup{
	{"broker", "the model has no ZooKeeper; its controller is that of KRaft", `
		broker.id.generation.enable control.plane.listener.name reserved.broker.max.id
		zookeeper.clientCnxnSocket zookeeper.connect zookeeper.connection.timeout.ms
		zookeeper.max.in.flight.requests zookeeper.metadata.migration.enable
		zookeeper.metadata.migration.min.batch.size zookeeper.session.timeout.ms zookeeper.set.acl
		zookeeper.ssl.cipher.suites zookeeper.ssl.client.enable zookeeper.ssl.crl.enable
		zookeeper.ssl.enabled.protocols zookeeper.ssl.endpoint.identification.algorithm
		zookeeper.ssl.keystore.location zookeeper.ssl.keystore.password zookeeper.ssl.keystore.type
		zookeeper.ssl.ocsp.enable zookeeper.ssl.protocol zookeeper.ssl.truststore.location
		zookeeper.ssl.truststore.password zookeeper.ssl.truststore.type
	`},
	{"broker", "batches are not compressed; give record_size as it is sent", `
		offsets.topic.compression.codec
	`},
	{"broker topic producer", "batches are not compressed; give record_size as it is sent", `
		compression.gzip.level compression.lz4.level compression.type compression.zstd.level
	`},
	{"broker", "logs are not compacted, only deleted", `
		log.cleaner.backoff.ms log.cleaner.dedupe.buffer.size log.cleaner.delete.retention.ms
		log.cleaner.enable log.cleaner.io.buffer.load.factor log.cleaner.io.buffer.size
		log.cleaner.io.max.bytes.per.second log.cleaner.max.compaction.lag.ms
		log.cleaner.min.cleanable.ratio log.cleaner.min.compaction.lag.ms log.cleaner.threads
		log.cleanup.policy
	`},
	{"topic", "logs are not compacted, only deleted", `
		cleanup.policy delete.retention.ms max.compaction.lag.ms min.cleanable.dirty.ratio
		min.compaction.lag.ms
	`},
	{"broker", "there is no tiered storage (KIP-405)", `
		log.local.retention.bytes log.local.retention.ms remote.fetch.max.wait.ms
		remote.list.offsets.request.timeout.ms remote.log.index.file.cache.total.size.bytes
		remote.log.manager.copier.thread.pool.size remote.log.manager.copy.max.bytes.per.second
		remote.log.manager.copy.quota.window.num remote.log.manager.copy.quota.window.size.seconds
		remote.log.manager.expiration.thread.pool.size remote.log.manager.fetch.max.bytes.per.second
		remote.log.manager.fetch.quota.window.num remote.log.manager.fetch.quota.window.size.seconds
		remote.log.manager.task.interval.ms remote.log.manager.task.retry.backoff.max.ms
		remote.log.manager.task.retry.backoff.ms remote.log.manager.task.retry.jitter
		remote.log.manager.thread.pool.size remote.log.metadata.custom.metadata.max.bytes
		remote.log.metadata.manager.class.name remote.log.metadata.manager.class.path
		remote.log.metadata.manager.impl.prefix remote.log.metadata.manager.listener.name
		remote.log.reader.max.pending.tasks remote.log.reader.threads remote.log.storage.manager.class.name
		remote.log.storage.manager.class.path remote.log.storage.manager.impl.prefix
		remote.log.storage.system.enable
	`},
	{"topic", "there is no tiered storage (KIP-405)", `
		local.retention.bytes local.retention.ms remote.log.copy.disable remote.log.delete.on.disable
		remote.storage.enable
	`},
	{"broker", "there are no share groups (KIP-932)", `
		group.share.delivery.count.limit group.share.enable group.share.heartbeat.interval.ms
		group.share.max.groups group.share.max.heartbeat.interval.ms group.share.max.record.lock.duration.ms
		group.share.max.session.timeout.ms group.share.max.size group.share.min.heartbeat.interval.ms
		group.share.min.record.lock.duration.ms group.share.min.session.timeout.ms
		group.share.partition.max.record.locks group.share.persister.class.name
		group.share.record.lock.duration.ms group.share.session.timeout.ms
		share.coordinator.append.linger.ms share.coordinator.load.buffer.size
		share.coordinator.snapshot.update.records.per.snapshot
		share.coordinator.state.topic.compression.codec share.coordinator.state.topic.min.isr
		share.coordinator.state.topic.num.partitions share.coordinator.state.topic.prune.interval.ms
		share.coordinator.state.topic.replication.factor share.coordinator.state.topic.segment.bytes
		share.coordinator.threads share.coordinator.write.timeout.ms share.fetch.max.fetch.records
	`},
	{"broker", "a group's assignor and its limits are those of the defaults (KIP-848)", `
		group.consumer.assignors group.consumer.max.heartbeat.interval.ms
		group.consumer.max.session.timeout.ms group.consumer.max.size group.consumer.migration.policy
		group.consumer.min.heartbeat.interval.ms group.consumer.min.session.timeout.ms
		group.coordinator.append.linger.ms group.coordinator.new.enable
		group.coordinator.rebalance.protocols
	`},
	{"broker", "the coordinator of transactions has the defaults", `
		add.partitions.to.txn.retry.backoff.max.ms add.partitions.to.txn.retry.backoff.ms
		transaction.remove.expired.transaction.cleanup.interval.ms transaction.state.log.min.isr
		transaction.state.log.num.partitions transaction.state.log.replication.factor
		transaction.state.log.segment.bytes transactional.id.expiration.ms
	`},
	{"consumer", "a dynamic member that is closed leaves its group", `
		internal.leave.group.on.close
	`},
	{"broker", "brokers do not bound groups", `
		group.max.session.timeout.ms group.max.size group.min.session.timeout.ms
	`},
	{"consumer", "the group's name stands under consumers.group", `
		group.id
	`},
	{"broker", "the controller is one node that does not fail, and brokers hear of changes as it sends them", `
		controller.quorum.append.linger.ms controller.quorum.election.backoff.max.ms
		controller.quorum.election.timeout.ms controller.quorum.fetch.timeout.ms
		controller.quorum.request.timeout.ms controller.quorum.retry.backoff.ms controller.socket.timeout.ms
		eligible.leader.replicas.enable initial.broker.registration.timeout.ms
		leader.imbalance.per.broker.percentage metadata.log.max.record.bytes.between.snapshots
		metadata.log.max.snapshot.interval.ms metadata.log.segment.bytes metadata.log.segment.min.bytes
		metadata.log.segment.ms metadata.max.idle.interval.ms metadata.max.retention.bytes
		metadata.max.retention.ms
	`},
	{"broker", "a topic's own setting counts: topics.NAME.retention.ms", `
		log.retention.hours log.retention.minutes log.retention.ms
	`},
	{"broker", "a topic's own setting counts: topics.NAME.retention.bytes", `
		log.retention.bytes
	`},
	{"broker", "a topic's own setting counts: topics.NAME.segment.ms", `
		log.roll.hours log.roll.ms
	`},
	{"broker", "a topic's own setting counts: topics.NAME.segment.bytes", `
		log.segment.bytes
	`},
	{"broker", "a topic's own setting counts: topics.NAME.max.message.bytes", `
		message.max.bytes
	`},
	{"broker", "a topic's own setting counts: topics.NAME.min.insync.replicas", `
		min.insync.replicas
	`},
	{"broker", "a topic's own setting counts: topics.NAME.partitions", `
		num.partitions
	`},
	{"broker", "a topic's own setting counts: topics.NAME.replicas", `
		default.replication.factor
	`},
	{"topic", "the brokers' setting counts: broker.unclean.leader.election.enable", `
		unclean.leader.election.enable
	`},
	{"topic", "the brokers' setting counts: broker.log.flush.interval.messages", `
		flush.messages
	`},
	{"broker", "segments are closed without jitter", `
		log.roll.jitter.hours log.roll.jitter.ms
	`},
	{"topic", "segments are closed without jitter", `
		segment.jitter.ms
	`},
	{"broker", "logs are synced by number of records (log.flush.interval.messages), not by time", `
		log.flush.interval.ms log.flush.scheduler.interval.ms
	`},
	{"topic", "logs are synced by number of records (log.flush.interval.messages), not by time", `
		flush.ms
	`},
	{"broker", "quotas are measured in the default windows", `
		alter.log.dirs.replication.quota.window.num alter.log.dirs.replication.quota.window.size.seconds
		client.quota.callback.class controller.quota.window.num controller.quota.window.size.seconds
		quota.window.num quota.window.size.seconds replication.quota.window.num
		replication.quota.window.size.seconds
	`},
	{"topic", "quotas are measured in the default windows", `
		follower.replication.throttled.replicas leader.replication.throttled.replicas
	`},
	{"broker", "partitions are placed without regard to racks, and followers serve no consumers", `
		broker.rack replica.selector.class
	`},
	{"consumer", "partitions are placed without regard to racks, and followers serve no consumers", `
		client.rack
	`},
	{"broker", "it has its default value", `
		controlled.shutdown.enable controlled.shutdown.max.retries controlled.shutdown.retry.backoff.ms
		fetch.max.bytes num.replica.fetchers offsets.commit.required.acks offsets.commit.timeout.ms
		offsets.topic.num.partitions producer.id.expiration.check.interval.ms replica.fetch.backoff.ms
		replica.fetch.min.bytes replica.fetch.response.max.bytes
		replica.high.watermark.checkpoint.interval.ms replica.socket.timeout.ms request.timeout.ms
		unclean.leader.election.interval.ms
	`},
	{"topic", "logs are deleted by age, not by size", `
		retention.bytes
	`},
	{"broker", "disks do not fail", `
		log.dir.failure.timeout.ms
	`},
	{"broker", "committed offsets do not expire", `
		offsets.retention.check.interval.ms offsets.retention.minutes
	`},
	{"broker", "the offsets topic is not replicated: what the coordinator decides holds at once", `
		offsets.topic.replication.factor offsets.topic.segment.bytes
	`},
	{"broker", "there are no fetch sessions (KIP-227)", `
		max.incremental.fetch.session.cache.slots
	`},
	{"broker producer consumer", "no connection is closed because it is idle", `
		connections.max.idle.ms
	`},
	{"producer", "no connection is closed because it is idle", `
		metadata.max.idle.ms
	`},
	{"broker producer consumer", "the network says when nobody answers to an attempt to connect", `
		socket.connection.setup.timeout.max.ms socket.connection.setup.timeout.ms
	`},
	{"producer consumer", "clients do not bootstrap again (KIP-899)", `
		metadata.recovery.rebootstrap.trigger.ms metadata.recovery.strategy
	`},
	{"producer consumer", "foreign code does not run in the model", `
		interceptor.classes
	`},
	{"producer", "give the producers' partitioner, or app.partitioner", `
		partitioner.class
	`},
	{"producer", "brokers that are slow are not left out", `
		partitioner.availability.timeout.ms
	`},
	{"consumer", "consumers have the default", `
		internal.throw.on.fetch.stable.offset.unsupported
		reconnect.backoff.max.ms reconnect.backoff.ms request.timeout.ms retry.backoff.max.ms
	`},
}
