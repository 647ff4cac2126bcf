package checker

import "github.com/anishathalye/porcupine"

// Budget bounds the search for a linearization of one place or key. It counts
// what does not depend on the machine, so that verdicts do not either.
type Budget struct {
	// Steps are steps of the model.
	Steps int
	// Bytes are what the search remembers.
	Bytes int64
}

// DefaultBudget suits a few hundred operations.
var DefaultBudget = Budget{Steps: 200_000, Bytes: 4 << 20}

// linearize asks porcupine whether operations have a linearization, within a
// budget: past it the answer is Unknown. An operation without an answer returns
// at the end of time.
//
// What porcupine remembers is a set of operations for every step that the model
// allowed; the budget of bytes counts those, and a search whose shortest course
// would exceed it is not begun.
func linearize(model porcupine.Model, ops []porcupine.Operation, budget Budget) porcupine.CheckResult {
	if budget == (Budget{}) {
		budget = DefaultBudget
	}
	const entry = 96 // of porcupine's cache, besides the set
	each := int64(len(ops)/8 + entry)
	if int64(len(ops))*each > budget.Bytes || len(ops) > budget.Steps {
		return porcupine.Unknown
	}
	for _, op := range ops {
		if op.Return < op.Call {
			return porcupine.Unknown // porcupine's answer would mean nothing
		}
	}
	spent := false
	step := model.Step
	model.Step = func(state, input, output any) (bool, any) {
		if spent = spent || budget.Steps <= 0 || budget.Bytes < 0; spent {
			return false, state
		}
		budget.Steps--
		ok, next := step(state, input, output)
		if ok {
			budget.Bytes -= each
		}
		return ok, next
	}
	switch ok := porcupine.CheckOperations(model, ops); {
	case spent:
		return porcupine.Unknown
	case ok:
		return porcupine.Ok
	}
	return porcupine.Illegal
}
