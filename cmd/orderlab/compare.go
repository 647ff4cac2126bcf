package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"orderlab/reports"
	"orderlab/scenarios/result"

	"github.com/spf13/cobra"
)

// runsFile has what the single runs of a result found.
const runsFile = "runs.jsonl"

func compareCommand(a *cli) *cobra.Command {
	format := newChoice("text", "json")
	cmd := &cobra.Command{
		Use:   "compare BEFORE AFTER",
		Short: "Set two results side by side, and fail when a verdict got worse",
		Long: `compare sets two directories of -o side by side, scenario by scenario, and says how
sure each difference is. Runs of the same seed are paired: verdicts by McNemar's exact
test, metrics by a sign-flip permutation test, both corrected for the number of tests
(Holm). A file with the output of --format json can stand for a directory; it has no
single runs, so its verdicts are compared by their rates and its metrics not.

A verdict gets worse from holds over unknown to violated, by one violated run, and
also when a violation becomes significantly more frequent. Where both results expect
a violation, because the scenario demonstrates one, losing it is worse.

The exit code is 0 when no verdict got worse, 1 when one did, 65 when a directory is
no result or the two have no scenario in common.`,
		Example: `  orderlab run my-scenario.yaml -o before
  orderlab run my-scenario.yaml -o after
  orderlab compare before after
  orderlab compare before after --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("name two results, that before and that after")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.compare(format.value, args[0], args[1]) },
	}
	cmd.Flags().Var(format, "format", "form of the comparison")
	offerWords(cmd, "format", format.allowed)
	return cmd
}

func (a *cli) compare(format, before, after string) error {
	old, err := readOutcomes(before)
	if err != nil {
		return err
	}
	now, err := readOutcomes(after)
	if err != nil {
		return err
	}
	code, common := exitMet, 0
	for _, n := range now {
		for _, o := range old {
			if o.Set.Scenario != n.Set.Scenario {
				continue
			}
			c := result.Compare(o, n)
			if c.Worse {
				code = exitFailed
			}
			if err := a.printComparison(c, format, common); err != nil {
				return err
			}
			common++
			break
		}
	}
	if common == 0 {
		return dataf("%s and %s have no scenario in common: one is of %s, the other of %s; "+
			"a scenario has the name of its file, so give two variants one file name in two directories",
			before, after, old[0].Set.Scenario, now[0].Set.Scenario)
	}
	a.noteAlone(before, old, now)
	a.noteAlone(after, now, old)
	return exitWith(code)
}

func (a *cli) printComparison(c *result.Comparison, format string, before int) error {
	if format == "json" {
		return reports.ComparisonJSON(a.out, c)
	}
	if before > 0 {
		if _, err := fmt.Fprintln(a.out); err != nil {
			return err
		}
	}
	return reports.ComparisonText(a.out, c, textOptions(a.out))
}

// noteAlone names the scenarios that one result alone has.
func (a *cli) noteAlone(name string, of, others []result.Outcome) {
	for _, o := range of {
		found := false
		for _, p := range others {
			found = found || p.Set.Scenario == o.Set.Scenario
		}
		if !found {
			fmt.Fprintf(a.err, "orderlab: only %s has %s\n", name, o.Set.Scenario)
		}
	}
}

// readOutcomes reads a directory of -o, or the output of --format json.
func readOutcomes(arg string) ([]result.Outcome, error) {
	info, err := os.Stat(arg)
	if err != nil {
		return nil, dataf("cannot read the result: %w", err)
	}
	if !info.IsDir() {
		sets, err := readSets(arg)
		return named(arg, sets), err
	}
	sets, err := readSets(filepath.Join(arg, resultFile))
	if err != nil {
		return nil, err
	}
	out := named(arg, sets)
	for i := range out {
		folder := arg
		if len(out) > 1 || !exists(filepath.Join(arg, runsFile)) {
			folder = filepath.Join(arg, filepath.FromSlash(folderName(out[i].Set.Scenario)))
		}
		if out[i].Runs, err = readRuns(filepath.Join(folder, runsFile)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func named(name string, sets []*result.Set) []result.Outcome {
	var out []result.Outcome
	for _, s := range sets {
		out = append(out, result.Outcome{Name: name, Set: s})
	}
	return out
}

// readSets reads results, one a line.
func readSets(file string) ([]*result.Set, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, dataf("cannot read the result: %w", err)
	}
	defer f.Close()
	var out []*result.Set
	dec := json.NewDecoder(bufio.NewReader(f))
	for {
		set := new(result.Set)
		switch err := dec.Decode(set); {
		case errors.Is(err, io.EOF) && len(out) > 0:
			return out, nil
		case err != nil:
			return nil, dataf("%s is no result of orderlab: %w", file, err)
		case set.SchemaVersion != result.SchemaVersion || set.Scenario == "":
			return nil, dataf("%s is no result of orderlab of version %d", file, result.SchemaVersion)
		case set.Shard != nil:
			return nil, dataf("%s is shard %d/%d; merge the shards first", file, set.Shard.Index, set.Shard.Of)
		}
		out = append(out, set)
	}
}

// readRuns reads runs.jsonl; without it there are none.
func readRuns(file string) ([]result.RunLine, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, dataf("cannot read the result: %w", err)
	}
	defer f.Close()
	lines, err := result.ReadLines(f)
	if err != nil {
		return nil, dataf("%s: %w", file, err)
	}
	return lines, nil
}
