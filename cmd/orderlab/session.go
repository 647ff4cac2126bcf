package main

import (
	"context"
	"fmt"
	"io"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// session is one call of a verb that gives results, on its way through the
// scenarios: it prints each and writes its files.
type session struct {
	*cli
	// format is that of the standard output, dir what -o named.
	format, dir string
	out         *outDir
	// several says that there is more than one scenario, so that each has a folder.
	several bool
	sets    []*result.Set
	written int
}

// open begins a session; dir is "" without -o. close ends it.
func (a *cli) open(format, dir string, several bool) (s *session, closeIt func(), err error) {
	s = &session{cli: a, format: format, dir: dir, several: several}
	if dir == "" {
		return s, func() {}, nil
	}
	if s.out, err = openOut(dir); err != nil {
		return nil, nil, err
	}
	a.noteLeftovers(s.out)
	forget := a.interrupts.onAbort(s.out.discard)
	return s, func() { s.out.discard(); forget() }, nil
}

// noteLeftovers says what lies beside the directory that is going to be written.
func (a *cli) noteLeftovers(out *outDir) {
	for _, l := range leftovers(out.path) {
		if l != out.temp {
			fmt.Fprintf(a.err, "orderlab: %s is of a run that is still writing, or of one that was killed; then remove it\n", l)
		}
	}
}

// deliver prints the result of a scenario and writes its files.
func (s *session) deliver(ctx context.Context, l *loaded, set *result.Set) error {
	s.sets = append(s.sets, set)
	if err := s.print(set); err != nil {
		return err
	}
	if s.out == nil || set.Shown == nil && set.Shard == nil {
		return nil // nothing to write, or nothing finished
	}
	folder := ""
	if s.several {
		folder = folderName(l.name)
	}
	s.written++
	// What was finished before an interrupt is written too.
	return writeResult(context.WithoutCancel(ctx), s.registry, s.out, folder, l, set)
}

// print writes a set in the form that was asked for; JUnit is one document and
// comes at the end.
func (s *session) print(set *result.Set) error {
	switch s.format {
	case "json":
		return reports.JSON(s.cli.out, set)
	case "github":
		if err := reports.GitHub(s.cli.out, set); err != nil {
			return err
		}
		return stepSummary(set)
	case "junit":
		return nil
	}
	if len(s.sets) > 1 {
		if _, err := fmt.Fprintln(s.cli.out); err != nil {
			return err
		}
	}
	return reports.Text(s.cli.out, set, textOptions(s.cli.out))
}

// finish writes what is about all scenarios and puts the directory in its place.
func (s *session) finish() error {
	if s.format == "junit" {
		if err := reports.JUnit(s.cli.out, s.sets); err != nil {
			return err
		}
	}
	if s.out == nil || s.written == 0 {
		return nil
	}
	if s.several {
		err := s.out.create(resultFile, func(w io.Writer) error {
			for _, set := range s.sets {
				if err := reports.JSON(w, set); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := s.out.commit(); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "orderlab: wrote %s\n", s.dir)
	return nil
}

// code returns the exit code: a failed expectation decides, then an unknown one.
func (s *session) code() int {
	code := exitMet
	for _, set := range s.sets {
		switch {
		case set.Status == result.StatusFailed:
			return exitFailed
		case set.Status == result.StatusUnknown || set.Interrupted:
			code = exitUnknown
		}
	}
	return code
}
