package result

import (
	"fmt"
	"slices"
	"strings"
)

// RunCommand returns the command line that repeats the run of one seed.
func (s *Set) RunCommand(r *Result, seed uint64) string {
	return fmt.Sprintf("orderlab run %s --seed %d", s.caseArguments(r), seed)
}

// SweepCommand returns the command line that repeats all runs of a result.
func (s *Set) SweepCommand(r *Result) string {
	last := s.Seeds.First + uint64(max(s.Seeds.Count, 1)) - 1
	return fmt.Sprintf("orderlab run %s --seeds %d..%d", s.caseArguments(r), s.Seeds.First, last)
}

// ReplayCommand returns the command line that prints the trace of one seed's run,
// as far as it is about a key; all of it when the key is empty.
func (s *Set) ReplayCommand(r *Result, seed uint64, key string) string {
	line := fmt.Sprintf("orderlab replay %s --seed %d", s.caseArguments(r), seed)
	if key != "" {
		line += " --key " + shellWord(key)
	}
	return line
}

// ShrinkCommand returns the command line that looks for the smallest run that
// breaks a guarantee as the run of the seed does.
func (s *Set) ShrinkCommand(r *Result, seed uint64, guarantee string) string {
	return fmt.Sprintf("orderlab shrink %s --seed %d --guarantee %s", s.caseArguments(r), seed, shellWord(guarantee))
}

// caseArguments returns what names a case on a command line: the scenario, the
// strategy, the place on the axes, and the variables that were given.
func (s *Set) caseArguments(r *Result) string {
	args := []string{shellWord(firstNonEmpty(s.Source, s.Scenario)), "--strategy", shellWord(r.Strategy)}
	for _, c := range r.Point {
		args = append(args, "--var", shellWord(fmt.Sprintf("%s=%v", c.Axis, c.Value)))
	}
	for _, v := range s.Vars {
		axis, _, _ := strings.Cut(v, "=")
		if !slices.ContainsFunc(r.Point, func(c Coordinate) bool { return c.Axis == axis }) {
			args = append(args, "--var", shellWord(v))
		}
	}
	return strings.Join(args, " ")
}

// shellWord quotes a word that a shell would not take as it stands.
func shellWord(s string) string {
	plain := s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !strings.ContainsRune("_-./=:,%+@", r) &&
			(r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
