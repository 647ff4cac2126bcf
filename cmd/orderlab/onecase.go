package main

import (
	"fmt"
	"strings"

	"orderlab/scenarios"

	"github.com/spf13/pflag"
)

// caseFlags are the flags that name one case of a scenario.
type caseFlags struct {
	strategies []string
	vars       []string
}

func (c *caseFlags) add(f *pflag.FlagSet) {
	f.StringArrayVar(&c.strategies, "strategy", nil, "the `strategy`")
	f.StringArrayVar(&c.vars, "var", nil, "set a variable or pin an axis of the scan, with `name=value`; may be repeated")
}

// oneCase returns a scenario with the only case that the flags leave.
func (a *cli) oneCase(opt *caseFlags, verb, arg string) (*loaded, error) {
	vars, err := parseVars(opt.vars)
	if err != nil {
		return nil, err
	}
	s, err := findOne(arg)
	if err != nil {
		return nil, err
	}
	all, err := load(a.registry, []source{s}, opt.strategies, vars)
	if err != nil {
		return nil, err
	}
	a.notes(all)
	cases := all[0].cases
	if len(cases) != 1 {
		return nil, usagef("%s is of one case, and here are %d; add %s", verb, len(cases), strings.Join(undecided(cases), " and "))
	}
	return &all[0], nil
}

// undecided names the flags that tell the cases apart, with their values.
func undecided(cases []scenarios.Case) []string {
	var flags []string
	values := make(map[string][]string)
	note := func(flag, value string) {
		if values[flag] == nil {
			flags = append(flags, flag)
		}
		for _, v := range values[flag] {
			if v == value {
				return
			}
		}
		values[flag] = append(values[flag], value)
	}
	for i := range cases {
		note("--strategy ", cases[i].Strategy)
		for _, p := range cases[i].Point {
			note("--var "+p.Axis+"=", fmt.Sprint(p.Value))
		}
	}
	var out []string
	for _, f := range flags {
		if len(values[f]) > 1 {
			out = append(out, f+strings.Join(values[f], "|"))
		}
	}
	return out
}
