package explore

import (
	"context"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

// Rerun repeats one run of a case and returns its history and its fault
// schedule as YAML, for `-o`.
func Rerun(reg *model.Registry, c *scenarios.Case, seed uint64) (*history.History, []byte, error) {
	r := runner.New(reg)
	if _, err := r.Run(context.Background(), c, seed, runner.Options{}); err != nil {
		return nil, nil, err
	}
	return r.History(), runner.Schedule(c, r.History()), nil
}
