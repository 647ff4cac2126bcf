// Package app is what applications add to a client in order to keep their order:
// the worker that processes records, pauses of new partitions, partitioners of
// their own, and the procedures of an operator.
//
//	workload --> [hold] --> producer      the Operator holds the producers
//	               ^                      back while it drains and expands
//	               |
//	           Operator ------ Expander, PositionReader (administration)
//	               |
//	               v announces new partitions
//	consumer --> Worker --> sink          one record at a time, then polls
//	             Pauser
//
// An application asks the client for the capabilities that it needs by asserting
// the small interfaces of package model; whether the client has them was checked
// when the scenario was read.
package app
