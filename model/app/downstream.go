package app

import "slices"

// downstream is a service that the consumers call for each record: some nodes, each
// of which dies when it has more calls at a time than it can bear (its memory or
// its threads are used up), and is back after a while. Callers go round the
// nodes that are up. A call that was under way on a node that dies fails, and so
// does one that finds no node. So what a dead node carried goes to the others, and
// they may die of it.
//
// Reference: the order-query service of E13, which lost two of six nodes to a pool of
// 50 threads.
type downstream struct {
	sh    *Shared
	nodes []serverNode
	turn  int
	calls uint32
}

// serverNode is one node of the downstream.
type serverNode struct {
	down  bool
	calls []call
}

// call is a call under way.
type call struct {
	id   uint32
	app  *Application
	task *task
}

func newDownstream(sh *Shared) *downstream {
	return &downstream{sh: sh, nodes: make([]serverNode, sh.set.DownstreamNodes)}
}

// call begins the work of a worker's task at a node, and brings about the effect
// at its end.
func (d *downstream) call(a *Application, w *worker) {
	d.calls++
	t := w.task
	t.calling = d.calls
	n := d.pick()
	if n == nil {
		d.refuse(a, t)
		return
	}
	c := call{d.calls, a, t}
	n.calls = append(n.calls, c)
	d.sh.metrics.note(a, metricCalls, int64(len(n.calls)))
	if len(n.calls) > d.sh.set.DownstreamCapacity {
		d.die(n, a)
		return
	}
	d.sh.sim.At(d.sh.sim.Now()+a.serviceTime(t), func() {
		i := slices.IndexFunc(n.calls, func(x call) bool { return x.id == c.id })
		if i < 0 {
			return // the node died, or the caller
		}
		n.calls = slices.Delete(n.calls, i, i+1)
		d.answer(c, true)
	})
}

// pick returns the next node that is up.
func (d *downstream) pick() *serverNode {
	for range d.nodes {
		d.turn = (d.turn + 1) % len(d.nodes)
		if n := &d.nodes[d.turn]; !n.down {
			return n
		}
	}
	return nil
}

// die kills a node: its calls fail.
func (d *downstream) die(n *serverNode, a *Application) {
	n.down = true
	dead := int64(0)
	for i := range d.nodes {
		if d.nodes[i].down {
			dead++
		}
	}
	d.sh.metrics.note(a, metricDead, dead)
	failed := n.calls
	n.calls = nil
	for _, c := range failed {
		d.refuse(c.app, c.task)
	}
	if back := d.sh.set.DownstreamRestart; back > 0 {
		d.sh.sim.At(d.sh.sim.Now()+back, func() { n.down = false })
	}
}

// refuse answers a call with an error, in an event of its own.
func (d *downstream) refuse(a *Application, t *task) {
	c := call{t.calling, a, t}
	d.sh.sim.At(d.sh.sim.Now(), func() { d.answer(c, false) })
}

// answer hands the answer of a call to its caller, if that still waits for it. A
// process that is paused finds it when it goes on.
func (d *downstream) answer(c call, ok bool) {
	for i := range c.app.workers {
		w := &c.app.workers[i]
		if w.task != c.task || w.step != working || c.task.calling != c.id || d.sh.sim.Down(c.app.host.Node) {
			continue
		}
		if w.step = refused; ok {
			w.step = working
		}
		c.task.calling = 0
		c.app.wait(w, 0)
	}
}

// forget takes the call of a task back whose process has died.
func (d *downstream) forget(t *task) {
	for i := range d.nodes {
		n := &d.nodes[i]
		n.calls = slices.DeleteFunc(n.calls, func(c call) bool { return c.task == t })
	}
	t.calling = 0
}
