package sim

// ServerID names a queueing server.
type ServerID int32

// ServerSettings describe a queueing server: workers that take jobs from one
// line, first come, first served. A pool of threads, the cores of a CPU and a
// disk are servers.
type ServerSettings struct {
	// Workers is how many jobs are served at a time; at least 1.
	Workers int
	// Capacity is how many jobs may be there, those in service included; one
	// more is turned away. 0 is no limit.
	Capacity int
	// Device says that the server is not the node's CPU: it goes on when the
	// process is paused or dead, and a slow CPU does not slow it.
	Device bool
}

// ServerStats are the totals of a server, from which follow its utilization
// (Busy over workers and time), its mean waiting time (Waited over Begun) and the
// mean number of jobs in it (Area over time).
type ServerStats struct {
	Arrived, Refused, Begun, Served uint64
	Busy                            Time // of all workers together, paused ones too
	Waited                          Time // before service, of all jobs together
	// Area is the integral of the number of jobs in the server over time.
	Area Time
}

type server struct {
	set    ServerSettings
	node   NodeID
	slow   slowness
	frozen bool
	busy   int // jobs in service
	there  int // jobs in the server

	line, serving jobLine
	since         Time // when stats.Area was brought up to date
	stats         ServerStats
}

// job is one job at a server.
type job struct {
	next, prev uint32 // in the line, or among those in service; slots from 1
	server     ServerID
	kind       Kind
	epoch      uint32 // of the process that asked for it
	io         ioKind
	file       File
	arg        uint64
	id         ID    // a disk's: what is written
	mark       int64 // a disk's: how far the file is written back
	work       Time  // what it needs, or is left of it while frozen
	asked      Time
	begun      Time
	done       TimerID
}

// AddServer adds a queueing server of the node. It panics without a worker.
func (e *Engine) AddServer(n NodeID, set ServerSettings) ServerID {
	if set.Workers < 1 {
		panic("sim: a server of node " + e.nodes[n].name + " has no worker")
	}
	e.world.servers = append(e.world.servers, server{set: set, node: n, since: e.now})
	return ServerID(len(e.world.servers) - 1)
}

// Serve asks the server for work that takes so long on a machine that is not
// slowed. When it is done, the node's Timer is called with the kind and the
// argument. It returns false when the server is full, or the process is dead.
func (e *Engine) Serve(id ServerID, work Time, kind Kind, arg uint64) bool {
	s := &e.world.servers[id]
	if work < 0 || kind >= kindEngine {
		panic("sim: node " + e.nodes[s.node].name + " asks for work of a negative time or a kind of the engine's")
	}
	if e.nodes[s.node].flags&nodeDown != 0 {
		return false
	}
	return e.ask(id, job{work: work, kind: kind, arg: arg})
}

func (e *Engine) ask(id ServerID, j job) bool {
	s := &e.world.servers[id]
	s.stats.Arrived++
	if s.set.Capacity > 0 && s.there >= s.set.Capacity {
		s.stats.Refused++
		return false
	}
	s.count(e.now, 1)
	slot, body := e.world.jobs.Take()
	*body = j
	body.server, body.epoch, body.asked = id, e.nodes[s.node].epoch, e.now
	if s.busy < s.set.Workers && !s.frozen {
		e.begin(s, slot)
		return true
	}
	s.line.append(&e.world.jobs, slot)
	return true
}

// jobLine is a line of jobs, as slots from 1.
type jobLine struct{ first, last uint32 }

func (l *jobLine) append(jobs *Pool[job], slot uint32) {
	j := jobs.At(slot)
	j.next, j.prev = 0, l.last
	if l.last == 0 {
		l.first = slot + 1
	} else {
		jobs.At(l.last - 1).next = slot + 1
	}
	l.last = slot + 1
}

func (l *jobLine) remove(jobs *Pool[job], slot uint32) {
	j := jobs.At(slot)
	if j.prev == 0 {
		l.first = j.next
	} else {
		jobs.At(j.prev - 1).next = j.next
	}
	if j.next == 0 {
		l.last = j.prev
	} else {
		jobs.At(j.next - 1).prev = j.prev
	}
}

// count changes the number of jobs and brings the integral up to date.
func (s *server) count(now Time, change int) {
	s.stats.Area += Time(s.there) * (now - s.since)
	s.since = now
	s.there += change
}

// begin starts the service of a job.
func (e *Engine) begin(s *server, slot uint32) {
	j := e.world.jobs.At(slot)
	j.begun = e.now
	s.stats.Begun++
	s.stats.Waited += e.now - j.asked
	s.busy++
	s.serving.append(&e.world.jobs, slot)
	work := j.work
	if j.io != ioNone {
		work = e.ioTime(j)
	}
	if !s.set.Device {
		work = work.scaled(e.world.nodes[s.node].slow.factor())
	}
	j.done = e.q.timer(e.q.push(e.now+work.scaled(s.slow.factor()), s.node, kindServed, uint64(slot)))
}

// served is the end of a job.
func (e *Engine) served(slot uint32) {
	j := *e.world.jobs.At(slot)
	s := &e.world.servers[j.server]
	s.stats.Served++
	e.leave(s, slot)
	e.beginNext(s)
	if j.io != ioNone {
		e.ioDone(&j)
	}
	n := s.node
	if j.io == ioFlush || j.epoch != e.nodes[n].epoch {
		return
	}
	switch flags := e.nodes[n].flags; {
	case flags&nodeDown != 0:
	case flags&nodePaused != 0:
		e.q.push(e.now, n, j.kind, j.arg)
	default:
		e.trace.Uint(j.arg ^ uint64(j.kind)<<48)
		e.nodes[n].impl.Timer(j.kind, j.arg)
	}
}

// leave takes a job in service out of the server.
func (e *Engine) leave(s *server, slot uint32) {
	s.serving.remove(&e.world.jobs, slot)
	s.stats.Busy += e.now - e.world.jobs.At(slot).begun
	s.busy--
	s.count(e.now, -1)
	e.world.jobs.Put(slot)
}

func (e *Engine) beginNext(s *server) {
	for s.line.first != 0 && s.busy < s.set.Workers && !s.frozen {
		slot := s.line.first - 1
		s.line.remove(&e.world.jobs, slot)
		e.begin(s, slot)
	}
}

// clearServer forgets all jobs of a server.
func (e *Engine) clearServer(s *server) {
	for s.serving.first != 0 {
		slot := s.serving.first - 1
		e.Cancel(e.world.jobs.At(slot).done)
		e.leave(s, slot)
	}
	for s.line.first != 0 {
		slot := s.line.first - 1
		s.line.remove(&e.world.jobs, slot)
		s.count(e.now, -1)
		e.world.jobs.Put(slot)
	}
}

// stopServers forgets what the CPU of a dead process was doing.
func (e *Engine) stopServers(n NodeID) {
	for i := range e.world.servers {
		if s := &e.world.servers[i]; s.node == n && !s.set.Device {
			s.frozen = false
			e.clearServer(s)
		}
	}
}

// freeze stops the CPU of a node in the middle of its jobs, thaw lets it go on.
func (e *Engine) freeze(n NodeID) {
	for i := range e.world.servers {
		s := &e.world.servers[i]
		if s.node != n || s.set.Device {
			continue
		}
		s.frozen = true
		for k := s.serving.first; k != 0; {
			j := e.world.jobs.At(k - 1)
			j.work = e.q.items[e.q.slot(j.done)].at - e.now
			e.Cancel(j.done)
			k = j.next
		}
	}
}

func (e *Engine) thaw(n NodeID) {
	for i := range e.world.servers {
		s := &e.world.servers[i]
		if s.node != n || !s.frozen {
			continue
		}
		s.frozen = false
		for k := s.serving.first; k != 0; {
			j := e.world.jobs.At(k - 1)
			j.done = e.q.timer(e.q.push(e.now+j.work, n, kindServed, uint64(k-1)))
			k = j.next
		}
		e.beginNext(s)
	}
}

// ServerStats returns the totals of a server up to now.
func (e *Engine) ServerStats(id ServerID) ServerStats {
	s := &e.world.servers[id]
	s.count(e.now, 0)
	stats := s.stats
	for k := s.serving.first; k != 0; {
		j := e.world.jobs.At(k - 1)
		stats.Busy += e.now - j.begun
		k = j.next
	}
	return stats
}

// InServer returns how many jobs are in the server, those in service included.
func (e *Engine) InServer(id ServerID) int { return e.world.servers[id].there }

// SetServerSlow makes every job that begins from now on take a factor of its
// time. [Whole] ends it.
func (e *Engine) SetServerSlow(id ServerID, factor Share) {
	e.world.servers[id].slow.set = factor - Whole
}

// SetSlowCPU makes work that begins from now on take a factor of its time on the
// node's CPU. [Whole] ends it.
func (e *Engine) SetSlowCPU(n NodeID, factor Share) { e.world.nodes[n].slow.set = factor - Whole }

// Work returns how long declared work takes on the node's CPU now, for models
// that wait for it with [Engine.After].
func (e *Engine) Work(n NodeID, work Time) Time { return work.scaled(e.world.nodes[n].slow.factor()) }
