package kafka

import (
	"fmt"
	"math"

	"orderlab/model"
	"orderlab/sim"
)

func boolean(name string, def bool, doc, source string) model.Setting {
	return model.Setting{Name: name, Type: model.Boolean, Default: model.BooleanValue(def), Doc: doc, Source: source}
}

// The partitioners of the clients that do not follow the Java one. The words are
// librdkafka's, whose setting it is.
const (
	murmurRandom     = "murmur2_random"
	consistentRandom = "consistent_random"
	fnvRandom        = "fnv1a_random"
)

// producerSettings are those of every producer, in a profile.
func producerSettings(profile string) []model.Setting {
	linger := 5 * sim.Millisecond
	if profile == "kafka-3.9" {
		linger = 0
	}
	return []model.Setting{
		metadataAge(),
		word("acks", "all", "Who must have the record before the send is acked.", fromProducer, "0", "1", "all"),
		millis("linger.ms", linger, 0, "How long a batch waits for more records.", fromKIP1030),
		bytes("batch.size", 16*kib, 1, "Size at which a batch is full.", fromProducer),
		bytes("max.request.size", mib, kib, "Most bytes in one produce request.", fromProducer),
		integer("max.in.flight.requests.per.connection", 5, 1, 1000, "Requests without an answer on one connection.", fromProducer),
		boolean("enable.idempotence", true, "Batches carry sequence numbers that the broker checks.", fromProducer),
		millis("retry.backoff.ms", 100*sim.Millisecond, 0, "First wait before a batch is sent again.", fromProducer),
		millis("retry.backoff.max.ms", sim.Second, 0, "Longest wait before a batch is sent again.", fromProducer),
		integer("retries", math.MaxInt32, 0, math.MaxInt32, "How often a batch is sent again at most.", fromProducer),
		millis("request.timeout.ms", 30*sim.Second, sim.Millisecond,
			"How long an answer may take before the connection is given up.", fromProducer),
		millis("delivery.timeout.ms", 2*sim.Minute, sim.Millisecond,
			"How old a batch may become before its sends fail; at least linger.ms and request.timeout.ms together.", fromProducer),
		bytes("buffer.memory", 32*mib, 1, "Memory for records that are not answered for; when it is used up, send blocks.", fromProducer),
		millis("max.block.ms", sim.Minute, 0, "How long send blocks, for memory or the first metadata, before it fails.", fromProducer),
		millis("reconnect.backoff.ms", 50*sim.Millisecond, 0, "First wait between two attempts to connect to a broker.", fromProducer),
		millis("reconnect.backoff.max.ms", sim.Second, 0, "Longest wait between two attempts to connect to a broker.", fromProducer),
		word("transactional.id", "", "The name under which a producer sends in transactions; in it a * stands for the "+
			"producer's own name. Producers with one name fence each other.", fromProducer),
		millis("transaction.timeout.ms", sim.Minute, sim.Millisecond,
			"How long a transaction may take before its coordinator aborts it.", fromProducer),
		boolean("partitioner.ignore.keys", false, "Records go to the sticky partition whatever their key.", fromProducer),
		boolean("partitioner.adaptive.partitioning.enable", true,
			"The next sticky partition is rather one with few batches waiting.", fromProducer),
		word("partitioner", murmurRandom, "How keys are hashed: murmur2 as in Java, CRC-32 as librdkafka does unless told otherwise, "+
			"FNV-1a as Sarama does.", "librdkafka, CONFIGURATION.md (there consistent_random is the default)",
			murmurRandom, consistentRandom, fnvRandom),
	}
}

// producerConfig is the resolved configuration of a producer.
type producerConfig struct {
	metadataAge, linger             sim.Time
	acks                            string
	batchSize, maxRequest           int32
	inFlight                        int
	idempotent                      bool
	retryBackoff, retryBackoffMax   sim.Time
	retries                         int
	requestTimeout, deliveryTimeout sim.Time
	memory                          int64
	maxBlock                        sim.Time
	reconnect, reconnectMax         sim.Time
	ignoreKeys, adaptive            bool
	partitioner                     string
	transactional                   string
	txnTimeout                      sim.Time
}

func resolveProducer(r model.Resolver) producerConfig {
	p := producerConfig{
		metadataAge: sim.Time(r.Int("metadata.max.age.ms")), linger: sim.Time(r.Int("linger.ms")),
		acks: r.Text("acks"), batchSize: int32(r.Int("batch.size")), maxRequest: int32(r.Int("max.request.size")),
		inFlight: int(r.Int("max.in.flight.requests.per.connection")), idempotent: r.Bool("enable.idempotence"),
		retryBackoff: sim.Time(r.Int("retry.backoff.ms")), retryBackoffMax: sim.Time(r.Int("retry.backoff.max.ms")),
		retries:        int(r.Int("retries")),
		requestTimeout: sim.Time(r.Int("request.timeout.ms")), deliveryTimeout: sim.Time(r.Int("delivery.timeout.ms")),
		memory: r.Int("buffer.memory"), maxBlock: sim.Time(r.Int("max.block.ms")),
		reconnect: sim.Time(r.Int("reconnect.backoff.ms")), reconnectMax: sim.Time(r.Int("reconnect.backoff.max.ms")),
		ignoreKeys: r.Bool("partitioner.ignore.keys"), adaptive: r.Bool("partitioner.adaptive.partitioning.enable"),
		partitioner: r.Text("partitioner"), transactional: r.Text("transactional.id"),
		txnTimeout: sim.Time(r.Int("transaction.timeout.ms")),
	}
	// Idempotence is silently off where its conditions are not given and it was
	// not asked for. Reference: Kafka,
	// ProducerConfig.postProcessAndValidateIdempotenceConfigs.
	if p.acks != "all" || p.inFlight > 5 || p.retries == 0 {
		p.idempotent = false
	}
	// The default of the delivery time-out gives way to the other two.
	// Reference: Kafka, KafkaProducer.configureDeliveryTimeout.
	p.deliveryTimeout = max(p.deliveryTimeout, p.linger+p.requestTimeout)
	return p
}

// configProblem takes note of a mistake at a path of the configuration.
type configProblem func(problem string, path ...string)

// checkProducers looks at the settings of all producers, and at those of single
// ones.
func checkProducers(c *model.Config, add configProblem) {
	all, client := c.Section("producer").Values, c.Section("client").Values
	settings, broker := producerSettings(c.Profile), model.Resolve(brokerSettings(), c.Section("broker").Values)
	check := func(path []string, given ...model.Values) {
		checkTransactional(model.Resolve(settings, given...), broker, path, add)
		checkProducer(settings, add, path, given...)
	}
	check([]string{"producer"}, all, client)
	for _, one := range c.Section("producers").Entries {
		check([]string{"producers", one.Name}, one.Values, all, client)
	}
}

// checkProducer refuses what the client refuses.
//
// Reference: Kafka, ProducerConfig.postProcessAndValidateIdempotenceConfigs and
// KafkaProducer.configureDeliveryTimeout.
func checkProducer(settings []model.Setting, add configProblem, path []string, given ...model.Values) {
	r := model.Resolve(settings, given...)
	explicit := func(name string) bool {
		for _, v := range given {
			if _, ok := v.Get(name); ok {
				return true
			}
		}
		return false
	}
	at := func(name string) []string { return append(append([]string{}, path...), name) }
	delivery, least := sim.Time(r.Int("delivery.timeout.ms")), sim.Time(r.Int("linger.ms")+r.Int("request.timeout.ms"))
	if explicit("delivery.timeout.ms") && delivery < least {
		add(fmt.Sprintf("delivery.timeout.ms is %v and linger.ms and request.timeout.ms together are %v; give at least that",
			delivery, least), at("delivery.timeout.ms")...)
	}
	if !explicit("enable.idempotence") || !r.Bool("enable.idempotence") {
		return
	}
	if acks := r.Text("acks"); acks != "all" {
		add("enable.idempotence needs acks=all, and acks is "+acks, at("enable.idempotence")...)
	}
	if n := r.Int("max.in.flight.requests.per.connection"); n > 5 {
		add(fmt.Sprintf("enable.idempotence allows at most 5 requests in flight, and there may be %d", n), at("enable.idempotence")...)
	}
	if r.Int("retries") == 0 {
		add("enable.idempotence needs retries, and retries is 0", at("enable.idempotence")...)
	}
}
