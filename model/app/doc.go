// Package app is what applications add to a client in order to keep their order: how
// a consumer works off what it polls, what it does with what fails, what its sink looks
// at before an effect, how producers spread keys, and the procedures of an operator.
//
//	workload --> [hold] --> [outbox] --> [partitioner] --> producer
//	               ^     the Operator holds the producers back while it drains
//	               |     and expands
//	           Operator ------ Expander, PositionReader (administration)
//	               | announces new partitions
//	               v
//	client --> poll --> [resequencer] --> queues --> workers ----------------> sink
//	             |                                   |  check  work  effect     rows
//	             |                                   |  stages, in this order:
//	             '-- tracker <-- finished -----------|  parked key, row, position,
//	                 commits                         |  fence, marks, guard, content
//	                                                 |
//	                    retry topic <--- failed -----'  [downstream] does the work
//	                    parked keys       |              of many consumers
//	                         |            '--> in place, dead letter, forgotten
//	                         '--> a worker of its own, and again
//
// An [Application] is assembled from the features of a scenario: each turns one part
// of the picture on, and a scenario stacks them. A part that looks at records is a
// stage: it may put a record away, refuse it, or hand it to something else, before the
// work or in the transaction of the effect. What outlives a process (rows, marks, the
// retry topic, parked keys, the downstream) is in [Shared]; what a process has in
// memory is gone when it crashes.
//
// Each part says in its comment what it claims and what the claim needs. The claims
// are properties in the tests, and each has a twin there that lacks what it needs and
// is caught. docs/strategies.md lists them.
//
// An application asks the client for the capabilities that it needs by asserting
// the small interfaces of package model; whether the client has them was checked
// when the scenario was read.
package app
