package scenarios

import (
	"bytes"
	"fmt"
	"strings"

	"orderlab/model"
)

// File is a scenario of one case, to be written as a file.
type File struct {
	Case *Case
	// Seed is the seed of its only run.
	Seed uint64
	// Question is the file's; Comment stands above everything.
	Question, Comment string
	// Expect is what the run shows.
	Expect []Expectation
	// unseeded leaves the seed to whoever runs it.
	unseeded bool
}

// Bytes returns the file as YAML that [Load] reads as the same case. Settings
// that the case leaves to their defaults are left out.
func (f *File) Bytes() []byte {
	w := new(writer)
	c := f.Case
	for line := range strings.Lines(f.Comment) {
		w.line(0, "# %s", strings.TrimRight(line, "\n"))
	}
	w.line(0, "orderlab: %d", Version)
	w.line(0, "question: %s", quoteText(f.Question))
	if !f.unseeded {
		w.line(0, "seed: %d", f.Seed)
	}
	w.system(c)
	w.workload(&c.Workload)
	w.consumers(&c.Consumers)
	if len(c.App) > 0 {
		w.line(0, "app: %s", settingsText(c.App))
	}
	w.line(0, "limits: {time: %s, events: %d, messages: %d}", durations.format(c.Limits.Time), c.Limits.Events, c.Limits.Messages)
	w.promises(&c.Promises)
	w.faults(c.Faults)
	name := formatText(c.Strategy)
	w.line(0, "strategies: {%s: {}}", name)
	if len(f.Expect) == 0 {
		return w.Bytes()
	}
	w.line(0, "expect:")
	var expect []string
	for _, e := range f.Expect {
		expect = append(expect, e.Guarantee+": "+e.Verdict)
	}
	w.line(1, "%s: [{%s}]", name, strings.Join(expect, ", "))
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

func (w *writer) line(indent int, format string, args ...any) {
	w.WriteString(strings.Repeat("  ", indent))
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

func (w *writer) system(c *Case) {
	w.line(0, "system:")
	w.line(1, "%s:", formatText(c.System))
	if c.Config.Profile != "" {
		w.line(2, "profile: %s", formatText(c.Config.Profile))
	}
	for _, v := range c.Config.Top {
		w.line(2, "%s: %s", v.Name, Format(v.Value))
	}
	for _, s := range c.Config.Sections {
		if len(s.Entries) == 0 {
			if len(s.Values) > 0 {
				w.line(2, "%s: %s", s.Name, settingsText(s.Values))
			}
			continue
		}
		w.line(2, "%s:", s.Name)
		for _, e := range s.Entries {
			w.line(3, "%s: %s", formatText(e.Name), settingsText(e.Values))
		}
	}
}

func (w *writer) workload(l *Workload) {
	w.line(0, "workload:")
	if l.Topic != "" {
		w.line(1, "topic: %s", formatText(l.Topic))
	}
	w.line(1, "keys: %s", keysText(&l.Keys))
	w.line(1, "record_size: %s", sizes.format(l.RecordSize))
	w.line(1, "phases:")
	for i := range l.Phases {
		w.phase(&l.Phases[i])
	}
}

func keysText(k *Keys) string {
	out := fmt.Sprintf("{count: %d", k.Count)
	if k.Zipf > 0 {
		out += ", zipf: " + decimal(k.Zipf, million)
	}
	if len(k.Hot) > 0 {
		var groups []string
		for _, h := range k.Hot {
			groups = append(groups, fmt.Sprintf("{keys: %d, share: %s}", h.Keys, shares.format(h.Share)))
		}
		out += ", hot: [" + strings.Join(groups, ", ") + "]"
	}
	return out + "}"
}

func (w *writer) phase(p *Phase) {
	parts := []string{"name: " + formatText(p.Name)}
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case p.Preload > 0 && len(p.PartitionShares) > 0:
		var each []string
		for _, s := range p.PartitionShares {
			each = append(each, shares.format(s))
		}
		add("preload: {work: %s, partition_shares: [%s]}", durations.format(p.Preload), strings.Join(each, ", "))
	case p.Preload > 0:
		add("preload: %s of work", durations.format(p.Preload))
	case p.For > 0:
		add("for: %s", durations.format(p.For))
	default:
		add("until: %s", p.Until)
		add("at_most: %s", durations.format(p.AtMost))
	}
	if p.Arrivals.Process != "" {
		add("producers: %d", p.Producers)
		add("arrivals: {%s: %s}", p.Arrivals.Process, rates.format(p.Arrivals.Rate))
	}
	if len(p.Sends) == 0 {
		w.line(2, "- {%s}", strings.Join(parts, ", "))
		return
	}
	w.line(2, "- %s", strings.Join(parts, "\n      "))
	w.line(3, "sends:")
	for _, s := range p.Sends {
		w.line(4, "- {at: %s, message: %q, key: %s}", timeText(s.At), MessageName(s.Producer, s.Index), KeyName(s.Key))
	}
}

func (w *writer) consumers(c *model.Consumers) {
	w.line(0, "consumers:")
	w.line(1, "group: %s", formatText(c.Group))
	w.line(1, "members: %d", c.Members)
	w.line(1, "work: %s", formatDistribution(c.Work))
	if c.WorkFrom > 0 {
		w.line(1, "work_from: %s", timeText(c.WorkFrom))
	}
}

func (w *writer) faults(faults []ScheduledFault) {
	if len(faults) == 0 {
		return
	}
	w.line(0, "faults:")
	w.Write(FaultsText(faults, "  "))
}

// FaultsText returns faults as the items of a YAML list, each line behind the
// indent. A fault without a phase stands at its time since the beginning.
func FaultsText(faults []ScheduledFault, indent string) []byte {
	w := new(writer)
	for i := range faults {
		f := &faults[i]
		what := f.Fault.Kind + ": " + settingsText(f.Fault.Values)
		if f.Heal != "" {
			what = "heal: " + formatText(f.Heal)
		}
		w.line(0, "%s- {%s}", indent, strings.Join(append(f.timing(), what), ", "))
	}
	return w.Bytes()
}

// timing returns the keys of a fault that say when it strikes and ends.
func (f *ScheduledFault) timing() []string {
	var out []string
	add := func(is bool, format string, args ...any) {
		if is {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	plain := f.When == "" && f.Point.Name == "" && f.Events == 0
	add(f.Name != "", "name: %s", formatText(f.Name))
	add(f.At != "", "at: %s", formatText(f.At))
	add(plain && f.At == "", "at: %s", timeText(f.After))
	add(f.When != "", "when: %s", formatText(f.When))
	add(f.Point.Name != "", "point: {node: %s, name: %q, pass: %d}", formatText(f.Point.Node), f.Point.Name, f.Point.Pass)
	add(f.Events > 0, "after: %d events", f.Events)
	add(f.After > 0 && (f.At != "" || !plain), "after: %s", durations.format(f.After))
	add(f.Every > 0, "every: %s", durations.format(f.Every))
	add(f.Every > 0 && f.Times > 0, "times: %d", f.Times)
	add(f.For > 0, "for: %s", durations.format(f.For))
	add(f.Until != "", "until: %s", formatText(f.Until))
	return out
}

func settingsText(values model.Values) string {
	var parts []string
	for _, v := range values {
		parts = append(parts, v.Name+": "+Format(v.Value))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// timeText writes a moment of a run in seconds.
func timeText(ns int64) string { return decimal(ns, 1_000_000_000) + "s" }

// quoteText writes a sentence as YAML.
func quoteText(s string) string { return fmt.Sprintf("%q", s) }
