package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"orderlab/checker"

	"github.com/spf13/pflag"
)

// declaredFlags are the flags that say what a design promises.
type declaredFlags struct {
	within, tick, quiet time.Duration
	bounds              []string
	conserved           []string
}

func (d *declaredFlags) register(f *pflag.FlagSet) {
	f.DurationVar(&d.within, "progress-within", 0, "for progress: how long after its ack or the last fault a message may take, as 30s")
	f.DurationVar(&d.tick, "tick", 0, "for timer-order: how late a delayed message may be; without it any delay is allowed")
	f.DurationVar(&d.quiet, "quiet", 0, "for unread-exact: how long nothing happened to a place that is settled")
	f.StringArrayVar(&d.bounds, "bound", nil, "for bounded: the most that a metric may be, as `METRIC=MOST`; may be repeated")
	f.StringArrayVar(&d.conserved, "conserved", nil, "for conservation: the sum of this `metric` stays the same; may be repeated")
}

// declared returns what was declared, or what is wrong with it.
func (d *declaredFlags) declared() (out checker.Declared, err error) {
	for _, t := range []struct {
		name  string
		given time.Duration
	}{{"progress-within", d.within}, {"tick", d.tick}, {"quiet", d.quiet}} {
		if t.given < 0 {
			return out, usagef("--%s %s: a time is not negative", t.name, t.given)
		}
	}
	out = checker.Declared{ProgressWithin: int64(d.within), Tick: int64(d.tick), Quiet: int64(d.quiet),
		Conserved: d.conserved}
	for _, b := range d.bounds {
		bound, err := parseBound(b)
		if err != nil {
			return out, usagef("--bound %s: %v", b, err)
		}
		out.Bounds = append(out.Bounds, bound)
	}
	return out, nil
}

func parseBound(s string) (b checker.Bound, err error) {
	i := strings.LastIndexByte(s, '=')
	if i <= 0 {
		return b, fmt.Errorf("a bound is METRIC=MOST, as lag=1000")
	}
	most, err := strconv.ParseInt(s[i+1:], 10, 64)
	if err != nil || most < 0 {
		return b, fmt.Errorf("%q should be a whole number from 0, in the unit of the samples", s[i+1:])
	}
	return checker.Bound{Metric: s[:i], Most: most}, nil
}
