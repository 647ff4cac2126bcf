package sim_test

import (
	"math"
	"testing"

	"orderlab/sim"
)

// station is a node with a queueing server to which jobs come at random.
type station struct {
	idle
	e       *sim.Engine
	id      sim.NodeID
	server  sim.ServerID
	arrival sim.Sampler
	service sim.Sampler
	left    int
	sojourn sim.Time
	began   []sim.Time // by job
}

const (
	timerArrival sim.Kind = iota
	timerDone
)

var (
	stationArrival = sim.NewDecision("station.arrival")
	stationService = sim.NewDecision("station.service")
)

func (s *station) Timer(kind sim.Kind, job uint64) {
	if kind == timerDone {
		s.sojourn += s.e.Now() - s.began[job]
		return
	}
	work := sim.Time(s.e.Draw(stationService, sim.ID(job), &s.service))
	s.began[job] = s.e.Now()
	s.e.Serve(s.server, work, timerDone, job)
	if s.left--; s.left > 0 {
		s.e.After(s.id, sim.Time(s.e.Draw(stationArrival, sim.ID(job), &s.arrival)), timerArrival, job+1)
	}
}

// serve runs n jobs through a server and returns it with the time that it took.
func serve(set sim.ServerSettings, arrival, service sim.Sampler, n int) (*station, sim.Time) {
	e := sim.New(11, sim.Limits{})
	s := &station{e: e, arrival: arrival, service: service, left: n, began: make([]sim.Time, n)}
	s.id = e.AddNode("station", s)
	s.server = e.AddServer(s.id, set)
	e.After(s.id, 0, timerArrival, 0)
	for e.Step(1<<20) == sim.Running {
	}
	return s, e.Now()
}

// erlangC is the probability that a job has to wait in M/M/c with a load of a
// busy workers.
func erlangC(c int, a float64) float64 {
	sum, term := 0.0, 1.0
	for k := range c {
		if k > 0 {
			term *= a / float64(k)
		}
		sum += term
	}
	last := term * a / float64(c) * float64(c) / (float64(c) - a)
	return last / (sum + last)
}

// The mean waiting times are those of queueing theory, and so are the share of
// lost jobs and the utilization. The mean number of jobs in the server is the
// arrival rate times the mean time in it (Little's law), exactly.
//
// Reference: Kleinrock, Queueing Systems, volume 1, chapters 3 and 5.
func TestQueueingTheory(t *testing.T) {
	const n, mean = 400_000, int64(sim.Millisecond)
	one := func(r float64) float64 { return r / (1 - r) }
	many := func(c int) func(float64) float64 {
		return func(r float64) float64 { return erlangC(c, float64(c)*r) / (float64(c) * (1 - r)) }
	}
	for _, q := range []struct {
		name     string
		workers  int
		capacity int
		load     float64 // of each worker
		service  sim.Sampler
		wait     func(load float64) float64 // in mean service times
	}{
		{"M/M/1 at 50%", 1, 0, 0.5, sim.Exponential(mean), one},
		{"M/M/1 at 80%", 1, 0, 0.8, sim.Exponential(mean), one},
		{"M/D/1 at 80%", 1, 0, 0.8, sim.Constant(mean), func(r float64) float64 { return r / (2 * (1 - r)) }},
		{"M/M/4 at 80%", 4, 0, 0.8, sim.Exponential(mean), many(4)},
		{"M/M/16 at 90%", 16, 0, 0.9, sim.Exponential(mean), many(16)},
	} {
		arrival := sim.Exponential(int64(float64(mean) / (q.load * float64(q.workers))))
		s, took := serve(sim.ServerSettings{Workers: q.workers}, arrival, q.service, n)
		st := s.e.ServerStats(s.server)
		if st.Served != n || st.Arrived != n || s.e.InServer(s.server) != 0 {
			t.Fatalf("%s: %+v after %d jobs", q.name, st, n)
		}
		near(t, q.name+": waiting time", float64(st.Waited)/n/float64(mean), q.wait(q.load), 0.04)
		near(t, q.name+": utilization", float64(st.Busy)/float64(took)/float64(q.workers), q.load, 0.01)
		if st.Area != s.sojourn {
			t.Errorf("%s: the integral of the number of jobs is %v, the sum of their times %v", q.name, st.Area, s.sojourn)
		}
	}
}

// A server with room for k jobs loses the share of them that finds it full.
func TestLoss(t *testing.T) {
	const n, k, load = 400_000, 5, 0.9
	s, _ := serve(sim.ServerSettings{Workers: 1, Capacity: k}, sim.Exponential(1_000_000), sim.Exponential(900_000), n)
	st := s.e.ServerStats(s.server)
	if st.Refused+st.Served != n {
		t.Fatalf("%+v", st)
	}
	near(t, "M/M/1/5 loss", float64(st.Refused)/n, (1-load)*math.Pow(load, k)/(1-math.Pow(load, k+1)), 0.02)
}

// near fails unless got is want within a relative tolerance.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*want {
		t.Errorf("%s is %.4f, and theory says %.4f", what, got, want)
	}
}

// A link with a bandwidth is a server too: datagrams of one size that are sent at
// random wait as in M/D/1.
func TestLinkIsServer(t *testing.T) {
	const n, load, size = 200_000, 0.8, 1000
	e := sim.New(5, sim.Limits{})
	sink := &sinkNode{e: e, sent: make([]sim.Time, n)}
	a, b := e.AddNode("a", &idle{}), e.AddNode("b", sink)
	e.SetLinkBandwidth(a, b, 1_000_000, 0) // 1 ms for each
	gap := sim.Exponential(int64(float64(sim.Millisecond) / load))
	at := sim.Time(0)
	for i := range n {
		sink.sent[i] = at
		e.At(at, func() { e.SendTo(a, b, sim.Frame{Kind: 1, Size: size, Body: uint32(i), ID: sim.ID(i + 1)}) })
		at += sim.Time(e.Draw(stationArrival, sim.ID(i), &gap))
	}
	for e.Step(1<<20) == sim.Running {
	}
	near(t, "waiting time at the link", float64(sink.total)/n/float64(sim.Millisecond)-1, load/(2*(1-load)), 0.04)
}

type sinkNode struct {
	idle
	e     *sim.Engine
	sent  []sim.Time
	total sim.Time
}

func (s *sinkNode) Datagram(_ sim.NodeID, f *sim.Frame) { s.total += s.e.Now() - s.sent[f.Body] }

// idle is a node that does nothing.
type idle struct{}

func (idle) Timer(sim.Kind, uint64)       {}
func (idle) Opened(sim.Conn)              {}
func (idle) Closed(sim.Conn, sim.Closing) {}
func (idle) Receive(sim.Conn, *sim.Frame) {}
func (idle) Crashed()                     {}
func (idle) Restarted()                   {}
func (idle) Digest(*sim.Digest)           {}
