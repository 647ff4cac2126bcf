package main

import (
	"slices"
	"strings"

	"orderlab/scenarios"
)

// judgeOnly leaves the guarantees to a scenario's cases that the command line asks for,
// also those that no expectation names; without any, what they have.
func judgeOnly(l *loaded, guarantees []string) error {
	if len(guarantees) == 0 {
		return nil
	}
	if err := knownGuarantees(guarantees...); err != nil {
		return err
	}
	for _, g := range guarantees {
		if err := decidable(l.scenario, g); err != nil {
			return err
		}
	}
	for i := range l.cases {
		l.cases[i].Guarantees = guarantees
	}
	l.scenario.NotJudged = nil // the others are left out because the user wants it so
	return nil
}

// decidable says why the runs of a scenario cannot decide a guarantee.
func decidable(sc *scenarios.Scenario, guarantee string) error {
	able := slices.Clone(sc.Guarantees)
	for _, n := range sc.NotJudged {
		able = append(able, n.Guarantee)
		if n.Guarantee == guarantee && n.Reason == scenarios.NothingPromised {
			return usagef("--guarantee %s: it cannot be decided, since nothing is promised; say what, as `promises` in the scenario", guarantee)
		}
	}
	if !slices.Contains(able, guarantee) {
		return usagef("--guarantee %s: the model of %s cannot decide it; it decides %s", guarantee, sc.System, strings.Join(able, ", "))
	}
	return nil
}
