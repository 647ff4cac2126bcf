package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"orderlab/scenarios/runner"
	"orderlab/sim"

	"github.com/spf13/pflag"
)

// decisionFlags are the flags about the decisions of one run: where to write them,
// and a list that answers them. They are used for one run at a time.
type decisionFlags struct {
	record, list string

	answers   []sim.Answer
	recording *sim.Recording
	replay    *sim.Replay
}

func (d *decisionFlags) add(f *pflag.FlagSet) {
	f.StringVar(&d.record, "record", "", "write the decisions of the run to this `file`")
	f.StringVar(&d.list, "decisions", "", "answer decisions from this `file`, and the others from the seed")
}

// read reads the list, if there is one.
func (d *decisionFlags) read() error {
	if d.list == "" {
		return nil
	}
	f, err := os.Open(d.list)
	if err != nil {
		return dataf("cannot read the decisions: %w", err)
	}
	defer f.Close()
	if d.answers, err = runner.ReadDecisions(f, d.list); err != nil {
		return dataf("%w", err)
	}
	return nil
}

// source makes the source of a run of the seed's.
func (d *decisionFlags) source(s sim.Source) sim.Source {
	if d.list != "" {
		d.replay = sim.NewReplay(d.answers, s)
		s = d.replay
	}
	if d.record != "" {
		d.recording = sim.Record(s)
		s = d.recording
	}
	return s
}

// listed makes the source of further runs like the one that was made; nil when that
// is the seed's.
func (d *decisionFlags) listed() func(sim.Source) sim.Source {
	if d.list == "" {
		return nil
	}
	return func(s sim.Source) sim.Source { return sim.NewReplay(d.answers, s) }
}

// used says how much of the list the last run has used, as a line, or nothing
// without a list.
func (d *decisionFlags) used() string {
	if d.replay == nil {
		return ""
	}
	return fmt.Sprintf("%d of %d decisions of %s were used, and %d others were left to the seed\n",
		d.replay.Used(), len(d.answers), d.list, len(d.replay.Missing()))
}

// write writes the decisions of the last run, if that was asked for. The file
// appears when it is complete.
func (d *decisionFlags) write(stderr io.Writer) error {
	if d.record == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(d.record), "."+filepath.Base(d.record)+".partial-*")
	if err != nil {
		return usagef("--record %s: cannot make a file in %s: %w", d.record, filepath.Dir(d.record), cause(err))
	}
	defer os.Remove(f.Name()) // where it was not renamed
	answers := d.recording.Answers()
	err = runner.WriteDecisions(f, answers)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), d.record)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", d.record, cause(err))
	}
	fmt.Fprintf(stderr, "orderlab: wrote %s of the run to %s\n", counted(len(answers), "decision"), d.record)
	return nil
}
