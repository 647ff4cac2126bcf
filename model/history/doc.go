// Package history is the record of what happened to messages: operations, the
// names they refer to, the columns that hold them, and their file format.
//
// A history is the only thing that passes between the systems that are
// simulated (or recorded) and the checker that judges them. It knows no broker
// and no engine, so that a history of a real system can be judged in the same
// way as a simulated one.
//
//	simulated run --.                        .--> checker: verdicts
//	                 +--> History (columns) -+--> reports: witnesses, plots
//	recorded file --'         ^              '--> file (JSON Lines)
//	      ^                   |                        |
//	      '---- anyone        '-------- Read ----------'
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
// The comments of the kinds, from [KindSend] to [KindFault], say which fields of
// [Op] each of them uses.
//
// # Time and order
//
// Operations have a begin and an end, in nanoseconds of one clock. What has no
// answer is [Pending]. A history may hold its operations in any order, as when
// the files of several processes were joined; what happened at one instant
// happened in the order of the rows.
//
// # Memory
//
// Operations live in columns of fixed-size chunks, 35 bytes an operation and 12
// bytes a message, without pointers:
//
//	row          0  1  2  3  ...                16,383 | 16,384 ...
//	kind        [s][a][t][d] ...                       | next chunk
//	message     [0][0][0][0] ...                       |
//	begin       [.][.][.][.] ...                       |
//	length      [.][.][.][.] ...     end = begin + length; what does not fit
//	                                 32 bits goes to an overflow map
//
// Ten million messages with all five points fit in 2 GiB and cost the garbage
// collector nothing. [History.Reset] keeps the chunks for the next run. A pass
// over many rows reads the columns that it needs ([History.Kind],
// [History.MessageAt], ...) rather than whole rows, block by block ([History.Blocks]);
// one that looks for a kind or two sorts the rows by kind first ([ByKind], [Block.Pick]).
//
// # The file format
//
// [Write] and [Read] turn a history into JSON Lines and back; docs/history.md
// describes the format for people who record real systems. Read refuses what is
// malformed or cannot have happened, with the line ([SyntaxError]): a wrong
// file gives an error, never a wrong verdict.
package history
