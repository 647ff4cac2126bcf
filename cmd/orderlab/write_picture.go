package main

import (
	"context"
	"fmt"
	"io"
	"path"

	"orderlab/checker"
	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
)

// The names of pictures end like this, where those of diagrams end in .mmd.
const pictureEnding = ".html"

// witnessFolder has what is drawn of each violation.
const witnessFolder = "witness"

// writePicture draws a violation of linearizability beside its diagram, whose name
// is given without the ending. Of other guarantees there is no picture.
func writePicture(
	ctx context.Context, reg *scenarios.Registry, o *outDir, name string, l *loaded, r *result.Result, g *result.Guarantee,
) error {
	if !checker.HasPicture(g.ID) {
		return nil
	}
	c := findCase(l.cases, &result.ShownRun{Strategy: r.Strategy, Point: r.Point})
	if c == nil {
		return fmt.Errorf("no case of %s is strategy %s at %v", l.name, r.Strategy, r.Point)
	}
	return o.create(name+pictureEnding, func(w io.Writer) error {
		return explore.Picture(ctx, reg, c, g.Witness.Seed, g.ID, w)
	})
}

// picturesOf returns where the pictures of violations lie in the folder of a result;
// nothing for those that have none.
func picturesOf(set *result.Set) func(*result.Result, *result.Guarantee) string {
	names := make(map[*result.Guarantee]string)
	_ = eachWitness(set, func(name string, _ *result.Result, g *result.Guarantee) error {
		if checker.HasPicture(g.ID) {
			names[g] = path.Join(witnessFolder, name+pictureEnding)
		}
		return nil
	})
	return func(_ *result.Result, g *result.Guarantee) string { return names[g] }
}

// writePictures draws the violations of linearizability of every case.
func writePictures(
	ctx context.Context, reg *scenarios.Registry, o *outDir, folder string, l *loaded, set *result.Set,
) error {
	return eachWitness(set, func(name string, r *result.Result, g *result.Guarantee) error {
		return writePicture(ctx, reg, o, path.Join(folder, witnessFolder, name), l, r, g)
	})
}
