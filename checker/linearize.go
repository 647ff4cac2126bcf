package checker

import (
	"fmt"

	"github.com/anishathalye/porcupine"
)

// Budget bounds the search for a linearization of one place or key. It counts
// what does not depend on the machine, so that verdicts do not either.
type Budget struct {
	// Steps are steps of the model.
	Steps int
	// Bytes are what the search remembers.
	Bytes int64
}

// DefaultBudget suits some ten thousand operations that overlap little, and some
// dozens that all overlap. A search that spends it takes about a second.
var DefaultBudget = Budget{Steps: 1_000_000, Bytes: 32 << 20}

// orDefault returns the budget, or the default one for the zero value.
func (b Budget) orDefault() Budget {
	if b == (Budget{}) {
		return DefaultBudget
	}
	return b
}

// allows says whether the shortest course of a search is within the budget.
func (b Budget) allows(operations int) bool {
	return operations <= b.Steps && int64(operations)*stepBytes(operations) <= b.Bytes
}

// exceeded says in words that a search did not end within the budget.
func (b Budget) exceeded(operations int) string {
	return fmt.Sprintf("the search for a linearization of %s did not end within %d steps and %d bytes; allow more with "+
		"orderlab check --search-steps and --search-bytes", plural(operations, "operation"), b.Steps, b.Bytes)
}

// undecided counts what could not be decided.
type undecided struct {
	count  int
	reason string // of the first
}

func (u *undecided) note(name, reason string) {
	if u.count++; u.count == 1 {
		u.reason = name + ": " + reason
	}
}

// verdict returns a verdict on several things, or says that it is not known where
// nothing is wrong with those that could be decided.
func (u *undecided) verdict(v Verdict) Verdict {
	switch {
	case v.Violations > 0 || u.count == 0:
		return v
	case u.count > 1:
		u.reason += fmt.Sprintf("; nor could %d others be decided", u.count-1)
	}
	return Verdict{Status: Unknown, Decided: v.Decided, Reason: u.reason}
}

// backwards is the verdict on a history that no recorder can have written.
func (x *index) backwards(row int32) Verdict {
	return Verdict{Status: Unknown, Reason: fmt.Sprintf("operation %d of the history, %s, ends before it begins", row+1, x.h.Kind(int(row)))}
}

// stepBytes is what porcupine remembers for a step that the model allowed: a set
// of the operations, and its cache around it.
func stepBytes(operations int) int64 { return int64(operations/8 + 96) }

// linearize asks porcupine whether operations have a linearization, within a
// budget: past it the answer is Unknown. An operation without an answer returns
// at the end of time.
func linearize(model porcupine.Model, ops []porcupine.Operation, budget Budget) porcupine.CheckResult {
	if !budget.allows(len(ops)) {
		return porcupine.Unknown
	}
	for _, op := range ops {
		if op.Return < op.Call {
			return porcupine.Unknown // porcupine's answer would mean nothing
		}
	}
	limited, spent := limit(model, budget, len(ops))
	switch ok := porcupine.CheckOperations(limited, ops); {
	case *spent:
		return porcupine.Unknown
	case ok:
		return porcupine.Ok
	}
	return porcupine.Illegal
}

// limit makes a model whose steps are refused past a budget, and says when that
// happened.
func limit(model porcupine.Model, budget Budget, operations int) (_ porcupine.Model, spent *bool) {
	spent = new(bool)
	step := model.Step
	model.Step = func(state, input, output any) (bool, any) {
		if *spent = *spent || budget.Steps <= 0 || budget.Bytes < 0; *spent {
			return false, state
		}
		budget.Steps--
		ok, next := step(state, input, output)
		if ok {
			budget.Bytes -= stepBytes(operations)
			if text, isText := next.(string); isText {
				budget.Bytes -= int64(len(text))
			}
		}
		return ok, next
	}
	return model, spent
}
