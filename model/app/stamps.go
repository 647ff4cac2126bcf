package app

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// stamps are the timestamps of messages: what the wall clock of the producer's node
// showed when the application there had the message. A message that is held back, waits
// in an outbox or is sent again keeps its own.
//
// Reference: Kafka, ProducerRecord.timestamp (CreateTime).
type stamps struct {
	sim    *sim.Engine
	clocks []clockOf  // by producer
	of     []sim.Time // by message
}

// clockOf is the node whose clock a producer reads.
type clockOf struct {
	node  sim.NodeID
	known bool
}

// follow stamps the messages that arrive from now on.
func (s *stamps) follow(sh *Shared) {
	s.sim, s.of = sh.sim, make([]sim.Time, 0, sh.rec.Expected())
	hist := sh.rec.History()
	sh.rec.Arrived = func(m history.Message) {
		s.of = append(s.of, s.clock(hist, int(hist.Message(m).Producer)))
	}
}

// clock reads a producer's clock. Producers have the first numbers of the history's
// processes, and their nodes the same names; one that is no node has the true time.
func (s *stamps) clock(hist *history.History, producer int) sim.Time {
	for i := len(s.clocks); i <= producer; i++ {
		node, known := s.sim.NodeByName(hist.ProcessName(history.Process(i)))
		s.clocks = append(s.clocks, clockOf{node, known})
	}
	if c := s.clocks[producer]; c.known {
		return s.sim.Clock(c.node)
	}
	return s.sim.Now()
}
