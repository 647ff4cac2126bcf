package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"orderlab/checker"
	"orderlab/checker/anomalies"
	"orderlab/model/history"
	"orderlab/scenarios"

	"github.com/spf13/cobra"
)

// checkOptions are the flags of check.
type checkOptions struct {
	guarantees     []string
	format         *choice
	historyFormat  *choice
	allowTruncated bool
	meant          anomalies.Options
	search         checker.Budget
	machine        string
	initial        string
	out            string
	memory         byteSize
	promised       declaredFlags
	most           int64 // bytes of memory that a history may take, or 0
}

func checkCommand(a *cli) *cobra.Command {
	opt := checkOptions{format: newChoice("text", "json"), historyFormat: newChoice("orderlab", "jepsen")}
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Judge recorded histories",
		Long: `check reads histories in JSON Lines (docs/history.md), of a simulated run or of a
real system, and decides the guarantees on each; - is the standard input. With
--format json it prints one object a file.

With --history-format jepsen it reads histories as Jepsen records them: EDN, one map
an event or a vector of them, perhaps compressed. What its operations are about, logs
(send, poll, txn), a queue (enqueue, dequeue) or a set (add, read), decides which
anomalies are looked for; docs/anomalies.md defines them. Those of logs are decided
for histories in JSON Lines too, where --guarantee asks for them. Registers (read,
write, cas) are judged by linearizable-state.

Searches for a linearization are bounded in steps and bytes, not in time, so that a
verdict is the same on every machine; past the bounds it is unknown. --machine names
a YAML file with the states of an entity; docs/guarantees.md has an example.

Some guarantees are about what a design promises and no history shows by itself; what is
not declared is not judged: --progress-within, --tick, --bound, --conserved.

The exit code is 0 when all histories are valid, 1 when a guarantee is violated,
2 when none is but something is unknown, 65 when a file is no history.`,
		Example: `  orderlab check out/history.jsonl
  orderlab check recorded.jsonl --guarantee per-key-order --guarantee no-loss --format json
  orderlab check recorded.jsonl --progress-within 30s --bound lag=1000
  orderlab check --history-format jepsen --subscribe history.edn
  orderlab check - < recorded.jsonl`,
		Args: atLeastOne("a history file", "`orderlab run NAME -o DIR` writes one to DIR/history.jsonl"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.check(cmd.Context(), &opt, args) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&opt.guarantees, "guarantee", nil, "only this `guarantee`; may be repeated")
	f.Var(opt.format, "format", "form of the result")
	f.Var(opt.historyFormat, "history-format", "form of the histories")
	f.BoolVar(&opt.meant.Subscribe, "subscribe", false, "consumers are given their partitions: skipped and repeated polls are allowed")
	f.BoolVar(&opt.meant.WWDeps, "ww-deps", false, "the order of a log is one of the transactions that wrote to it: g1c is allowed")
	f.BoolVar(&opt.allowTruncated, "allow-truncated", false, "leave out a last line that is cut off")
	f.Var(&opt.memory, "memory", "how much memory a history may take, as 4GiB, instead of what is free")
	f.StringVar(&opt.machine, "machine", "", "judge linearizable-state by the state machine that this `file` declares")
	f.StringVar(&opt.initial, "initial", "nil", "the `value` of Jepsen's registers before the first write")
	f.IntVar(&opt.search.Steps, "search-steps", checker.DefaultBudget.Steps, "most steps of a search for a linearization")
	f.Int64Var(&opt.search.Bytes, "search-bytes", checker.DefaultBudget.Bytes, "most bytes that such a search remembers")
	opt.promised.register(f)
	f.StringVarP(&opt.out, "out", "o", "", "write the results, and diagrams of what is violated, to this `directory`")
	offerWords(cmd, "guarantee", append(catalogue(), patterns()...))
	offerWords(cmd, "history-format", opt.historyFormat.allowed)
	offerWords(cmd, "format", opt.format.allowed)
	return cmd
}

// catalogue returns the ids of all guarantees.
func catalogue() []string {
	var ids []string
	for _, g := range checker.Catalogue() {
		ids = append(ids, g.ID)
	}
	return ids
}

// patterns returns the ids of the anomalies that histories in JSON Lines can have.
func patterns() []string {
	var ids []string
	for _, g := range checker.Anomalies() {
		ids = append(ids, g.ID)
	}
	return ids
}

// knownGuarantees reports a guarantee that does not exist; "" stands for none.
func knownGuarantees(given ...string) error { return oneOf(append(catalogue(), patterns()...), given) }

// oneOf reports a guarantee that is none of some.
func oneOf(ids, given []string) error {
	for _, g := range given {
		if g == "" || slices.Contains(ids, g) {
			continue
		}
		hint := "there are " + strings.Join(ids, ", ")
		if n := scenarios.Nearest(g, ids); n != "" {
			hint = fmt.Sprintf("did you mean %s?", n)
		}
		return usagef("--guarantee %s: there is no guarantee of that name; %s", g, hint)
	}
	return nil
}

// judges returns what judges one file in the form of the flags.
func (opt *checkOptions) judges() (func(file string) (*checked, error), error) {
	if opt.historyFormat.value == "jepsen" {
		var ids []string
		for _, a := range anomalies.Catalogue() {
			ids = append(ids, a.ID)
		}
		ids = append(ids, checker.LinearizableQueue, checker.LinearizableState)
		return opt.checkJepsen, oneOf(ids, opt.guarantees)
	}
	ids := catalogue()
	if len(opt.guarantees) > 0 {
		ids = opt.guarantees
	}
	machine, err := readMachine(opt.machine)
	if err != nil {
		return nil, err
	}
	promised, err := opt.promised.declared()
	if err != nil {
		return nil, err
	}
	c, h := checker.New(), new(history.History)
	options := checker.Options{Anomalies: opt.meant, Budget: opt.search, Machine: machine, Declared: promised}
	return func(file string) (*checked, error) {
		truncated, err := opt.readHistory(h, file, ids)
		if err != nil {
			return nil, err
		}
		found := judge(c, h, ids, truncated, len(opt.guarantees) > 0, options)
		found.Truncated = truncated
		return found, nil
	}, knownGuarantees(opt.guarantees...)
}

func (a *cli) check(ctx context.Context, opt *checkOptions, files []string) error {
	judged, err := opt.judges()
	if err != nil {
		return err
	}
	if opt.most = opt.limit(); opt.most > 0 {
		// Garbage should not take what is counted out for histories.
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(opt.most))
	}
	if opt.search.Steps < 1 || opt.search.Bytes < 1 {
		return usagef("--search-steps %d --search-bytes %d: a search takes at least one of each", opt.search.Steps, opt.search.Bytes)
	}
	out, err := a.openCheckOut(opt.out)
	if err != nil {
		return err
	}
	defer out.discard()
	var problems []error
	code := exitMet
	for _, file := range files {
		if ctx.Err() != nil {
			return exitWith(exitInterrupted)
		}
		found, err := judged(file)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		found.File = historyName(file)
		code = worse(code, found.code())
		if out != nil {
			if err := out.add(found); err != nil {
				return err
			}
		}
		if err := a.printChecked(found, opt.format.value); err != nil {
			return err
		}
	}
	if err := out.commit(); err != nil {
		return err
	}
	if len(problems) > 0 {
		return &codeError{exitData, errors.Join(problems...)}
	}
	return exitWith(code)
}
