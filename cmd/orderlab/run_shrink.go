package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"orderlab/reports"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
)

// shrunkMax bounds how many failures of a scenario run --shrink makes small.
const shrunkMax = 10

// failure is a violation to make small.
type failure struct {
	r *result.Result
	g *result.Guarantee
}

// failures returns the violations of what was expected to hold; where there are
// none, the violation to look at first.
func failures(set *result.Set) []failure {
	var out []failure
	for i := range set.Results {
		r := &set.Results[i]
		for j := range r.Guarantees {
			if g := &r.Guarantees[j]; g.FirstSeed != nil && g.Expectation() == result.StatusFailed {
				out = append(out, failure{r, g})
			}
		}
	}
	if r := set.ShownResult(); len(out) == 0 && r != nil {
		for j := range r.Guarantees {
			if g := &r.Guarantees[j]; g.ID == set.Shown.Guarantee && g.FirstSeed != nil {
				out = append(out, failure{r, g})
			}
		}
	}
	return out
}

// shrinkFailures makes the failures of a scenario small, one after another. An
// interrupt ends the search.
func (s *session) shrinkFailures(ctx context.Context, opt *runOptions, l *loaded, set *result.Set) error {
	all := failures(set)
	if len(all) == 0 && ctx.Err() == nil {
		fmt.Fprintf(s.err, "orderlab: %s: nothing is violated, so there is nothing to shrink\n", l.name)
	}
	for i, f := range all {
		switch {
		case ctx.Err() != nil:
			return nil
		case i == shrunkMax:
			fmt.Fprintf(s.err, "orderlab: %s more of %s are not shrunk\n", counted(len(all)-i, "failure"), l.name)
			return nil
		}
		if err := s.shrinkFailure(ctx, opt, l, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) shrinkFailure(ctx context.Context, opt *runOptions, l *loaded, f failure) error {
	c := findCase(l.cases, &result.ShownRun{Strategy: f.r.Strategy, Point: f.r.Point})
	if c == nil {
		return fmt.Errorf("no case of %s is strategy %s at %v", l.name, f.r.Strategy, f.r.Point)
	}
	p := newProgress(opt.progress.value, s.err, "trials of "+l.name, explore.DefaultTrials)
	small, err := explore.Shrink(ctx, s.registry, c, *f.g.FirstSeed, explore.ShrinkOptions{
		Guarantee: f.g.ID, Trials: explore.DefaultTrials,
		Progress: func(n explore.ShrinkProgress) {
			p.update(explore.Progress{Done: n.Trials, Total: explore.DefaultTrials})
		},
	})
	p.done()
	var intact *explore.NotBrokenError
	switch {
	case err != nil && ctx.Err() != nil:
		return nil
	case errors.As(err, &intact):
		return fmt.Errorf("%s, strategy %s: %w", l.name, c.Strategy, err) // the run has just broken it
	case err != nil:
		return err
	}
	if err := listable(small); err != nil {
		fmt.Fprintf(s.err, "orderlab: %s, strategy %s, %s: %v\n", l.name, c.Strategy, f.g.ID, err)
		return nil
	}
	cause, err := explore.Explain(context.WithoutCancel(ctx), s.registry, small.Case, small.Seed, small.Guarantee)
	if err != nil {
		return err
	}
	return s.writeSmall(l, f, small, shrunkFile(c, small, reports.CauseText(small.Guarantee, cause)))
}

// writeSmall writes the smallest run to the directory; without one it is printed.
func (s *session) writeSmall(l *loaded, f failure, small *explore.Shrunk, text []byte) error {
	if s.out == nil {
		_, err := fmt.Fprintf(s.cli.out, "\n%s", text)
		return err
	}
	folder := ""
	if s.several {
		folder = folderName(l.name)
	}
	name := path.Join("shrunk", witnessName(f.r, f.g)+".yaml")
	fmt.Fprintf(s.err, "orderlab: %s: %s\n", name, shrunkText(small))
	return s.out.create(path.Join(folder, name), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
