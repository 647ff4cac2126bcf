package sim_test

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"orderlab/sim"

	"github.com/cockroachdb/datadriven"
)

// TestTraces runs the little worlds of testdata. Each file is about one thing and
// says first what it shows. A world is a script:
//
//	nodes a b             the nodes
//	seed 7                of the run; 1 otherwise
//	latency 1ms           of all links: one time, or a distribution; see sampler
//	fault cut: at 5ms …   an entry of the schedule
//	0ms a open b          at a time, a node does something; see the verbs in actor
//	0ms - phase steady    or the driver does
//	until 2s              how long to run; to the end otherwise
//
// and its output is everything that any node heard.
func TestTraces(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if filepath.Ext(path) != ".txt" {
			t.Skip("not a script; rapid keeps its failures here too")
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "draw":
				return draw(t, d)
			case "world":
			default:
				d.Fatalf(t, "unknown command %q", d.Cmd)
			}
			s := &stage{t: t}
			s.play(d.Input)
			if again := (&stage{t: t}); again.play(d.Input).hash != s.hash {
				t.Errorf("%s: two runs of one script differ", d.Pos)
			}
			return s.out.String()
		})
	})
}

// draw draws a schedule: seed, classes, swarm, and per line a kind with how often
// it comes at least and at most.
func draw(t *testing.T, d *datadriven.TestData) string {
	var seed uint64
	classes := sim.AllFaults
	d.ScanArgs(t, "seed", &seed)
	if d.HasArg("classes") {
		var bits int
		d.ScanArgs(t, "classes", &bits)
		classes = sim.Class(bits)
	}
	r := sim.Ranges{Begin: sim.Range{Min: sim.Second, Max: 30 * sim.Second}, Nodes: []string{"a", "b", "c"},
		Last: sim.Range{Min: sim.Second, Max: 5 * sim.Second}, Classes: classes, Swarm: d.HasArg("swarm"),
		Choices: sim.DefaultChoices(), HealAt: 40 * sim.Second}
	for _, out := range strings.Fields(d.Input) {
		kind, _ := sim.FaultKindOf(out)
		for i := range r.Choices {
			if r.Choices[i].Kind == kind {
				r.Choices[i].Most = 0
			}
		}
	}
	s, err := r.Draw(sim.Random{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return s.String()
}

// stage is a world of actors and the script that they follow.
type stage struct {
	t        *testing.T
	e        *sim.Engine
	actors   []*actor
	schedule string
	end      sim.Time
	out      strings.Builder
	hash     [16]byte
}

// play runs a script.
func (s *stage) play(script string) *stage {
	seed := uint64(1)
	for _, line := range strings.Split(script, "\n") {
		if rest, ok := strings.CutPrefix(line, "seed "); ok {
			v, err := strconv.ParseUint(rest, 10, 64)
			s.must(line, err)
			seed = v
		}
	}
	s.e = sim.New(seed, sim.Limits{Events: 200_000})
	s.e.Dropped = func(f sim.Frame) { s.say("-", "message %d does not arrive", f.Body) }
	s.e.Faulted = func(ev sim.FaultEvent, n *sim.Entry) {
		if ev.Healed {
			s.say("-", "fault %s ends", n.Name)
		} else {
			s.say("-", "fault %s: %v", n.Name, n.Fault)
		}
	}
	for _, line := range strings.Split(script, "\n") {
		if line != "" {
			s.line(line)
		}
	}
	plan, err := sim.ParseSchedule(s.schedule)
	s.must(s.schedule, err)
	s.must(s.schedule, s.e.Install(plan))
	for s.e.Step(1) == sim.Running && (s.end == 0 || s.e.Now() <= s.end) {
	}
	s.hash = s.e.Hash()
	return s
}

func (s *stage) must(line string, err error) {
	if err != nil {
		s.t.Helper()
		s.t.Fatalf("%s: %v", line, err)
	}
}

// line reads one line of a script.
func (s *stage) line(line string) {
	words := strings.Fields(line)
	switch words[0] {
	case "seed":
	case "nodes":
		for _, name := range words[1:] {
			a := &actor{s: s, name: name, conns: map[string][]sim.Conn{}, files: map[string]sim.File{}}
			a.id = s.e.AddNode(name, a)
			s.actors = append(s.actors, a)
		}
	case "fault":
		s.schedule += strings.TrimPrefix(line, "fault ") + "\n"
	case "until":
		s.end = s.time(words[1])
	case "latency":
		s.e.SetLatency(s.sampler(words[1:]))
	case "bandwidth":
		s.e.SetBandwidth(s.number(words[1]), s.number(words[2]))
	case "interface":
		s.e.SetNodeBandwidth(s.find(words[1]).id, s.number(words[2]))
	case "noise":
		e, err := sim.ParseEntry("x: at 0s noisy " + strings.Join(words[1:], " ") + " for ever")
		s.must(line, err)
		from, to := s.find(e.Fault.Nodes[0]), s.find(e.Fault.Peers[0])
		s.e.SetNoise(from.id, to.id, e.Fault.Noise)
	default:
		at := s.time(words[0])
		if words[1] == "-" {
			s.e.At(at, func() { s.drive(words[2:]) })
			return
		}
		a := s.find(words[1])
		s.e.At(at, func() { a.do(words[2:]) })
	}
}

// drive does what the driver of a run can do.
func (s *stage) drive(words []string) {
	name := strings.Join(words[1:], " ")
	switch words[0] {
	case "phase":
		s.say("-", "phase %s", name)
		s.e.Phase(name)
	case "condition":
		s.say("-", "condition %s", name)
		s.e.Condition(name)
	case "heal":
		s.e.Heal(name)
	case "heal-all":
		s.say("-", "everything heals")
		s.e.HealAll()
	case "stats":
		st := s.e.ServerStats(s.find(name).cpu)
		s.say("-", "arrived %d, refused %d, served %d, busy %v, waited %v", st.Arrived, st.Refused, st.Served, st.Busy, st.Waited)
	case "counts":
		s.say("-", "%s", strings.Trim(fmt.Sprintf("%+v", s.e.Counts()), "{}"))
	default:
		s.t.Fatalf("the driver cannot %s", words[0])
	}
}

func (s *stage) say(who, format string, args ...any) {
	fmt.Fprintf(&s.out, "%-12v %-3s %s\n", s.e.Now(), who, fmt.Sprintf(format, args...))
}

func (s *stage) find(name string) *actor {
	for _, a := range s.actors {
		if a.name == name {
			return a
		}
	}
	s.t.Fatalf("there is no node %q", name)
	return nil
}

func (s *stage) time(word string) sim.Time {
	v, err := sim.ParseTime(word)
	s.must(word, err)
	return v
}

func (s *stage) number(word string) int64 {
	v, err := strconv.ParseInt(word, 10, 64)
	s.must(word, err)
	return v
}

// sampler reads a distribution of times: `1ms`, `uniform 1ms 3ms`, `exponential 1ms`,
// `lognormal 1ms 0.5`, `pareto 1ms 1.5` or `empirical 0:1ms 0.9:2ms 1:9ms`.
func (s *stage) sampler(words []string) sim.Sampler {
	at := func(i int) int64 { return int64(s.time(words[i])) }
	switch words[0] {
	case "uniform":
		return sim.Uniform(at(1), at(2))
	case "exponential":
		return sim.Exponential(at(1))
	case "lognormal":
		return sim.LogNormal(at(1), s.millionths(words[2]))
	case "pareto":
		return sim.Pareto(at(1), s.millionths(words[2]))
	case "empirical":
		var points []sim.Quantile
		for _, p := range words[1:] {
			share, value, _ := strings.Cut(p, ":")
			points = append(points, sim.Quantile{Millionths: s.millionths(share), Value: int64(s.time(value))})
		}
		return sim.Empirical(points)
	}
	return sim.Constant(at(0))
}

func (s *stage) millionths(word string) int64 {
	v, err := strconv.ParseFloat(word, 64)
	s.must(word, err)
	return int64(math.Round(v * 1_000_000))
}
