package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"orderlab/scenarios"
)

// source is a scenario that was asked for, before it is read.
type source struct {
	// name is the scenario's, arg what to give on a command line for it, file
	// how errors name it.
	name, arg, file string
	text            []byte
	// dir is the folder of a file, from which it may include others; empty for one
	// of the library. included is what it has included, once it is parsed.
	dir      string
	included included
}

// parse reads the scenario.
func (s *source) parse(reg *scenarios.Registry, vars []scenarios.Var) (*scenarios.Scenario, error) {
	folder, done, err := s.folder()
	if err != nil {
		return nil, err
	}
	defer done()
	if folder == nil {
		return scenarios.Load(reg, s.name, s.file, s.text, vars)
	}
	s.included = make(included)
	return scenarios.LoadFrom(reg, s.name, s.file, s.text, vars, noted{folder, s.included})
}

// folder opens the folder from which a file may include others: nothing outside is
// reached through it, over links neither. It is nil for one of the library.
func (s *source) folder() (folder fs.FS, done func(), err error) {
	if s.dir == "" {
		return nil, func() {}, nil
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, nil, dataf("cannot read the scenario's folder: %w", err)
	}
	return root.FS(), func() { _ = root.Close() }, nil
}

// maxRead bounds what is read of a file. It is well above what a scenario may
// have, so that the language says what is wrong with a large one.
const maxRead = 16 << 20

// findSources returns the scenarios that the arguments name, each once, in order.
// An argument is a file, - for the standard input, a directory with files, a name of
// the library, or a glob over these names.
func findSources(args []string) ([]source, error) {
	var out []source
	for _, arg := range args {
		found, err := findSource(arg)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			if !slices.ContainsFunc(out, func(o source) bool { return filepath.Clean(o.arg) == filepath.Clean(s.arg) }) {
				out = append(out, s)
			}
		}
	}
	return out, nil
}

func findSource(arg string) ([]source, error) {
	if text, ok := scenarios.Source(arg); ok {
		return []source{{name: arg, arg: arg, file: arg + ".yaml", text: text}}, nil
	}
	if arg == "-" {
		text, err := limited("the standard input", os.Stdin)
		if err != nil {
			return nil, dataf("cannot read the scenario: %w", err)
		}
		return []source{{name: "stdin", arg: arg, file: "stdin", text: text, dir: "."}}, nil
	}
	info, err := os.Stat(arg)
	if err != nil && strings.ContainsAny(arg, "*?[") {
		return glob(arg)
	}
	switch {
	case err == nil && info.IsDir():
		return directory(arg)
	case err == nil || isYAML(arg) || filepath.IsAbs(arg) || strings.HasPrefix(arg, "."):
		s, err := readSource(arg)
		return []source{s}, err
	}
	return nil, unknownScenario(arg)
}

func isYAML(path string) bool {
	return strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".yml")
}

// glob returns the scenarios of the library that a pattern matches; where there are
// none, the files.
func glob(pattern string) ([]source, error) {
	names, err := scenarios.Match(pattern)
	if err != nil {
		return nil, usagef("%w", err)
	}
	var out []source
	for _, name := range names {
		text, _ := scenarios.Source(name)
		out = append(out, source{name: name, arg: name, file: name + ".yaml", text: text})
	}
	if len(out) > 0 {
		return out, nil
	}
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, usagef("%q is not a glob: %w", pattern, err)
	}
	for _, f := range slices.DeleteFunc(files, func(f string) bool { return !isYAML(f) }) {
		s, err := readSource(f)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, usagef("no scenario of the library and no .yaml file matches %q; `orderlab list` shows what there is", pattern)
	}
	return out, nil
}

// directory returns the scenario files below a directory, in order of path.
func directory(dir string) ([]source, error) {
	var out []source
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !isYAML(path) || scenarios.IsPart(path) {
			return err
		}
		s, err := readSource(path)
		out = append(out, s)
		return err
	})
	if err != nil {
		return nil, dataf("%w", err)
	}
	if len(out) == 0 {
		return nil, usagef("there is no .yaml file in the directory %s", dir)
	}
	return out, nil
}

// readSource reads a scenario file; its name is the file's without the ending.
func readSource(path string) (source, error) {
	text, err := readLimited(path)
	if errors.Is(err, fs.ErrNotExist) {
		return source{}, dataf("cannot read the scenario: %w%s", err, nearHint(path, neighbours(path)))
	}
	if err != nil {
		return source{}, dataf("cannot read the scenario: %w", err)
	}
	name := filepath.Base(path)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	return source{name: name, arg: path, file: path, text: text, dir: filepath.Dir(path)}, nil
}

// neighbours returns the scenario files in the folder of a path.
func neighbours(path string) []string {
	entries, _ := os.ReadDir(filepath.Dir(path)) // without a folder there are none
	var out []string
	for _, e := range entries {
		if isYAML(e.Name()) {
			out = append(out, strings.TrimSuffix(path, filepath.Base(path))+e.Name())
		}
	}
	return out
}

func readLimited(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return limited(path, f)
}

// limited reads a scenario that is not far too large.
func limited(name string, r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxRead+1))
	if err == nil && len(text) > maxRead {
		err = fmt.Errorf("%s has more than %d MiB, too much for a scenario", name, maxRead>>20)
	}
	return text, err
}

// unknownScenario says that there is none of that name, and what comes near.
func unknownScenario(name string) error {
	hint := "`orderlab list` shows what there is"
	if names, err := scenarios.Match(name + "/*"); err == nil && len(names) > 0 {
		hint = fmt.Sprintf("did you mean %q, for all of that system?", name+"/*")
	} else if n := scenarios.Nearest(name, scenarios.Names()); n != "" {
		hint = fmt.Sprintf("did you mean %q? %s", n, hint)
	}
	return usagef("there is no scenario and no file %q; %s", name, hint)
}

// loaded is a scenario that was read, with the cases that are to be run.
type loaded struct {
	source
	scenario *scenarios.Scenario
	cases    []scenarios.Case
}

// load reads the sources and picks the cases of the named strategies; of all when
// none is named. Scenarios without any of these strategies are left out. Mistakes
// in several files are reported together.
func load(reg *scenarios.Registry, sources []source, strategies []string, vars []scenarios.Var) ([]loaded, error) {
	var out []loaded
	var problems []error
	for _, s := range sources {
		sc, err := s.parse(reg, vars)
		if err != nil {
			problems = append(problems, explainVar(err, s, len(sources)))
			continue
		}
		out = append(out, loaded{s, sc, pick(sc.Cases, strategies)})
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if err := knownStrategies(out, strategies); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out, func(l loaded) bool { return len(l.cases) == 0 }), nil
}

// notes prints what the files of scenarios give that has no effect.
func (a *cli) notes(all []loaded) {
	for _, l := range all {
		for _, n := range l.scenario.Notes {
			fmt.Fprintln(a.err, n)
		}
	}
}

// explainVar adds which of several scenarios has no use for a variable.
func explainVar(err error, s source, of int) error {
	var v *scenarios.VarError
	if of > 1 && errors.As(err, &v) {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return err
}

func pick(cases []scenarios.Case, strategies []string) []scenarios.Case {
	if len(strategies) == 0 {
		return cases
	}
	var out []scenarios.Case
	for _, c := range cases {
		if slices.Contains(strategies, c.Strategy) {
			out = append(out, c)
		}
	}
	return out
}

// knownStrategies reports a strategy that no scenario has.
func knownStrategies(all []loaded, strategies []string) error {
	var names []string
	for _, l := range all {
		for _, s := range l.scenario.Strategies {
			if !slices.Contains(names, s) {
				names = append(names, s)
			}
		}
	}
	for _, s := range strategies {
		if slices.Contains(names, s) {
			continue
		}
		hint := "there are " + strings.Join(names, ", ")
		if n := scenarios.Nearest(s, names); n != "" {
			hint = fmt.Sprintf("did you mean %q?", n)
		}
		return usagef("--strategy %s: there is no strategy of that name; %s", s, hint)
	}
	return nil
}
