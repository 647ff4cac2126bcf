package main

import (
	"fmt"
	"strconv"
	"strings"

	"orderlab/scenarios"
	"orderlab/scenarios/result"
)

// choice is a flag with a few allowed words, the first being the default.
type choice struct {
	value   string
	allowed []string
}

func newChoice(allowed ...string) *choice { return &choice{allowed[0], allowed} }

// String implements pflag.Value.
func (c *choice) String() string { return c.value }

// Type implements pflag.Value; the help shows it behind the flag's name.
func (c *choice) Type() string { return strings.Join(c.allowed, "|") }

// Set implements pflag.Value.
func (c *choice) Set(s string) error {
	for _, a := range c.allowed {
		if s == a {
			c.value = s
			return nil
		}
	}
	hint := ""
	if n := scenarios.Nearest(s, c.allowed); n != "" {
		hint = fmt.Sprintf("; did you mean %s?", n)
	}
	return fmt.Errorf("it is one of %s%s", strings.Join(c.allowed, ", "), hint)
}

// nearHint suggests the one of some names that comes near a wrong one, if any does.
func nearHint(name string, names []string) string {
	if n := scenarios.Nearest(name, names); n != "" {
		return fmt.Sprintf("; did you mean %s?", n)
	}
	return ""
}

// maxSeeds bounds a range of seeds, as `runs` of a scenario is bounded.
const maxSeeds = 1_000_000

// seedRange is a flag with a range of seeds, as 1..20.
type seedRange struct {
	first uint64
	count int // 0 when not given
}

// String implements pflag.Value.
func (r *seedRange) String() string {
	if r.count == 0 {
		return ""
	}
	return fmt.Sprintf("%d..%d", r.first, r.first+uint64(r.count)-1)
}

// Type implements pflag.Value.
func (r *seedRange) Type() string { return "A..B" }

// Set implements pflag.Value.
func (r *seedRange) Set(s string) error {
	from, to, ok := strings.Cut(s, "..")
	if !ok {
		return fmt.Errorf("a range of seeds has two ends, as 1..20")
	}
	a, err := seedNumber(from)
	if err != nil {
		return err
	}
	b, err := seedNumber(to)
	switch {
	case err != nil:
		return err
	case b < a:
		return fmt.Errorf("the range ends before it begins; write it as %d..%d", b, a)
	case b-a >= maxSeeds:
		return fmt.Errorf("these are more than %d seeds", maxSeeds)
	}
	r.first, r.count = a, int(b-a)+1
	return nil
}

// seedFlag is a flag with one seed.
type seedFlag struct{ seedRange }

// String implements pflag.Value.
func (f *seedFlag) String() string {
	if f.count == 0 {
		return ""
	}
	return strconv.FormatUint(f.first, 10)
}

// Type implements pflag.Value.
func (f *seedFlag) Type() string { return "N" }

// Set implements pflag.Value.
func (f *seedFlag) Set(s string) error {
	n, err := seedNumber(s)
	if err != nil {
		return err
	}
	f.first, f.count = n, 1
	return nil
}

func seedNumber(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("a seed is a whole number from 0 to 2^64-1, and here is %q", s)
	}
	return n, nil
}

// maxShards bounds the shares of a sweep.
const maxShards = 10_000

// shardFlag is a flag with a share of the runs, as 2/5; the zero value is all.
type shardFlag struct{ result.Shard }

// String implements pflag.Value.
func (f *shardFlag) String() string {
	if f.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", f.Index, f.Of)
}

// Type implements pflag.Value.
func (f *shardFlag) Type() string { return "k/n" }

// Set implements pflag.Value.
func (f *shardFlag) Set(s string) error {
	index, of, ok := strings.Cut(s, "/")
	k, errK := strconv.Atoi(index)
	n, errN := strconv.Atoi(of)
	switch {
	case !ok || errK != nil || errN != nil:
		return fmt.Errorf("a share is the k-th of n, as 2/5")
	case n < 1 || n > maxShards:
		return fmt.Errorf("there are 1 to %d shares", maxShards)
	case k < 1 || k > n:
		return fmt.Errorf("the shares of %d are 1/%d to %d/%d", n, n, n, n)
	}
	f.Index, f.Of = k, n
	return nil
}

// given says whether only a share of the runs was asked for.
func (f *shardFlag) given() bool { return f.Of > 1 }

// parseVars reads the values of --var.
func parseVars(texts []string) ([]scenarios.Var, error) {
	var out []scenarios.Var
	for _, t := range texts {
		name, value, ok := strings.Cut(t, "=")
		if !ok || name == "" {
			return nil, usagef("--var %q: write it as name=value, like after=5", t)
		}
		out = append(out, scenarios.Var{Name: name, Value: value})
	}
	return out, nil
}
