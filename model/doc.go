// Package model is the vocabulary that brokers, their clients and applications
// share: messages, records, settings, and the small capability interfaces by
// which an application strategy asks a client for what it needs.
//
//	        scenario file
//	              |
//	 Registry --> Plan -----------------------.
//	 (Systems,      |                         |
//	  Features)     v                         v
//	           +---------+   Records    +------------+
//	Message -->|  World  |------------->| ConsumerApp|--> sink
//	(workload) | brokers,|<-------------| (model/app)|
//	           | clients |  Poll, Pause +------------+
//	           +---------+                    |
//	                |        Recorder         |
//	                '-----------+-------------'
//	                            v
//	                         history
//
// A [System] describes itself as data: its settings with type, default and
// source, what its client offers, the faults it knows. A program assembles a
// [Registry] and passes it down; there are no global tables, so that a user's
// own program registers its own system in the same way.
//
// An application never sees a broker. It sees a [ConsumerClient] and asserts the
// capabilities it needs ([Pauser], [Seeker], ...). Whether a client offers them
// is checked when the scenario is read.
package model
