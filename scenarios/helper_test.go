package scenarios_test

import (
	"testing"

	"orderlab/checker"
	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/kafka"
	"orderlab/scenarios"
)

// registry has what the program offers. The names of plots are those of the
// reports, which this package does not know.
func registry() *scenarios.Registry {
	return &scenarios.Registry{
		Systems:  []*model.System{kafka.System()},
		Features: app.Features(),
		Metrics:  app.Metrics(),
		Plots: []string{"availability-over-time", "buffer-peaks", "displacement", "inversions-by-scan", "lag-over-time",
			"latency-cdf", "latency-quantiles", "load-by-partition", "load-over-time", "partition-load", "phase-diagram",
			"price", "violations-by-throughput"},
		Reasons:  app.AllReasons(),
		Meanings: meanings(),
	}
}

// meanings are those of the program.
func meanings() map[string]string {
	out := make(map[string]string)
	for _, g := range checker.Catalogue() {
		out[g.ID] = g.Holds
	}
	return out
}

// toy has two small systems with a setting of each type. Tests that list names
// use it, so that they do not change with the models.
func toy() *scenarios.Registry {
	box := &model.System{
		Name: "box", Doc: "Boxes in which messages lie.", Profiles: []string{"box-2", "box-1"},
		Top: []model.Setting{
			{Name: "nodes", Type: model.Integer, Default: model.IntegerValue(3), Min: 1, Max: 9},
			{Name: "latency", Type: model.Dist, Default: model.DistValue(model.Distribution{Shape: model.Constant, A: 1000})},
		},
		Sections: []model.Section{
			{Name: "boxes", Entries: true, Settings: []model.Setting{
				{Name: "partitions", Type: model.Integer, Default: model.IntegerValue(1), Min: 1, Max: 99},
				{Name: "copies", Type: model.Integer, Default: model.IntegerValue(1), Min: 1, Max: 99},
			}},
			{Name: "client", Settings: []model.Setting{
				{Name: "wait.ms", Type: model.Duration, Default: model.DurationValue(5_000_000), Min: 1_000_000, Millis: true},
				{Name: "buffer", Type: model.Size, Default: model.SizeValue(1024), Min: 1, Max: 1 << 20},
				{Name: "pace", Type: model.Rate, Default: model.Value{Type: model.Rate, Int: 1_000_000}},
				{Name: "lost", Type: model.Share, Default: model.Value{Type: model.Share}, Max: 1_000_000},
				{Name: "safe", Type: model.Boolean, Default: model.BooleanValue(true)},
				{Name: "acks", Type: model.Text, Default: model.TextValue("all"), Enum: []string{"0", "1", "all"}},
				{Name: "tag", Type: model.Text, Default: model.TextValue("none")},
			}},
		},
		Consumer: "client",
		Offers:   []model.Capability{model.PauseResume},
		Faults: []model.FaultKind{
			{Name: "stall", Parameters: []model.Setting{{Name: "box", Type: model.Text, Required: true}}},
			{Name: "burn", Parameters: []model.Setting{{Name: "box", Type: model.Text, Required: true},
				{Name: "heat", Type: model.Integer, Default: model.IntegerValue(1), Max: 9}}},
		},
		Guarantees: []string{"per-key-order", "no-loss", "progress"},
		Metrics:    []model.Metric{model.Lag()},
		Check:      checkBoxes,
	}
	tube := &model.System{Name: "tube", Guarantees: []string{"total-order"}}
	features := []model.Feature{
		{Name: "pause", Type: model.Duration, Default: model.DurationValue(0), Needs: []model.Capability{model.PauseResume}},
		{Name: "park", Type: model.Boolean, Default: model.BooleanValue(false), Needs: []model.Capability{model.NackRequeue}},
	}
	plots := []string{"lag-over-time", "price"}
	return &scenarios.Registry{Systems: []*model.System{box, tube}, Features: features, Plots: plots}
}

// net has a system whose clients can fail and whose keepers cannot.
func net() *scenarios.Registry {
	client := []string{"partition", "isolate", "split", "flap", "noisy", "throttle", "crash", "pause", "slow-cpu",
		"rolling-restart", "drift-clock"}
	return &scenarios.Registry{Systems: []*model.System{{
		Name: "net", Doc: "Nodes that fail.",
		Sections: []model.Section{{Name: "topics", Entries: true}},
		Faults:   []model.FaultKind{{Name: "grow", Doc: "Grows.", Lasting: model.AtOnce}},
		Roles: []model.Role{model.Producers(client...), model.GroupMembers(client...), {Name: "keeper",
			Nodes: func(*model.Config, *model.Consumers, int) []string { return model.Numbered("keeper", 3) }}},
		Conditions: []model.Condition{{Name: "rebalance", Doc: "The group rebalances."}},
		Points:     []model.Point{{Role: "consumer", Name: "after take, before work", Doc: "It has a message."}},
		Guarantees: []string{"per-key-order", "no-loss"},
	}}}
}

// checkBoxes wants no more copies than nodes.
func checkBoxes(c *model.Config) []model.ConfigError {
	nodes := int64(3)
	if v, ok := c.Top.Get("nodes"); ok {
		nodes = v.Int
	}
	var out []model.ConfigError
	for _, e := range c.Section("boxes").Entries {
		if v, ok := e.Values.Get("copies"); ok && v.Int > nodes {
			out = append(out, model.ConfigError{Path: []string{"boxes", e.Name, "copies"}, Problem: "more copies than nodes"})
		}
	}
	return out
}

// load reads a scenario that is well formed.
func load(t *testing.T, reg *scenarios.Registry, src string, vars ...scenarios.Var) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Load(reg, "test", "test.yaml", []byte(src), vars)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return sc
}
