// Package anomalies looks for the patterns that histories of logs, queues and sets
// should not show: lost writes, skipped polls, cycles of transactions and others, as
// docs/anomalies.md defines them. It knows no broker and no file format.
//
//	Jepsen's EDN --(package jepsen)--.
//	                                 +--> History --> Check --> Findings: count,
//	history.History --(FromHistory)--'       |          |       witness, text
//	                                         |          '--> allowed, or not
//	                                         '--> Logs, RealtimeLag
//
// # What is inferred
//
// Operations send values to keys and poll them; each is invoked and completed, or
// pending. From what was seen the logs are inferred: which value stands at which
// offset. Offsets without a value are left out, so that neighbours are next to each
// other whatever a log holds besides messages. An operation took effect when it
// succeeded, or when it may have and a successful one polled what it sent.
//
// # How it is fast
//
// Keys, values and processes are dense numbers, and everything known of them lies in
// arrays. Each pattern is one pass over the operations; only the entries of logs are
// sorted. Cycles are looked for among operations and moments: a moment stands for a
// completion and leads to the next, so that the order of real time takes a number of
// edges that is linear in the operations, and Tarjan's components find the cycles.
//
// # Witnesses
//
// Each pattern keeps a few of its cases, with operations that are enough to show it,
// and the smallest is tried again without each of its operations, until every one is
// needed.
package anomalies
