// Package jepsen reads the histories that Jepsen records of real systems, so that
// package anomalies can judge them.
//
//	EDN, perhaps compressed --> one map an event --> invocations and completions
//	                                                 joined --> anomalies.History
//
// A file holds one map an event, or one vector of them. The fields :type, :f,
// :process, :value, :time, :index and :rebalance-log count, and :client, :attempt,
// :released and :pending, which [Write] adds, under keywords or strings; all others are
// ignored, and so is what the process :nemesis does.
//
// Nothing is judged before the whole file was read and found possible: a process
// completes what it invoked, and nothing else in between; numbers and times do not
// go back; a value is sent to a key once. What is not so gives a
// [history.SyntaxError] with the line, never a wrong verdict.
package jepsen
