package kafka

import (
	"fmt"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/sim"
)

// kafkaDefaults are Kafka's own, by section: the value in Kafka 4.0, and in 3.9
// where it differs, and the class that has it.
var kafkaDefaults = map[string][]struct{ name, v40, v39, source string }{
	"topic": {
		{"partitions", "1", "", "ServerLogConfigs.NUM_PARTITIONS_DEFAULT"},
		{"replicas", "1", "", "ReplicationConfigs.REPLICATION_FACTOR_DEFAULT"},
		{"min.insync.replicas", "1", "", "ServerLogConfigs.MIN_IN_SYNC_REPLICAS_DEFAULT"},
		{"retention.ms", "604800s", "", "LogConfig.DEFAULT_RETENTION_MS"},
		{"retention.bytes", "-1", "", "LogConfig.DEFAULT_RETENTION_BYTES"},
		{"segment.ms", "604800s", "", "LogConfig.DEFAULT_SEGMENT_MS"},
		{"segment.bytes", "1073741824", "", "LogConfig.DEFAULT_SEGMENT_BYTES"},
		{"max.message.bytes", "1048588", "", "ServerLogConfigs.MAX_MESSAGE_BYTES_DEFAULT"},
	},
	"broker": {
		{"num.network.threads", "3", "", "SocketServerConfigs.NUM_NETWORK_THREADS_DEFAULT"},
		{"num.io.threads", "8", "", "ServerConfigs.NUM_IO_THREADS_DEFAULT"},
		{"replica.fetch.wait.max.ms", "0.5s", "", "ReplicationConfigs.REPLICA_FETCH_WAIT_MAX_MS_DEFAULT"},
		{"replica.fetch.max.bytes", "1048576", "", "ReplicationConfigs.REPLICA_FETCH_MAX_BYTES_DEFAULT"},
		{"replica.lag.time.max.ms", "30s", "", "ReplicationConfigs.REPLICA_LAG_TIME_MAX_MS_DEFAULT"},
		{"broker.heartbeat.interval.ms", "2s", "", "KRaftConfigs.BROKER_HEARTBEAT_INTERVAL_MS_DEFAULT"},
		{"broker.session.timeout.ms", "9s", "", "KRaftConfigs.BROKER_SESSION_TIMEOUT_MS_DEFAULT"},
		{"unclean.leader.election.enable", "false", "", "LogConfig.DEFAULT_UNCLEAN_LEADER_ELECTION_ENABLE"},
		{"auto.leader.rebalance.enable", "true", "", "ReplicationConfigs.AUTO_LEADER_REBALANCE_ENABLE_DEFAULT"},
		{"leader.imbalance.check.interval.seconds", "300", "", "ReplicationConfigs.LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS_DEFAULT"},
		{"controlled.shutdown.enable", "true", "", "ServerConfigs.CONTROLLED_SHUTDOWN_ENABLE_DEFAULT"},
		{"log.flush.interval.messages", "9223372036854775807", "", "ServerLogConfigs.LOG_FLUSH_INTERVAL_MESSAGES_DEFAULT"},
		{"replica.truncation", "kip-320", "", "this model's own"},
		{"os.writeback", "30s", "", "Linux, dirty_expire_centisecs"},
		{"quota.window.num", "11", "", "QuotaConfig.NUM_QUOTA_SAMPLES_DEFAULT"},
		{"quota.window.size.seconds", "1", "", "QuotaConfig.QUOTA_WINDOW_SIZE_SECONDS_DEFAULT"},
		{"log.retention.check.interval.ms", "300s", "", "ServerLogConfigs.LOG_CLEANUP_INTERVAL_MS_DEFAULT"},
		{"group.initial.rebalance.delay.ms", "3s", "", "GroupCoordinatorConfig.GROUP_INITIAL_REBALANCE_DELAY_MS_DEFAULT"},
		{"group.consumer.session.timeout.ms", "45s", "", "GroupCoordinatorConfig.CONSUMER_GROUP_SESSION_TIMEOUT_MS_DEFAULT"},
		{"group.consumer.heartbeat.interval.ms", "5s", "", "GroupCoordinatorConfig.CONSUMER_GROUP_HEARTBEAT_INTERVAL_MS_DEFAULT"},
		{"producer.id.expiration.ms", "86400s", "", "TransactionLogConfigs.PRODUCER_ID_EXPIRATION_MS_DEFAULT"},
		{"transaction.partition.verification.enable", "true", "", "TransactionLogConfigs.TRANSACTION_PARTITION_VERIFICATION_ENABLE_DEFAULT"},
		{"transaction.max.timeout.ms", "900s", "", "TransactionStateManagerConfig.TRANSACTIONS_MAX_TIMEOUT_MS_DEFAULT"},
		{"transaction.abort.timed.out.transaction.cleanup.interval.ms", "10s", "",
			"TransactionStateManagerConfig.TRANSACTIONS_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS_DEFAULT"},
	},
	"producer": {
		{"metadata.max.age.ms", "300s", "", "ProducerConfig"},
		{"acks", "all", "", "ProducerConfig"},
		{"linger.ms", "0.005s", "0s", "ProducerConfig; KIP-1030"},
		{"batch.size", "16384", "", "ProducerConfig"},
		{"max.request.size", "1048576", "", "ProducerConfig"},
		{"max.in.flight.requests.per.connection", "5", "", "ProducerConfig"},
		{"enable.idempotence", "true", "", "ProducerConfig"},
		{"retry.backoff.ms", "0.1s", "", "CommonClientConfigs.DEFAULT_RETRY_BACKOFF_MS"},
		{"retry.backoff.max.ms", "1s", "", "CommonClientConfigs.DEFAULT_RETRY_BACKOFF_MAX_MS"},
		{"retries", "2147483647", "", "ProducerConfig"},
		{"request.timeout.ms", "30s", "", "ProducerConfig"},
		{"delivery.timeout.ms", "120s", "", "ProducerConfig"},
		{"buffer.memory", "33554432", "", "ProducerConfig"},
		{"max.block.ms", "60s", "", "ProducerConfig"},
		{"reconnect.backoff.ms", "0.05s", "", "CommonClientConfigs"},
		{"reconnect.backoff.max.ms", "1s", "", "CommonClientConfigs"},
		{"transactional.id", "", "", "ProducerConfig"},
		{"transaction.timeout.ms", "60s", "", "ProducerConfig"},
		{"partitioner.ignore.keys", "false", "", "ProducerConfig"},
		{"partitioner.adaptive.partitioning.enable", "true", "", "ProducerConfig"},
		{"partitioner", "murmur2_random", "", "Java's hash; librdkafka's own default is consistent_random"},
	},
	"consumer": {
		{"metadata.max.age.ms", "300s", "", "ConsumerConfig"},
		{"group.protocol", "classic", "", "ConsumerConfig.DEFAULT_GROUP_PROTOCOL"},
		{"group.remote.assignor", "uniform", "", "GroupCoordinatorConfig.CONSUMER_GROUP_ASSIGNORS_DEFAULT"},
		{"group.instance.id", "", "", "ConsumerConfig"},
		{"isolation.level", "read_uncommitted", "", "ConsumerConfig.DEFAULT_ISOLATION_LEVEL"},
		{"assignment", "subscribe", "", "KafkaConsumer"},
		{"auto.offset.reset", "latest", "", "ConsumerConfig"},
		{"auto.offset.reset.new.partitions", "as auto.offset.reset", "", "KIP-1327: null"},
		{"partition.assignment.strategy", "range", "", "ConsumerConfig: RangeAssignor, CooperativeStickyAssignor, of which the first is used"},
		{"max.poll.records", "500", "", "ConsumerConfig.DEFAULT_MAX_POLL_RECORDS"},
		{"max.partition.fetch.bytes", "1048576", "", "ConsumerConfig.DEFAULT_MAX_PARTITION_FETCH_BYTES"},
		{"fetch.max.bytes", "52428800", "", "ConsumerConfig.DEFAULT_FETCH_MAX_BYTES"},
		{"fetch.min.bytes", "1", "", "ConsumerConfig.DEFAULT_FETCH_MIN_BYTES"},
		{"fetch.max.wait.ms", "0.5s", "", "ConsumerConfig.DEFAULT_FETCH_MAX_WAIT_MS"},
		{"enable.auto.commit", "true", "", "ConsumerConfig"},
		{"auto.commit.interval.ms", "5s", "", "ConsumerConfig"},
		{"commit.call", "commitAsync", "", "KafkaConsumer"},
		{"default.api.timeout.ms", "60s", "", "ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG"},
		{"session.timeout.ms", "45s", "", "ConsumerConfig"},
		{"heartbeat.interval.ms", "3s", "", "ConsumerConfig"},
		{"max.poll.interval.ms", "300s", "", "ConsumerConfig"},
		{"retry.backoff.ms", "0.1s", "", "CommonClientConfigs.DEFAULT_RETRY_BACKOFF_MS"},
		{"restart.after", "0s", "", "not Kafka's"},
	},
}

// TestDefaults compares every default with Kafka's own: the value in Kafka 4.0,
// and in 3.9 where it differs, and the class that has it.
func TestDefaults(t *testing.T) {
	if got := fmt.Sprint(profiles()); got != "[kafka-4.0 kafka-3.9]" {
		t.Fatalf("the profiles are %s", got)
	}
	for section, rows := range kafkaDefaults {
		for _, profile := range profiles() {
			settings := map[string][]model.Setting{"topic": topicSettings(), "broker": brokerSettings(),
				"producer": producerSettings(profile), "consumer": consumerSettings()}[section]
			if len(settings) != len(rows) {
				t.Errorf("%s has %d settings and the table %d", section, len(settings), len(rows))
			}
			for i, s := range settings {
				want := rows[i].v40
				if profile == "kafka-3.9" && rows[i].v39 != "" {
					want = rows[i].v39
				}
				if got := text(s.Default); s.Name != rows[i].name || got != want {
					t.Errorf("%s, %s: %s is %s, want %s of %s (%s)", profile, section, s.Name, got, want, rows[i].name, rows[i].source)
				}
				if s.Doc == "" || s.Source == "" {
					t.Errorf("%s.%s has no documentation or no source", section, s.Name)
				}
			}
		}
	}
}

func text(v model.Value) string {
	switch v.Type {
	case model.Duration:
		return sim.Time(v.Int).String()
	case model.Boolean:
		return fmt.Sprint(v.Int != 0)
	case model.Text:
		return v.Text
	}
	return fmt.Sprint(v.Int)
}

// checked returns the errors of a configuration, as path: problem.
func checked(sections ...model.ConfigSection) []string {
	var out []string
	for _, e := range check(&model.Config{Profile: "kafka-4.0", Sections: sections}) {
		out = append(out, strings.Join(e.Path, ".")+": "+e.Problem)
	}
	return out
}

func topicSection(values model.Values) model.ConfigSection {
	return model.ConfigSection{Name: "topics", Entries: []model.ConfigEntry{{Name: "orders", Values: values}}}
}

func expectProblem(t *testing.T, got []string, want string) {
	t.Helper()
	if want == "" && len(got) == 0 {
		return
	}
	if len(got) != 1 || want == "" || !strings.HasPrefix(got[0], want) {
		t.Errorf("the problems are %q, want one that begins with %q", got, want)
	}
}

// Where idempotence is asked for and its conditions are not given, the producer
// refuses; where it is only the default, it is off.
func TestIdempotenceValidation(t *testing.T) {
	for _, c := range []struct {
		explicit, acks string
		inFlight       int64
		on             bool
		problem        string
	}{
		{"", "all", 5, true, ""},
		{"", "1", 5, false, ""},
		{"", "0", 5, false, ""},
		{"", "all", 6, false, ""},
		{"true", "all", 5, true, ""},
		{"true", "1", 5, false, "producer.enable.idempotence: enable.idempotence needs acks=all, and acks is 1"},
		{"true", "all", 6, false, "producer.enable.idempotence: enable.idempotence allows at most 5 requests in flight, and there may be 6"},
		{"false", "1", 6, false, ""},
		{"false", "all", 5, false, ""},
	} {
		v := model.Values{}.Set("acks", model.TextValue(c.acks)).
			Set("max.in.flight.requests.per.connection", model.IntegerValue(c.inFlight))
		if c.explicit != "" {
			v = v.Set("enable.idempotence", model.BooleanValue(c.explicit == "true"))
		}
		expectProblem(t, checked(topicSection(nil), model.ConfigSection{Name: "producer", Values: v}), c.problem)
		if c.problem != "" {
			continue
		}
		if got := resolveProducer(model.Resolve(producerSettings("kafka-4.0"), v)).idempotent; got != c.on {
			t.Errorf("idempotence %q with acks=%s and %d in flight is %v", c.explicit, c.acks, c.inFlight, got)
		}
	}
}

// What single settings cannot tell.
func TestConfigChecks(t *testing.T) {
	two := model.Values{}.Set("replicas", model.IntegerValue(2))
	expectProblem(t, checked(topicSection(two.Set("min.insync.replicas", model.IntegerValue(2)))), "")
	expectProblem(t, checked(), "topics: no topic")
	expectProblem(t, checked(topicSection(model.Values{}.Set("replicas", model.IntegerValue(4)))),
		"topics.orders.replicas: 4 replicas need as many brokers")
	expectProblem(t, checked(topicSection(model.Values{}.Set("min.insync.replicas", model.IntegerValue(2)))),
		"topics.orders.min.insync.replicas: min.insync.replicas is 2 and there are 1 replicas")
	several := topicSection(nil)
	several.Entries = append(several.Entries, model.ConfigEntry{Name: "payments"})
	expectProblem(t, checked(several), "topics.payments: more than one topic")
	beat := model.Values{}.Set("heartbeat.interval.ms", model.DurationValue(int64(45*sim.Second)))
	expectProblem(t, checked(topicSection(nil), model.ConfigSection{Name: "consumer", Values: beat}),
		"consumer.heartbeat.interval.ms: a heartbeat every 45s")
}

// Faults are checked against the configuration.
func TestFaultChecks(t *testing.T) {
	c := &model.Config{Profile: "kafka-4.0", Sections: []model.ConfigSection{
		topicSection(model.Values{}.Set("partitions", model.IntegerValue(4)))}}
	group := &model.Consumers{Group: "billing", Members: 2}
	kinds := map[string]model.FaultKind{}
	for _, k := range faults() {
		kinds[k.Name] = k
	}
	for _, x := range []struct {
		kind    string
		values  model.Values
		problem string
	}{
		{"expand", model.Values{}.Set("topic", model.TextValue("orders")).Set("partitions", model.IntegerValue(5)), ""},
		{"expand", model.Values{}.Set("topic", model.TextValue("orders")).Set("partitions", model.IntegerValue(4)), "partitions: the topic has 4 partitions"},
		{"expand", model.Values{}.Set("topic", model.TextValue("order")).Set("partitions", model.IntegerValue(5)), `topic: there is no topic "order"`},
	} {
		var got []string
		for _, e := range kinds[x.kind].Check(c, &model.Fault{Kind: x.kind, Values: x.values}, group, 1) {
			got = append(got, strings.Join(e.Path, ".")+": "+e.Problem)
		}
		expectProblem(t, got, x.problem)
	}
}

// A setting of one side goes before one of both.
func TestClientSettings(t *testing.T) {
	s := newSetup().must("client", "metadata.max.age.ms", "7s").must("consumer", "metadata.max.age.ms", "9s")
	s.consumers = 1
	b := s.build(t)
	if p, c := b.w.cfg.producer.metadataAge, b.w.cfg.consumer.metadataAge; p != 7*sim.Second || c != 9*sim.Second {
		t.Errorf("producers refresh every %v, consumers every %v", p, c)
	}
}

// Partitions are placed in stripes over the brokers, shuffled after each round, so
// that leaders and replicas are spread evenly; an expansion is placed anew.
func TestPlacement(t *testing.T) {
	for _, n := range []int{1, 3, 5} {
		s := newSetup()
		s.brokers = n
		b := s.build(t)
		b.sim.SetSource(sim.Random{Seed: uint64(n)})
		replicas := min(3, n)
		placed := b.w.place("orders", 0, 4*n, replicas)
		leaders, all := make([]int, n), make([]int, n)
		for p := range 4 * n {
			seen := map[int8]bool{}
			for r, x := range placed[p*replicas : (p+1)*replicas] {
				if seen[x] {
					t.Fatalf("partition %d has broker-%d twice", p, x)
				}
				seen[x] = true
				all[x]++
				if r == 0 {
					leaders[x]++
				}
			}
		}
		for i := range n {
			if leaders[i] != 4 || all[i] != 4*replicas {
				t.Errorf("of %d partitions broker-%d leads %d and has %d", 4*n, i, leaders[i], all[i])
			}
		}
		if again := b.w.place("orders", 0, 4*n, replicas); fmt.Sprint(again) != fmt.Sprint(placed) {
			t.Error("the same placement was decided in two ways")
		}
		if n == 5 && fmt.Sprint(b.w.place("orders", 4, n, replicas)) == fmt.Sprint(placed[4*replicas:][:n*replicas]) {
			t.Error("an expansion goes on where the topic was placed")
		}
	}
}
