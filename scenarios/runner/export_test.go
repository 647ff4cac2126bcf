package runner

import (
	"orderlab/model"
	"orderlab/model/app"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/sim"
)

// RunChanged makes a run whose operator is changed before it begins.
func (r *Runner) RunChanged(c *scenarios.Case, seed uint64,
	change func(*app.Operator, model.World, *model.Recorder)) (result.Run, error) {
	x, err := r.start(c, seed)
	if err != nil {
		return result.Run{}, err
	}
	change(x.app.Operator, x.world, &r.rec)
	for r.sim.Step(stepEvents) == sim.Running {
	}
	return x.finish(seed, Options{}), nil
}

// TurnOf returns where and how the story of message p#1 departs from another.
func TurnOf(ops, other []result.Operation) string {
	t := story{{name: "p#1", producer: "p", ops: ops}}.differ(story{{name: "p#1", producer: "p", ops: other}})
	if t == nil {
		return ""
	}
	return t.node + ": " + t.text
}

// Absence says what would have come to a node.
func Absence(node, what, from string) string { return absence(node, what, from) }
