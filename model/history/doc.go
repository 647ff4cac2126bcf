// Package history is the record of what happened to messages: operations, the
// names they refer to, and the columns that hold them.
//
// A history is the only thing that passes between the systems that are
// simulated (or recorded) and the checker that judges them. It knows no broker
// and no engine, so that a history of a real system can be judged in the same
// way as a simulated one.
//
// # The five points of a message
//
// Every message is seen at five points, each an operation of its own kind:
//
//	 sent --> acked --> stored --> delivered --> applied (or disposed)
//	  |         |          |           |             |
//	the app   the client  a place    a consumer    its effect took place
//	called    was told    in a log   was handed    at the sink, or it was
//	send      ok, fail    or queue   the message   put away with a reason
//	          or unknown
//
// The guarantees are about the effect: a message that is delivered twice and
// applied once was not duplicated.
//
// # Memory
//
// Operations live in columns of fixed-size chunks, about 35 bytes an operation
// and 12 bytes a message, without pointers: ten million messages with all five
// points fit in 2 GiB and cost the garbage collector nothing. [History.Reset]
// keeps the chunks for the next run.
package history
