// Package checker decides guarantees on histories: of simulated runs, of
// recordings of real systems. It knows no broker and no engine.
// docs/guarantees.md defines the guarantees for people; [Catalogue] lists them.
//
//	history --> rows by kind --> index ---------+--> per-key-order
//	      |        |             sends, answers, +--> per-key-realtime-order
//	      |        |             their times,    +--> no-regression
//	      |        |             effects by sink,+--> no-loss, no-duplicates, ...
//	      |        |             order of sending      |
//	      |        +--> deliveries ----------------> partition-order
//	      |        '--> polls and their answers ---> monotonic-reads, consistent-prefix
//	      '--> answers, reads of the end ----------> linearizable-log
//	                                                   |
//	                                                   v
//	                         Verdict: holds | violated + witness + hop | unknown
//
// What all guarantees need is found once, and what one needs only where something may
// be wrong, when it may: which acks lie in a hole that a reader left, say, or which
// sends of a message failed. Most histories are right nearly everywhere.
//
// # Orders
//
// The order that is asked for is that of sending: of one producer session
// (per-key-order), or in real time of any producers (per-key-realtime-order).
// It is judged at the sinks. A message was overtaken when one that should come
// later had its first effect before it:
//
//	sent        1   2   3   4            one session, one key
//	             \   \ /   /
//	applied   2   3   1   4              1 was overtaken by 2 and 3
//	          ^       ^
//	          |       '-- its number, 1, is below the largest so far, 3
//	          '---------- the largest number so far is all that has to be known
//
// So one number for each session and key decides, in one pass over the effects;
// for the order in real time it is the latest send among what was applied, to be
// compared with the answer. Only the sequences in which something was overtaken
// are looked at again, in n log n, for the displacement and the closest pair.
//
// Sends of a session, deliveries and effects at one instant are in the order of
// the history's rows. An answer and a send at one instant are in no order: a
// coarse clock would accuse the innocent.
//
// How large the disorder is, [Checker.Disorder] and the verdicts tell: besides the
// displacement, how long the overtaken stood out of order, how often messages came, and
// how far effects and reads were behind what was acked.
//
// # What is not known
//
// An unknown send may go either way, and so may an effect without an end or with
// an unknown outcome: a message of which a sink may have had another effect is
// left out of that sink's orders, and a guarantee that then finds nothing wrong
// is unknown. What is violated is so in every case.
//
// # Witnesses
//
// A violated verdict carries the fewest operations that show it: without any one
// of them the rest shows no violation. Of all pairs that break an order the one
// is taken that was sent closest together, and of those the first. [Context] adds
// what else happened to the messages, for a diagram.
//
// The hop at which order was lost is the first of sent, stored, delivered and applied
// at which the pair stands in the wrong order. Where the order is that of sending it
// is never the first; a message that is applied again may have been sent again:
//
//	sent       1 2      1 2      1 2      1 | 2    to two partitions
//	stored     2 1      1 2      1 2      1 | 2    cannot be compared
//	delivered  2 1      2 1      1 2      2   1
//	applied    2 1      2 1      2 1      2   1
//	lost at   stored delivered applied  delivered, key split
//
// # Logs
//
// An append-only log whose operations all have positions is linearizable exactly
// when no operation with a later position ended before one with an earlier
// position began. Porcupine, which can search for a linearization of any model,
// decides small logs and, in the tests, judges this rule.
//
// # Adding a guarantee
//
// A guarantee is a file of its own with a function that returns its description,
// and a row in [Catalogue]. It needs a definition in docs/guarantees.md, an oracle
// and a broken twin in the tests, and a line in each of the arbiters, the
// histories in testdata/arbiters whose verdicts were written by hand.
package checker
