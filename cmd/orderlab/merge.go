package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/result"

	"github.com/spf13/cobra"
)

// mergeOptions are the flags of merge.
type mergeOptions struct {
	out    string
	format *choice
}

func mergeCommand(a *cli) *cobra.Command {
	opt := mergeOptions{format: newChoice("text", "json", "junit", "github")}
	cmd := &cobra.Command{
		Use:   "merge DIRECTORY|FILE...",
		Short: "Add the shards of a run up and judge them",
		Long: `merge reads what run --shard 1/n ... n/n has written, directories of -o or files with
the output of --format json, in any order, and gives what one run without --shard
gives: the same output, the same files, the same exit code. It needs all shards, of
one command line and one build, and nothing else: the scenarios are in the shards.`,
		Example: `  orderlab merge shard-1 shard-2 shard-3 -o out
  orderlab merge shard-*.json --format github`,
		Args: atLeastOne("the shards", "`orderlab run NAME --shard 1/2 -o DIR` makes the first of two"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.merge(cmd.Context(), &opt, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&opt.out, "out", "o", "", "write the results to this `directory`")
	f.Var(opt.format, "format", "form of the result")
	offerWords(cmd, "format", opt.format.allowed)
	return cmd
}

// pack puts into a set what merging it with the other shards takes.
func pack(opt *runOptions, l *loaded, set *result.Set, runs *result.Runs, place, of int) error {
	p := result.Part{
		Program: buildRevision(), Name: l.name, Argument: l.arg, File: l.file, Text: l.text, Included: l.included,
		Strategies: opt.strategies, Vars: opt.vars, Seeds: set.Seeds, Place: place, Scenarios: of, Runs: *runs,
	}
	data, err := p.Encode()
	if err != nil {
		return fmt.Errorf("cannot pack the shard: %w", err)
	}
	set.Shard = &result.Shard{Index: opt.shard.Index, Of: opt.shard.Of, Data: data}
	return nil
}

// sharded ends the run of a shard: it is not for it to say what is unknown.
func (a *cli) sharded(opt *runOptions, s *session) error {
	if opt.out == "" && opt.format.value != "json" {
		fmt.Fprintf(a.err, "orderlab: this is shard %v and cannot be merged: give -o DIR or --format json\n", &opt.shard)
	}
	if s.code() == exitFailed {
		return exitWith(exitFailed)
	}
	return nil
}

// shard is one shard of one scenario, as it was read.
type shard struct {
	file string
	result.Shard
	part *result.Part
}

func (a *cli) merge(ctx context.Context, opt *mergeOptions, args []string) error {
	var all []shard
	for _, arg := range args {
		found, err := readShards(arg)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	groups, err := group(all)
	if err != nil {
		return err
	}
	s, closeIt, err := a.open(opt.format.value, opt.out, len(groups) > 1)
	if err != nil {
		return err
	}
	defer closeIt()
	for _, g := range groups {
		l, set, err := a.mergeOne(ctx, g)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return exitWith(exitInterrupted)
		}
		if err := s.deliver(ctx, l, set); err != nil {
			return err
		}
	}
	if err := s.finish(); err != nil {
		return err
	}
	return exitWith(s.code())
}

// readShards reads a directory of -o or the output of --format json.
func readShards(arg string) ([]shard, error) {
	file := arg
	if info, err := os.Stat(arg); err == nil && info.IsDir() {
		file = filepath.Join(arg, resultFile)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, dataf("cannot read the shard: %w", err)
	}
	defer f.Close()
	var out []shard
	dec := json.NewDecoder(bufio.NewReader(f))
	for {
		var set struct {
			Scenario string        `json:"scenario"`
			Shard    *result.Shard `json:"shard"`
		}
		switch err := dec.Decode(&set); {
		case errors.Is(err, io.EOF) && len(out) > 0:
			return out, nil
		case err != nil:
			return nil, dataf("%s is no result of `orderlab run --shard`: %w", file, err)
		case set.Shard == nil:
			return nil, dataf("%s is no shard: make it with `orderlab run --shard k/n`", file)
		}
		p, err := result.DecodePart(set.Shard.Data)
		if err != nil {
			return nil, dataf("%s: %s: %w", file, set.Scenario, err)
		}
		out = append(out, shard{arg, *set.Shard, p})
	}
}

// group puts the shards of each scenario together, in the order of the command
// line that made them, and reports what does not belong together or is missing.
func group(all []shard) ([][]shard, error) {
	first := &all[0]
	groups := make([][]shard, first.part.Scenarios)
	for i := range all {
		s := &all[i]
		if s.Index < 1 || s.Index > s.Of || s.part.Place < 0 || s.part.Place >= s.part.Scenarios {
			return nil, dataf("%s: there is no shard %d/%d of scenario %d", s.file, s.Index, s.Of, s.part.Place)
		}
		for k := range all[:i] {
			if why := apart(&all[k], s); why != "" {
				return nil, dataf("%s and %s are not shards of one run: %s", all[k].file, s.file, why)
			}
		}
		g := &groups[s.part.Place]
		for k := range *g {
			if (*g)[k].Index == s.Index {
				return nil, dataf("%s and %s are both shard %d/%d of %s", (*g)[k].file, s.file, s.Index, s.Of, s.part.Name)
			}
		}
		*g = append(*g, *s)
	}
	for _, g := range groups {
		for k := range first.Of {
			if !slices.ContainsFunc(g, func(s shard) bool { return s.Index == k+1 }) {
				return nil, dataf("shard %d/%d is missing, or was interrupted before it came to every scenario", k+1, first.Of)
			}
		}
	}
	return groups, nil
}

// apart says why two shards are not of one run, or nothing.
func apart(a, b *shard) string {
	p, q := a.part, b.part
	switch {
	case a.Of != b.Of:
		return fmt.Sprintf("one is of %d, the other of %d", a.Of, b.Of)
	case p.Program != q.Program:
		return fmt.Sprintf("one is made by %s, the other by %s", p.Program, q.Program)
	case p.Scenarios != q.Scenarios:
		return fmt.Sprintf("one is of %d scenarios, the other of %d", p.Scenarios, q.Scenarios)
	case !slices.Equal(p.Strategies, q.Strategies) || !slices.Equal(p.Vars, q.Vars):
		return "they have another --strategy or --var"
	case p.Place != q.Place:
		return ""
	case p.Name != q.Name || p.Argument != q.Argument:
		return fmt.Sprintf("one is of %s, the other of %s", p.Argument, q.Argument)
	case string(p.Text) != string(q.Text) || !maps.EqualFunc(p.Included, q.Included, bytes.Equal):
		return p.File + ", or what it includes, is not the same in both"
	case p.Seeds != q.Seeds:
		return "they have other seeds"
	}
	return ""
}

// mergeOne adds the shards of a scenario up.
func (a *cli) mergeOne(ctx context.Context, g []shard) (*loaded, *result.Set, error) {
	p := g[0].part
	if p.Program != buildRevision() {
		return nil, nil, dataf("%s is made by %s, and this is %s: merge with the program that made the shards",
			g[0].file, p.Program, buildRevision())
	}
	vars, err := parseVars(p.Vars)
	if err != nil {
		return nil, nil, err
	}
	var sc *scenarios.Scenario
	if len(p.Included) > 0 {
		sc, err = scenarios.LoadFrom(a.registry, p.Name, p.File, p.Text, vars, included(p.Included))
	} else {
		sc, err = scenarios.Load(a.registry, p.Name, p.File, p.Text, vars)
	}
	if err != nil {
		return nil, nil, err
	}
	l := &loaded{source{name: p.Name, arg: p.Argument, file: p.File, text: p.Text}, sc, pick(sc.Cases, p.Strategies)}
	for _, s := range g {
		if n := s.part.Runs.Cases; n != len(l.cases) {
			return nil, nil, dataf("%s has the runs of %d cases, and %s has %d", s.file, n, p.File, len(l.cases))
		}
	}
	runs := p.Runs
	for _, s := range g[1:] {
		runs.Add(&s.part.Runs)
	}
	set := explore.Sum(sc, l.cases, explore.Options{
		First: p.Seeds.First, Count: p.Seeds.Count, Source: p.Argument, Vars: p.Vars,
	}, &runs)
	return l, set, explore.ExplainShown(ctx, a.registry, l.cases, set)
}
