package explore

import (
	"context"
	"fmt"
	"io"

	"orderlab/checker"
	"orderlab/scenarios"
	"orderlab/scenarios/runner"
)

// Picture repeats the run of one seed and draws how it breaks a guarantee of which
// [checker.HasPicture] is true, as an HTML page. Errors are those of [Sweep], of the
// context and of the writer, and one when the run does not break the guarantee.
func Picture(
	ctx context.Context, reg *scenarios.Registry, c *scenarios.Case, seed uint64, guarantee string, w io.Writer,
) error {
	r := runner.New(reg)
	if _, err := one(ctx, r, c, seed, false, runner.Options{}); err != nil {
		return err
	}
	v := checker.New().Check(r.History(), []string{guarantee}, checker.Options{})[0]
	if v.Witness == nil {
		return fmt.Errorf("the run of seed %d does not break %s when it is made again: %s", seed, guarantee, v.Status)
	}
	return checker.Picture(w, r.History(), &v, checker.Options{})
}
