package kafka

// idleSettings may be given and have no effect: they change neither the order of records
// nor anything that the model counts as a price.
var idleSettings = []unusedGroup{
	{"broker", "the model neither encrypts nor authenticates", `
		authorizer.class.name connection.failed.authentication.delay.ms connections.max.reauth.ms
		delegation.token.expiry.check.interval.ms delegation.token.expiry.time.ms
		delegation.token.master.key delegation.token.max.lifetime.ms delegation.token.secret.key
		early.start.listeners listener.security.protocol.map password.encoder.cipher.algorithm
		password.encoder.iterations password.encoder.key.length password.encoder.keyfactory.algorithm
		password.encoder.old.secret password.encoder.secret principal.builder.class sasl.enabled.mechanisms
		sasl.kerberos.principal.to.local.rules sasl.mechanism.controller.protocol
		sasl.mechanism.inter.broker.protocol sasl.server.callback.handler.class sasl.server.max.receive.size
		security.inter.broker.protocol ssl.allow.dn.changes ssl.allow.san.changes ssl.client.auth
		ssl.principal.mapping.rules
	`},
	{"broker producer consumer", "the model neither encrypts nor authenticates", `
		sasl.client.callback.handler.class sasl.jaas.config sasl.kerberos.kinit.cmd
		sasl.kerberos.min.time.before.relogin sasl.kerberos.service.name sasl.kerberos.ticket.renew.jitter
		sasl.kerberos.ticket.renew.window.factor sasl.login.callback.handler.class sasl.login.class
		sasl.login.connect.timeout.ms sasl.login.read.timeout.ms sasl.login.refresh.buffer.seconds
		sasl.login.refresh.min.period.seconds sasl.login.refresh.window.factor
		sasl.login.refresh.window.jitter sasl.login.retry.backoff.max.ms sasl.login.retry.backoff.ms
		sasl.oauthbearer.clock.skew.seconds sasl.oauthbearer.expected.audience
		sasl.oauthbearer.expected.issuer sasl.oauthbearer.jwks.endpoint.refresh.ms
		sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms sasl.oauthbearer.jwks.endpoint.retry.backoff.ms
		sasl.oauthbearer.jwks.endpoint.url sasl.oauthbearer.scope.claim.name sasl.oauthbearer.sub.claim.name
		sasl.oauthbearer.token.endpoint.url security.providers ssl.cipher.suites ssl.enabled.protocols
		ssl.endpoint.identification.algorithm ssl.engine.factory.class ssl.key.password
		ssl.keymanager.algorithm ssl.keystore.certificate.chain ssl.keystore.key ssl.keystore.location
		ssl.keystore.password ssl.keystore.type ssl.protocol ssl.provider ssl.secure.random.implementation
		ssl.trustmanager.algorithm ssl.truststore.certificates ssl.truststore.location
		ssl.truststore.password ssl.truststore.type
	`},
	{"producer consumer", "the model neither encrypts nor authenticates", `
		sasl.mechanism sasl.oauthbearer.header.urlencode security.protocol
	`},
	{"broker", "the model has no metrics of Kafka's", `
		controller.performance.always.log.threshold.ms controller.performance.sample.period.ms
		kafka.metrics.polling.interval.secs kafka.metrics.reporters telemetry.max.bytes
	`},
	{"broker producer consumer", "the model has no metrics of Kafka's", `
		auto.include.jmx.reporter metric.reporters metrics.num.samples metrics.recording.level
		metrics.sample.window.ms
	`},
	{"producer consumer", "the model has no metrics of Kafka's", `
		enable.metrics.push
	`},
	{"broker", "nodes have the names that the model gives them, and no addresses", `
		advertised.listeners broker.id controller.listener.names controller.quorum.bootstrap.servers
		controller.quorum.voters inter.broker.listener.name listeners node.id process.roles
	`},
	{"producer consumer", "nodes have the names that the model gives them, and no addresses", `
		bootstrap.servers client.dns.lookup client.id
	`},
	{"consumer", "a record is its key, its number and its size", `
		check.crcs key.deserializer value.deserializer
	`},
	{"producer", "a record is its key, its number and its size", `
		key.serializer value.serializer
	`},
	{"broker", "the model has no time stamps of records, which nothing here depends on", `
		log.message.timestamp.after.max.ms log.message.timestamp.before.max.ms
		log.message.timestamp.difference.max.ms log.message.timestamp.type
	`},
	{"topic", "the model has no time stamps of records, which nothing here depends on", `
		message.timestamp.after.max.ms message.timestamp.before.max.ms message.timestamp.difference.max.ms
		message.timestamp.type
	`},
	{"broker", "there is one format of records, and nobody converts it", `
		inter.broker.protocol.version log.message.downconversion.enable log.message.format.version
		unstable.api.versions.enable unstable.feature.versions.enable
	`},
	{"topic", "there is one format of records, and nobody converts it", `
		message.downconversion.enable message.format.version
	`},
	{"broker", "a log has no files, no index and no directory", `
		log.dir log.dirs log.flush.offset.checkpoint.interval.ms
		log.flush.start.offset.checkpoint.interval.ms log.index.interval.bytes log.index.size.max.bytes
		log.initial.task.delay.ms log.preallocate log.segment.delete.delay.ms metadata.log.dir
		num.recovery.threads.per.data.dir num.replica.alter.log.dirs.threads offsets.load.buffer.size
		transaction.state.log.load.buffer.size
	`},
	{"topic", "a log has no files, no index and no directory", `
		file.delete.delay.ms index.interval.bytes preallocate segment.index.bytes
	`},
	{"broker", "what is done in the background takes no time of a processor, and a queue of requests is never full", `
		background.threads group.coordinator.threads
		queued.max.request.bytes queued.max.requests server.max.startup.time.ms
	`},
	{"broker", "buffers of sockets are not modelled; links have bandwidth and latency", `
		replica.socket.receive.buffer.bytes socket.listen.backlog.size socket.receive.buffer.bytes
		socket.request.max.bytes socket.send.buffer.bytes
	`},
	{"producer consumer", "buffers of sockets are not modelled; links have bandwidth and latency", `
		receive.buffer.bytes send.buffer.bytes
	`},
	{"broker", "it only says when memory is tidied up", `
		delete.records.purgatory.purge.interval.requests fetch.purgatory.purge.interval.requests
		producer.purgatory.purge.interval.requests share.fetch.purgatory.purge.interval.requests
	`},
	{"broker", "nobody administrates topics in a run but the scenario", `
		alter.config.policy.class.name auto.create.topics.enable create.topic.policy.class.name
		delete.topic.enable max.request.partition.size.limit
	`},
	{"consumer", "nobody administrates topics in a run but the scenario", `
		allow.auto.create.topics exclude.internal.topics
	`},
	{"broker", "there are not so many connections", `
		max.connection.creation.rate max.connections max.connections.per.ip max.connections.per.ip.overrides
	`},
	{"broker", "metadata of an offset are not modelled", `
		offset.metadata.max.bytes
	`},
}
