package explore

import (
	"context"

	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// Explain looks for what broke a guarantee in the run of a seed; see
// [runner.Runner.Explain]. It takes a run for each fault that struck, and a few
// more. Errors are those of [Sweep] and of the context.
func Explain(
	ctx context.Context, reg *scenarios.Registry, c *scenarios.Case, seed uint64, guarantee string,
) (cause *result.Cause, err error) {
	defer recoverRun(c, seed, &err)
	return runner.New(reg).Explain(ctx, c, seed, guarantee, nil)
}

// ExplainShown adds to a set of [Sweep], made of the cases, the cause of the
// violation to look at first, see [result.Set.Shown]. Without one, or when the
// context ends, the set stays as it is. Errors are those of [Sweep].
func ExplainShown(ctx context.Context, reg *scenarios.Registry, cases []scenarios.Case, set *result.Set) error {
	r := set.ShownResult()
	if r == nil || set.Shown.Guarantee == "" {
		return nil
	}
	for i := range r.Guarantees {
		g := &r.Guarantees[i]
		if g.ID != set.Shown.Guarantee || g.Witness == nil || g.Witness.Seed != set.Shown.Seed {
			continue
		}
		for k := range set.Results {
			if r != &set.Results[k] {
				continue
			}
			cause, err := Explain(ctx, reg, &cases[k], set.Shown.Seed, g.ID)
			if ctx.Err() != nil {
				return nil
			}
			g.Witness.Cause = cause
			return err
		}
	}
	return nil
}
