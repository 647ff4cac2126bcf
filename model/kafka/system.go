package kafka

import (
	"fmt"
	"slices"

	"orderlab/model"
	"orderlab/sim"
)

// System describes Kafka as this model has it.
func System() *model.System {
	return &model.System{
		Name: "kafka",
		Doc: "Apache Kafka: brokers with replicated partitions, producers, transactions, and a consumer group " +
			"(classic protocol or KIP-848).",

		Profiles: profiles(),
		Top:      topSettings(),
		Sections: sections(profiles()[0]), InProfile: sections,
		Consumer: "consumer",
		Offers: []model.Capability{model.AckPrefix, model.PauseResume, model.EndPositions,
			model.CommittedPositions, model.OwnershipEpoch, model.Expand, model.CustomPartitioner, model.FailedSends,
			model.Transactions,
			model.Outputs},
		Faults: faults(),
		Roles:  roles(),
		Conditions: []model.Condition{
			{Name: "rebalance", Doc: "The group, which was stable, begins a rebalance."},
		},
		Points: points(),
		Guarantees: []string{"per-key-order", "per-key-realtime-order", "no-regression", "no-loss",
			"no-duplicates", "partition-order", "linearizable-log", "per-producer-order", "no-ghost", "no-gap",
			"no-stale-apply", "total-order", "causal-order", "convergence", "monotonic-reads", "monotonic-writes",
			"consistent-prefix", "bounded", "progress"},
		Metrics: []model.Metric{model.Lag()},
		Check:   check,
		Build:   build,
	}
}

// sections are the settings, with the defaults of a profile.
func sections(profile string) []model.Section {
	client := slices.Concat(clientSettings(), producerSettings(profile), consumerSettings())
	producer, consumer := producerSettings(profile), consumerSettings()
	return []model.Section{
		{Name: "topics", Entries: true, Settings: topicSettings(), Unused: unused(topicSettings(), "topic"),
			Doc: "The topic, by name."},
		{Name: "broker", Settings: brokerSettings(), Unused: unused(brokerSettings(), "broker"),
			Doc: "Settings of every broker."},
		{Name: "client", Settings: clientSettings(), Unused: unused(client, "producer", "consumer"),
			Doc: "Settings of producers and consumers alike."},
		{Name: "producer", Settings: producer, Unused: unused(producer, "producer"), Doc: "Settings of every producer."},
		{Name: "producers", Entries: true, Settings: producer, Unused: unused(producer, "producer"),
			Doc: "Settings of single producers, by name, as producer-1; they go before those of every producer."},
		{Name: "quotas", Entries: true, Settings: quotaSettings(),
			Doc: "Quotas of clients by their client id, as producer-1 or billing-0; default is for those without one."},
		{Name: "consumer", Settings: consumer, Unused: unused(consumer, "consumer"), Doc: "Settings of every consumer."},
	}
}

// clientSettings are the settings that producers and consumers share.
func clientSettings() []model.Setting { return []model.Setting{metadataAge()} }

// roles are the nodes. The controller itself is spared, and its links are not: news
// of it may come late to a broker, or not at all.
func roles() []model.Role {
	// A client has no disk and does not talk to other clients; what is lost with a
	// connection it does not ask for again. Only a producer reads its wall clock: the
	// timestamps of its messages are from there.
	client := slices.DeleteFunc(model.FaultsOf(sim.NodeFaults|sim.NetworkFaults),
		func(name string) bool { return name == sim.Split.String() })
	client = append(client, "stall", "drift-clock")
	return []model.Role{
		model.Producers(append(slices.Clone(client), sim.StepClock.String())...),
		model.GroupMembers(client...),
		{Name: "broker", Doc: "A broker: broker-0 and so on.", Endures: brokerFaults(),
			Nodes: func(c *model.Config, _ *model.Consumers, _ int) []string {
				return model.Numbered("broker", int(model.Resolve(topSettings(), c.Top).Int("brokers")))
			}},
		{Name: "controller", Doc: "The controller, which does not fail.", Endures: model.FaultsOf(sim.NetworkFaults),
			Nodes: func(*model.Config, *model.Consumers, int) []string { return []string{"controller"} }},
	}
}

// brokerFaults are the faults that brokers endure. Its disk is not the engine's, and it
// reads no wall clock.
func brokerFaults() []string {
	return append(model.FaultsOf(sim.NetworkFaults|sim.ConnectionFaults), sim.Crash.String(), sim.CrashMachine.String(),
		sim.PauseNode.String(), sim.SlowCPU.String(), sim.RollingRestart.String(), "drift-clock")
}

// points are the places in a broker's code at which a fault can strike.
func points() []model.Point {
	return []model.Point{
		{Role: "broker", Name: pointAppended, Doc: "The leader has appended a produce request and has answered nobody."},
	}
}

func faults() []model.FaultKind {
	return append([]model.FaultKind{
		{
			Name: faultExpand,
			Doc:  "Adds partitions to the topic while it is in use. Data that is stored stays where it is.", Lasting: model.AtOnce,
			Parameters: []model.Setting{
				{Name: "topic", Type: model.Text, Required: true, Doc: "The topic."},
				{Name: "partitions", Type: model.Integer, Required: true, Min: 1, Max: 4096, Doc: "How many partitions there are afterwards."},
			},
			Check: checkExpand,
		},
	}, slices.Concat(operatorFaults(), diskFaults())...)
}

func check(c *model.Config) []model.ConfigError {
	var out []model.ConfigError
	add := func(problem string, path ...string) {
		out = append(out, model.ConfigError{Path: path, Problem: problem})
	}
	brokers := model.Resolve(topSettings(), c.Top).Int("brokers")
	topics := c.Section("topics").Entries
	switch {
	case len(topics) == 0:
		add("no topic: name one, as `topics: {orders: {partitions: 4}}`", "topics")
	case len(topics) > 1:
		add("more than one topic: the model has one topic in a scenario", "topics", topics[1].Name)
	}
	for _, t := range topics {
		r := model.Resolve(topicSettings(), t.Values)
		replicas, least := r.Int("replicas"), r.Int("min.insync.replicas")
		if replicas > brokers {
			add(fmt.Sprintf("%d replicas need as many brokers, and there are %d", replicas, brokers), "topics", t.Name, "replicas")
		}
		if least > replicas {
			add(fmt.Sprintf("min.insync.replicas is %d and there are %d replicas: acks=all would always be refused", least, replicas),
				"topics", t.Name, "min.insync.replicas")
		}
	}
	checkProducers(c, add)
	checkHeartbeat(c, add)
	checkStatic(c, add)
	checkResets(c, add)
	return out
}

// checkHeartbeat refuses what the client refuses.
//
// Reference: Kafka, Heartbeat (the interval is lower than the session time-out).
func checkHeartbeat(c *model.Config, add func(problem string, path ...string)) {
	r := model.Resolve(consumerSettings(), c.Section("consumer").Values)
	if beat, session := r.Get("heartbeat.interval.ms"), r.Get("session.timeout.ms"); beat.Int >= session.Int {
		add(fmt.Sprintf("a heartbeat every %v does not keep a session of %v alive; give less than that",
			sim.Time(beat.Int), sim.Time(session.Int)), "consumer", "heartbeat.interval.ms")
	}
}

// checkTopic refuses a topic that there is not.
func checkTopic(c *model.Config, f *model.Fault, _ *model.Consumers, _ int) []model.ConfigError {
	topics := c.Section("topics").Entries
	name, _ := f.Values.Get("topic")
	i := slices.IndexFunc(topics, func(t model.ConfigEntry) bool { return t.Name == name.Text })
	if i < 0 {
		var names []string
		for _, t := range topics {
			names = append(names, t.Name)
		}
		return []model.ConfigError{{Path: []string{"topic"}, Names: names,
			Problem: fmt.Sprintf("there is no topic %q", name.Text)}}
	}
	return nil
}

func checkExpand(c *model.Config, f *model.Fault, consumers *model.Consumers, producers int) []model.ConfigError {
	if out := checkTopic(c, f, consumers, producers); len(out) > 0 {
		return out
	}
	topics := c.Section("topics").Entries
	name, _ := f.Values.Get("topic")
	i := slices.IndexFunc(topics, func(t model.ConfigEntry) bool { return t.Name == name.Text })
	before := model.Resolve(topicSettings(), topics[i].Values).Int("partitions")
	after, _ := f.Values.Get("partitions")
	if after.Int <= before {
		return []model.ConfigError{{Path: []string{"partitions"},
			Problem: fmt.Sprintf("the topic has %d partitions; Kafka can only add some, so give more than that", before)}}
	}
	return nil
}
