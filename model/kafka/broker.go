package kafka

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// The broker's timers.
const (
	timerParked    sim.Kind = iota // fetches may have waited long enough
	timerSession                   // a member's session; arg is the member, see memberOf
	timerInitial                   // the group's first rebalance may begin
	timerRebalance                 // a rebalance has waited long enough
	timerFetcher                   // a delayed partition may be fetched again; arg is the leader
	timerSync                      // the members of a generation have had their time to sync
	timerBeat                      // a heartbeat to the controller is due
	timerRegister                  // the broker may turn to the controller again
	timerISR                       // followers may have been behind for too long
	timerReconnect                 // a fetcher may connect again; arg is the leader
	timerClean                     // segments may be old enough to be deleted
	timerAnswer                    // a fetcher's request may have gone without an answer; arg is the leader
	timerTxnScan                   // transactions may be too old
	timerMarkers                   // markers are to be sent again; arg is the transactional id
	timerMember                    // a member's session, of the newer protocol; arg is the member
	timerRevoke                    // a member has had its time to give partitions up
	timerAddTxn                    // a partition may be added to a transaction again; arg is the request
	timerStored                    // produce requests may have waited long enough
	timerStop                      // the process is asked to stop
	timerUnmute                    // a client was held back for long enough; arg is the connection
	timerFull                      // the high watermarks cannot be written down any more
	timerLocked                    // a produce request may be carried out; arg is the request
	timerSynced                    // what it appended is on the disk; arg is the request
	timerFlushed                   // what a fetcher appended is on the disk; arg is the leader
	timerExit                      // a controlled shutdown has taken too long
	timerHandled                   // the threads have worked on a request; arg is its slot
)

// serverConn is the broker's end of a connection. A broker works on one request
// of a connection at a time: the next is read when the answer was sent, however
// long the request waits in purgatory.
//
// Reference: Kafka, SocketServer.Processor (the channel is muted after a
// request was received and unmuted when its response was sent).
type serverConn struct {
	id      sim.Conn
	busy    bool
	pending []sim.Frame
	// read and handled are what the request took a network and a handler thread.
	read, handled sim.Time
}

// broker is one broker: the replicas that it hosts, its fetchers of the
// partitions that it follows, and the groups that it coordinates.
type broker struct {
	w       *world
	index   int
	node    sim.NodeID
	process history.Process
	links   []link // to other brokers, for transactions; nil without any
	// verifying are the produce requests whose transaction it asks about.
	verifying []verification

	conns    []serverConn // by the connection's slot
	leaving  []leavingConn
	leaders  []int8       // the broker's view of the topic, by partition
	epochs   []int32      // of these leaders
	replicas []*replica   // by partition; nil where it hosts none
	fetchers []fetcher    // by the leader's index
	group    *coordinator // nil unless it coordinates the group
	touched  []*replica   // scratch: replicas that a produce request wrote to
	ready    []uint32     // scratch: requests to complete
	runnable []sim.Conn   // connections whose next request can begin
	serial   uint64       // of the last fetch request

	fetches, produces purgatory
	disk              disk
	processor         processor
	rates             rates
	tick              sim.Time // what its clock in milliseconds is ahead of the true time

	// What it has to do with the controller: the connection, how often it was
	// opened, which process this is, and the last image's word on the others.
	control      sim.Conn
	attempts     int
	incarnation  int32
	registered   bool
	serving      bool // it has had an image
	beating      bool
	beatTimer    sim.TimerID
	offset       int64 // of the metadata that it has
	live         brokerSet
	incarnations []int32
	coordinator  int

	// stopping says that the process was asked to stop, asked that the controller has
	// answered that, again that it is to be started once it has ended.
	stopping, asked, again bool
}

func (b *broker) bodies() *bodies { return &b.w.arena.bodies }

// Opened implements [sim.Node]. A broker that has just started takes no connections
// until it has an image of the cluster.
//
// Reference: Kafka, BrokerServer.startup (the acceptors start when the metadata has
// been caught up with).
func (b *broker) Opened(c sim.Conn) {
	if i := b.fetcherOf(c); i >= 0 {
		b.fetchers[i].open = true
		b.fetch(i)
		return
	}
	if c == b.control {
		b.register()
		return
	}
	if b.linkOpened(c) {
		return
	}
	if !b.serving {
		b.w.sim.Close(b.node, c)
		return
	}
	slot := c.Slot()
	for slot >= len(b.conns) {
		b.conns = append(b.conns, serverConn{})
	}
	b.conns[slot] = serverConn{id: c, pending: b.conns[slot].pending[:0]}
}

// Closed implements [sim.Node]. Requests that wait for replication are answered
// into the void later; of those not begun see [leavingConn].
func (b *broker) Closed(c sim.Conn, why sim.Closing) {
	if i := b.fetcherOf(c); i >= 0 {
		b.fetchers[i].lose()
		b.w.sim.After(b.node, replicaBackoff, timerReconnect, uint64(i))
		return
	}
	if c == b.control {
		b.control, b.registered = sim.NoConn, false
		b.w.sim.After(b.node, registerBackoff, timerRegister, 0)
		return
	}
	if !b.linkClosed(c) {
		b.leave(c, why)
	}
}

// forget drops what a client's connection that is closed still has to say.
func (b *broker) forget(c sim.Conn) {
	if i := b.left(c); i >= 0 {
		b.dropLeaving(i)
	}
	slot := c.Slot()
	if slot >= len(b.conns) || b.conns[slot].id != c {
		return
	}
	for _, f := range b.conns[slot].pending {
		b.bodies().drop(f)
	}
	b.conns[slot].id, b.conns[slot].pending = sim.NoConn, b.conns[slot].pending[:0]
}

// Receive implements [sim.Node].
func (b *broker) Receive(c sim.Conn, f *sim.Frame) {
	switch f.Kind {
	case frameImage:
		b.learn(f.Body)
	case frameFetch | reply:
		b.fetched(c, f.Body)
	case frameEpochs | reply:
		b.found(c, f.Body)
	case frameRegister | reply, frameBeat | reply, frameAlter | reply:
		b.controlled(f)
	case frameMarkers | reply, frameAddPartitions | reply:
		b.txnAnswered(b.linkTo(c), f.Body, f.Kind)
	default:
		b.accept(c, f)
	}
	b.run()
}

func (b *broker) accept(c sim.Conn, f *sim.Frame) {
	s := &b.conns[c.Slot()]
	if s.busy {
		s.pending = append(s.pending, *f)
		return
	}
	s.busy = true
	b.begin(c, *f)
}

// answer sends the reply to the request that the connection is busy with, and
// takes up the next.
func (b *broker) answer(c sim.Conn, f sim.Frame) {
	throttle := b.throttleOther(c, f.Size)
	b.reply(c, f)
	b.letOn(c, throttle)
}

func (b *broker) unmute(c sim.Conn) { b.runnable = append(b.runnable, c) }

// run begins the next requests of the connections that were answered. It is
// called last in every event, so that no request begins inside another.
func (b *broker) run() {
	for i := 0; i < len(b.runnable); i++ {
		c := b.runnable[i]
		s := &b.conns[c.Slot()]
		switch {
		case s.id != c:
			b.readOn(c)
		case len(s.pending) == 0:
			s.busy = false
		default:
			f := s.pending[0]
			s.pending = append(s.pending[:0], s.pending[1:]...)
			b.begin(c, f)
		}
	}
	b.runnable = b.runnable[:0]
}

func (b *broker) handle(c sim.Conn, f sim.Frame) {
	switch f.Kind {
	case frameProduce:
		b.produce(c, f)
	case frameFetch:
		b.serveFetch(c, f.Body)
	case frameEpochs:
		b.serveEpochs(c, f.Body)
	case frameMetadata:
		b.serveMetadata(c)
	case frameListOffsets:
		b.listOffsets(c, f.Body)
	case frameCoordinator:
		id, body := b.bodies().group.Take()
		body.broker = b.coordinator
		b.answer(c, sim.Frame{Kind: frameCoordinator | reply, Body: id, Size: 64})
	case frameTxnCoordinator, frameInitPid, frameAddPartitions, frameEndTxn, frameMarkers, frameAddOffsets,
		frameTxnOffsets:
		b.transact(c, f)
	default:
		b.coordinate(c, f)
	}
}

func (b *broker) serveMetadata(c sim.Conn) {
	id, body := b.bodies().metadata.Take()
	body.leaders, body.epochs = append(body.leaders[:0], b.leaders...), append(body.epochs[:0], b.epochs...)
	b.answer(c, sim.Frame{Kind: frameMetadata | reply, Body: id, Size: 64 + 32*int32(len(b.leaders))})
}

// listOffsets tells a consumer where a partition begins or ends for it.
func (b *broker) listOffsets(c sim.Conn, id uint32) {
	body := b.bodies().offsets.At(id)
	body.errs = body.errs[:0]
	for i := range body.parts {
		p := &body.parts[i]
		r := b.leading(p.partition)
		if r == nil {
			body.errs = append(body.errs, b.notLeading(p.partition))
			continue
		}
		body.errs = append(body.errs, errNone)
		p.offset = r.listed(body, b.w.arena)
	}
	b.answer(c, sim.Frame{Kind: frameListOffsets | reply, Body: id, Size: 64 + 20*int32(len(body.parts))})
}

// leading returns the replica through which the broker leads the partition, or
// nil.
func (b *broker) leading(partition int32) *replica {
	if int(partition) >= len(b.replicas) {
		return nil
	}
	if r := b.replicas[partition]; r != nil && r.leader {
		return r
	}
	return nil
}

// notLeading is the error of a request for a partition that the broker does not
// lead, or has not heard of yet.
//
// Reference: Kafka, ReplicaManager.getPartitionOrError.
func (b *broker) notLeading(partition int32) errorCode {
	if int(partition) >= len(b.leaders) {
		return errUnknownTopicOrPartition
	}
	return errNotLeaderOrFollower
}

// Timer implements [sim.Node].
func (b *broker) Timer(kind sim.Kind, arg uint64) {
	switch kind {
	case timerParked:
		b.expireFetches()
	case timerStored:
		b.expireProduces()
	case timerStop:
		b.shutDown()
	case timerUnmute:
		b.unmute(sim.Conn(arg))
	case timerFull:
		b.noRoom()
	case timerLocked:
		b.produceAgain(uint32(arg))
	case timerSynced:
		b.synced(uint32(arg))
	case timerFlushed:
		b.fetchers[arg].flushing = false
		b.fetch(int(arg))
	case timerExit:
		b.exit()
	case timerHandled:
		b.handled(uint32(arg))
	case timerSession:
		b.group.expire(arg)
	case timerInitial:
		b.group.initial()
	case timerRebalance:
		b.group.completeJoin()
	case timerSync:
		b.group.expireSyncs()
	case timerFetcher:
		b.fetchers[arg].timer = sim.NoTimer
		b.fetch(int(arg))
	case timerReconnect:
		b.connect(int(arg))
	case timerAnswer:
		b.unanswered(int(arg))
	case timerBeat:
		b.beat()
	case timerRegister:
		b.start()
	case timerClean:
		b.clean()
	case timerISR:
		b.shrinkAll()
	case timerMember, timerRevoke:
		b.group.consumers.remove(memberOf(arg))
	case timerTxnScan:
		b.abortOld()
	case timerMarkers:
		b.remark(int(arg))
	case timerAddTxn:
		b.addAgain(uint32(arg))
	}
	b.run()
}

// Digest implements [sim.Node].
func (b *broker) Digest(d *sim.Digest) {
	for _, r := range b.replicas {
		if r == nil {
			d.Uint(0)
			continue
		}
		r.digest(d, b.w.arena)
	}
	d.Int(int64(b.incarnation))
	d.Int(int64(b.disk.full))
	d.Int(int64(b.disk.slow))
	b.processor.network.digest(d, b.w.sim.Now())
	b.processor.handler.digest(d, b.w.sim.Now())
	d.Uint(uint64(len(b.leaving)))
	d.Bool(b.stopping)
	d.Uint(uint64(b.live))
	if b.group != nil {
		b.group.digest(d)
	}
}
