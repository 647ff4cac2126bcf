package model

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// Message is one message of the workload, before any broker has seen it.
type Message struct {
	// ID is its dense number in the history.
	ID history.Message
	// Key is its ordering key, dense, and KeyHash what the system's own hash
	// makes of the key's bytes.
	Key history.Key
	// Producer and Index are its identity: they survive the removal of others.
	Producer int
	Index    uint32
	// Size is the size of the record's key and value in bytes.
	Size int32
}

// Identity returns the name under which decisions about the message are drawn.
func (m *Message) Identity() sim.ID { return MessageIdentity(m.Producer, m.Index) }

// MessageIdentity names the index-th message of a producer's workload.
func MessageIdentity(producer int, index uint32) sim.ID {
	return sim.Identity(sim.ID(producer), sim.ID(index))
}
