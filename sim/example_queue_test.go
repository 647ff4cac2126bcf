package sim_test

import (
	"fmt"

	"orderlab/sim"
)

// counter is a shop with one server: customers arrive at random times and are
// served for random times, one after the other.
type counter struct {
	sim.Node // the methods that it does not need
	e        *sim.Engine
	id       sim.NodeID
	server   sim.ServerID
	next     uint64 // the customer who arrives next
	arrive   sim.Sampler
	serve    sim.Sampler
}

const (
	customer sim.Kind = iota // one arrives
	served                   // one is done
)

var (
	decideGap  = sim.NewDecision("counter.gap")
	decideWork = sim.NewDecision("counter.work")
)

// Timer lets a customer in and draws when the next one comes. Customers are
// known by their number: their gap and their work do not depend on anybody else.
func (c *counter) Timer(kind sim.Kind, _ uint64) {
	if kind == served {
		return
	}
	me := sim.ID(c.next)
	c.next++
	c.e.Serve(c.server, sim.Time(c.e.Draw(decideWork, me, &c.serve)), served, 0)
	c.e.After(c.id, sim.Time(c.e.Draw(decideGap, me, &c.arrive)), customer, 0)
}

// A queue: with arrivals every 10 ms and a service of 8 ms in the mean, both
// exponential, theory (M/M/1) says that the server is busy for 0.8 of the time,
// that a customer waits 8 ms * 0.8 / 0.2 = 32 ms, and that 0.8 / 0.2 = 4 are in
// the shop.
func Example_queue() {
	e := sim.New(1, sim.Limits{Time: 10_000 * sim.Second})
	c := &counter{e: e}
	c.arrive = sim.Exponential(int64(10 * sim.Millisecond))
	c.serve = sim.Exponential(int64(8 * sim.Millisecond))
	c.id = e.AddNode("counter", c)
	c.server = e.AddServer(c.id, sim.ServerSettings{Workers: 1})
	e.After(c.id, 0, customer, 0)
	for e.Step(10_000) == sim.Running {
	}
	s := e.ServerStats(c.server)
	fmt.Printf("%d customers\n", s.Served)
	fmt.Printf("busy for %d%% of the time\n", (100*s.Busy+e.Now()/2)/e.Now())
	fmt.Printf("a wait of %v in the mean\n", s.Waited/sim.Time(s.Begun))
	fmt.Printf("%d.%02d in the shop\n", s.Area/e.Now(), 100*s.Area/e.Now()%100)
	// Output:
	// 1001080 customers
	// busy for 80% of the time
	// a wait of 0.032221798s in the mean
	// 4.02 in the shop
}
