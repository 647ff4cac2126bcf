package explore

import (
	"fmt"
	"runtime/debug"
	"strings"

	"orderlab/scenarios"
)

// PanicError reports that the program panicked in a run, which is a mistake of a
// model, the engine or the checker, and never of a scenario.
type PanicError struct {
	Scenario, Strategy string
	Point              scenarios.Point
	Seed               uint64
	// Value is what the program panicked with, Stack where.
	Value any
	Stack []byte
}

// Error names the run and what went wrong in it, without the stack.
func (e *PanicError) Error() string {
	var at strings.Builder
	for _, c := range e.Point {
		fmt.Fprintf(&at, ", %s=%v", c.Axis, c.Value)
	}
	return fmt.Sprintf("%s, strategy %s%s, seed %d: the program panicked: %v",
		e.Scenario, e.Strategy, at.String(), e.Seed, e.Value)
}

// recoverRun, deferred, turns a panic into a [*PanicError].
func recoverRun(c *scenarios.Case, seed uint64, err *error) {
	if p := recover(); p != nil {
		*err = &PanicError{
			Scenario: c.Scenario, Strategy: c.Strategy, Point: c.Point, Seed: seed, Value: p, Stack: debug.Stack(),
		}
	}
}
