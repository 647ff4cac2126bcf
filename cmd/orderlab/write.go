package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"reflect"
	"strings"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
	"orderlab/model/history"
	"orderlab/reports"
	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"
)

// The page of a result, its runs as a table, their course over time, and the history
// of the run to look at first as Jepsen writes it and for Perfetto.
const (
	pageFile     = "report.html"
	tableFile    = "runs.csv"
	seriesFile   = "series.jsonl"
	ednFile      = "history.edn"
	perfettoFile = "trace.pftrace"
)

// writeResult writes the files of one scenario's result below a folder of the
// directory; "" is the directory itself.
func writeResult(
	ctx context.Context, reg *scenarios.Registry, o *outDir, folder string, l *loaded, set *result.Set,
) error {
	err := o.create(path.Join(folder, resultFile), func(w io.Writer) error { return reports.JSON(w, set) })
	if err != nil {
		return err
	}
	if set.Shard != nil {
		return nil // the rest is written when the shards are merged
	}
	shown, err := writeShown(ctx, reg, o, folder, l, set.Shown)
	if err != nil {
		return err
	}
	for _, f := range filesOf(set, shown) {
		if err := o.create(path.Join(folder, f.name), f.write); err != nil {
			return err
		}
	}
	if err := writePlots(o, folder, set); err != nil {
		return err
	}
	if err := writeWitnesses(o, folder, set); err != nil {
		return err
	}
	return writePictures(ctx, reg, o, folder, l, set)
}

// resultPart is a file of a result.
type resultPart struct {
	name  string
	write func(io.Writer) error
}

// ednOperations bounds the histories that are written as Jepsen does: it takes twice
// the memory of the history.
const ednOperations = 2_000_000

// filesOf returns the files that are made of a set, and of the history of the run to
// look at first, which may be nil.
func filesOf(set *result.Set, shown *history.History) []resultPart {
	files := []resultPart{
		{runsFile, func(w io.Writer) error { return reports.Runs(w, set) }},
		{tableFile, func(w io.Writer) error { return reports.RunsCSV(w, set) }},
		{seriesFile, func(w io.Writer) error { return reports.Series(w, set) }},
		{pageFile, func(w io.Writer) error {
			return reports.HTML(w, set, reports.PageOptions{Shown: shown, Picture: picturesOf(set)})
		}},
	}
	if shown != nil {
		files = append(files, resultPart{perfettoFile, func(w io.Writer) error { return reports.Perfetto(w, shown) }})
	}
	if shown != nil && shown.Len() <= ednOperations {
		files = append(files, resultPart{ednFile, func(w io.Writer) error {
			return jepsen.Write(w, &anomalies.FromHistory(shown).History)
		}})
	}
	return files
}

// writeShown writes the history and the faults of the run to look at first, and
// returns the history.
func writeShown(
	ctx context.Context, reg *scenarios.Registry, o *outDir, folder string, l *loaded, run *result.ShownRun,
) (*history.History, error) {
	if run == nil {
		return nil, nil
	}
	c := findCase(l.cases, run)
	if c == nil {
		return nil, fmt.Errorf("no case of %s is strategy %s at %v", l.name, run.Strategy, run.Point)
	}
	var shown *history.History
	var faults bytes.Buffer
	err := o.create(path.Join(folder, "history.jsonl"), func(w io.Writer) error {
		r, err := explore.Rerun(ctx, reg, c, run.Seed, w, &faults)
		if err == nil {
			shown = r.History()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return shown, o.create(path.Join(folder, "faults.yaml"), func(w io.Writer) error {
		_, err := faults.WriteTo(w)
		return err
	})
}

// findCase returns the case that a result names, or nil.
func findCase(cases []scenarios.Case, run *result.ShownRun) *scenarios.Case {
	for i := range cases {
		c := &cases[i]
		point := result.Point{}
		for _, p := range c.Point {
			point = append(point, result.Coordinate{Axis: p.Axis, Value: p.Value})
		}
		if c.Strategy == run.Strategy && reflect.DeepEqual(point, run.Point) {
			return c
		}
	}
	return nil
}

func writePlots(o *outDir, folder string, set *result.Set) error {
	plots, err := reports.Plots(set)
	if err != nil {
		return err
	}
	for _, p := range plots {
		for _, format := range reports.PlotFormats() {
			name := path.Join(folder, "plots", fileName(p.Name)+"."+format)
			if err := o.create(name, func(w io.Writer) error { return p.Write(w, format) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeWitnesses draws every violation of every case.
func writeWitnesses(o *outDir, folder string, set *result.Set) error {
	return eachWitness(set, func(name string, _ *result.Result, g *result.Guarantee) error {
		file := path.Join(folder, witnessFolder, name+".mmd")
		return o.create(file, func(w io.Writer) error { return reports.Mermaid(w, g) })
	})
}

// eachWitness calls do for every violation of every case, with a name for files.
func eachWitness(set *result.Set, do func(name string, r *result.Result, g *result.Guarantee) error) error {
	taken := make(map[string]bool)
	for i := range set.Results {
		r := &set.Results[i]
		for j := range r.Guarantees {
			g := &r.Guarantees[j]
			if g.Witness == nil {
				continue
			}
			name := witnessName(r, g)
			for n := 2; taken[name]; n++ {
				name = fmt.Sprintf("%s~%d", witnessName(r, g), n)
			}
			taken[name] = true
			if err := do(name, r, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// witnessName is the strategy, the point and the guarantee, as a file's name.
func witnessName(r *result.Result, g *result.Guarantee) string {
	parts := []string{r.Strategy}
	for _, c := range r.Point {
		parts = append(parts, fmt.Sprintf("%s=%v", c.Axis, c.Value))
	}
	return fileName(strings.Join(append(parts, g.ID), "_"))
}

// folderName is the folder of a scenario among several: its name, a part of which
// must not be taken for a folder of a result's own or lead out of the directory.
func folderName(scenario string) string {
	parts := strings.Split(scenario, "/")
	for i, p := range parts {
		parts[i] = fileName(p)
		if strings.HasPrefix(p, ".") || p == "plots" || p == "witness" || p == "shrunk" || p == "decisions" {
			parts[i] = "_" + parts[i]
		}
	}
	return path.Join(parts...)
}

// fileName makes a name safe for every file system.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_.=+~", r) || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, s)
}
