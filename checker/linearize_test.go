package checker

import (
	"math"
	"testing"

	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

// cell is a model that has nothing to do with logs: writes of a number, and
// reads that return one.
type cell struct {
	write bool
	value int
}

func registerModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return 0 },
		Step: func(state, input, output any) (bool, any) {
			in := input.(cell)
			if in.write {
				return true, in.value
			}
			return output.(int) == state.(int), state
		},
		Equal: func(a, b any) bool { return a == b },
	}
}

func write(client, value int, begin, end int64) porcupine.Operation {
	return porcupine.Operation{ClientId: client, Input: cell{true, value}, Call: begin, Return: end}
}

func read(client, value int, begin, end int64) porcupine.Operation {
	return porcupine.Operation{ClientId: client, Input: cell{}, Output: value, Call: begin, Return: end}
}

// The answer is porcupine's within the budget and Unknown past it, and never
// wrong for an operation that ends before it begins or not at all.
func TestLinearizeIsHonest(t *testing.T) {
	legal := []porcupine.Operation{write(0, 1, 0, 10), write(1, 2, 5, 15), read(2, 1, 12, 20), read(3, 1, 16, 30)}
	stale := []porcupine.Operation{write(0, 1, 0, 1), write(0, 2, 2, 3), read(1, 1, 4, 5)}
	pending := []porcupine.Operation{write(0, 1, 0, history.Pending), read(1, 0, 1, 2), read(1, 1, 3, 4), read(1, 1, 5, 6)}
	backward := []porcupine.Operation{write(0, 1, 3, 2)}
	for _, c := range []struct {
		name   string
		ops    []porcupine.Operation
		budget Budget
		want   porcupine.CheckResult
	}{
		{"legal", legal, DefaultBudget, porcupine.Ok},
		{"stale read", stale, DefaultBudget, porcupine.Illegal},
		{"pending write", pending, DefaultBudget, porcupine.Ok},
		{"ends before it begins", backward, DefaultBudget, porcupine.Unknown},
		{"fewer steps than operations", legal, Budget{3, math.MaxInt64}, porcupine.Unknown},
		{"fewer bytes than operations", legal, Budget{1000, 300}, porcupine.Unknown},
		{"steps run out on the way", legal, Budget{4, math.MaxInt64}, porcupine.Unknown},
		{"nothing", nil, DefaultBudget, porcupine.Ok},
	} {
		if got := linearize(registerModel(), c.ops, c.budget); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A search that would take years ends at its budget: many concurrent writes, and
// a read that none of them explains.
func TestHardSearchesEnd(t *testing.T) {
	var ops []porcupine.Operation
	for i := range 200 {
		ops = append(ops, write(i, i+1, 0, 1000))
	}
	ops = append(ops, read(200, -1, 0, 1000))
	for _, budget := range []Budget{{Steps: 50_000, Bytes: math.MaxInt64}, {Steps: math.MaxInt, Bytes: 1 << 20}} {
		steps := 0
		model := registerModel()
		step := model.Step
		model.Step = func(state, input, output any) (bool, any) {
			steps++
			return step(state, input, output)
		}
		if got := linearize(model, ops, budget); got != porcupine.Unknown {
			t.Errorf("%+v: %s", budget, got)
		}
		if steps > budget.Steps || int64(steps)*stepBytes(len(ops)) > 2*budget.Bytes && budget.Bytes < math.MaxInt64 {
			t.Errorf("%+v: %d steps of %d bytes", budget, steps, stepBytes(len(ops)))
		}
	}
}
