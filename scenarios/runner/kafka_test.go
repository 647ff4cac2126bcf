package runner_test

import (
	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/kafka"
	"orderlab/scenarios"
)

const (
	second = int64(1_000_000_000)
	milli  = int64(1_000_000)
)

func registry() *model.Registry {
	return &model.Registry{Systems: []*model.System{kafka.System()}, Features: app.Features()}
}

// expandCase is kafka/expand in small letters: a backlog of 60 s, then an
// expansion of 4 partitions to after, under load.
func expandCase(after int64, features model.Values) *scenarios.Case {
	topic := model.Values{}.Set("partitions", model.IntegerValue(4)).
		Set("replicas", model.IntegerValue(3)).Set("min.insync.replicas", model.IntegerValue(2))
	consumer := model.Values{}.Set("auto.offset.reset", model.TextValue("earliest")).
		Set("partition.assignment.strategy", model.TextValue("cooperative-sticky")).
		Set("max.poll.records", model.IntegerValue(50))
	return &scenarios.Case{
		Scenario: "kafka/expand", Strategy: "test", System: "kafka",
		Config: model.Config{Profile: "kafka-4.0", Sections: []model.ConfigSection{
			{Name: "topics", Entries: []model.ConfigEntry{{Name: "orders", Values: topic}}},
			{Name: "client", Values: model.Values{}.Set("metadata.max.age.ms", model.DurationValue(5*second))},
			{Name: "consumer", Values: consumer},
		}},
		Workload: scenarios.Workload{Topic: "orders", Keys: scenarios.Keys{Count: 2000}, RecordSize: 1024, Producers: 2,
			Phases: []scenarios.Phase{
				{Name: "backlog", Preload: 60 * second},
				{Name: "steady", For: 120 * second, Producers: 2,
					Arrivals: scenarios.Arrivals{Process: "poisson", Rate: 80_000_000}},
				{Name: "settle", Until: "drained", AtMost: 900 * second},
			}},
		Consumers: model.Consumers{Group: "billing", Members: 4,
			Work: model.Distribution{Shape: model.Constant, A: 20 * milli}},
		Faults: []scenarios.ScheduledFault{{At: "steady", Fault: model.Fault{Kind: "expand",
			Values: model.Values{}.Set("partitions", model.IntegerValue(after)).Set("topic", model.TextValue("orders"))}}},
		App: features,
		Guarantees: []string{"per-key-order", "per-key-realtime-order", "no-regression", "no-loss", "no-duplicates",
			"partition-order", "linearizable-log"},
		Limits: scenarios.Limits{Time: 3600 * second, Events: 50_000_000, Messages: 1_000_000},
	}
}

// crash kills a node at a time and starts it again after another.
func crash(node string, at, down int64) scenarios.ScheduledFault {
	return scenarios.ScheduledFault{After: at, For: down,
		Fault: model.Fault{Kind: "crash", Values: model.Values{}.Set("node", model.TextValue(node))}}
}
