// Package result is what a run and a set of runs found: plain data, the
// statistics that turn the one into the other, and its JSON form.
// docs/results.md describes the fields.
//
// # From runs to a set
//
//	 case 0 x seeds 1..n     case 1 x seeds 1..n        a case is a strategy
//	+----+----+- - -+----+  +----+----+- - -+----+      at a scan point
//	|Run |Run |     |Run |  |Run |Run |     |Run |
//	+----+----+- - -+----+  +----+----+- - -+----+
//	          |                       |
//	          +-----> Aggregate <-----+        in any order of arrival
//	                      |
//	                     Set   met, failed or unknown
//	                      |
//	        +-------------+-------------+
//	     Result        Result        Result    one for each case
//	        |
//	        +-- Guarantee   violated in k of n runs, its interval, the first
//	        |               violating seed, its witness, was it expected
//	        +-- Metrics     the price: means with intervals, latency quantiles
//	        +-- Series      the first seed over time, for plots
//
// Runs are made in parallel and arrive in any order. [Aggregate] sorts them by
// case and seed before it adds anything up, so the same runs give the same set
// to the last bit.
//
// The runs can be made in shares, on several machines. A [Part] is a share as it
// travels; the [Runs] of all parts together give the same set. [Compare] sets two
// sets side by side, seed by seed.
//
// # What a verdict over many runs means
//
// One violation is a proof, however many runs did not show it. The opposite is
// not symmetric: that no run of n showed a violation bounds its probability, it
// does not exclude it. So a rate always comes with the exact interval of
// Clopper and Pearson, and for 0 of n with the one-sided bound ([RateInterval]).
//
// A run in which a guarantee had nothing to decide is vacuous. It counts
// neither for nor against, and a guarantee that was vacuous in every run was
// not tested: an expectation that it holds fails.
package result
