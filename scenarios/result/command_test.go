package result_test

import (
	"fmt"

	"orderlab/scenarios/result"
)

// A command line repeats the case as it was: scenario, strategy, scan point.
func ExampleSet_RunCommand() {
	set := &result.Set{
		Scenario: "expand", Source: "my files/expand.yaml",
		Seeds: result.Seeds{First: 1, Count: 20}, Vars: []string{"rate=9/s", "after=5"},
	}
	r := &result.Result{Strategy: "naive", Point: result.Point{{Axis: "after", Value: int64(5)}}}
	fmt.Println(set.RunCommand(r, 7))
	fmt.Println(set.SweepCommand(r))
	fmt.Println(set.ShrinkCommand(r, 7, "per-key-order"))
	fmt.Println(set.ReplayCommand(r, 7, "key 3"))
	// Output:
	// orderlab run 'my files/expand.yaml' --strategy naive --var after=5 --var rate=9/s --seed 7
	// orderlab run 'my files/expand.yaml' --strategy naive --var after=5 --var rate=9/s --seeds 1..20
	// orderlab shrink 'my files/expand.yaml' --strategy naive --var after=5 --var rate=9/s --seed 7 --guarantee per-key-order
	// orderlab replay 'my files/expand.yaml' --strategy naive --var after=5 --var rate=9/s --seed 7 --key 'key 3'
}
