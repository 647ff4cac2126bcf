// Package reports turns results into bytes: one file for each format. It knows
// no engine, no broker and no checker, only what they found.
//
//	                  result.Set
//	                      |
//	  +---------+---------+---------+-----------+
//	  |         |         |         |           |
//	Text      JSON      JUnit     GitHub      Plots
//	people    programs  CI        a pull      svg, png:
//	                              request     comparison
//
//	result.Set       --> Runs, RunsCSV   what each run found, a line each
//	                 --> Summary    the answer in Markdown, for a step of CI
//	  + History      --> HTML       one page: answer, diagrams, timeline, plots
//	result.Guarantee --> Mermaid    a sequence diagram of its witness
//	history.History  --> Trace      every operation of a run, a line each
//	                 --> Perfetto   the same on tracks, with arrows
//
// Every format is a pure function of its input: no clock, no locale, no map
// order, no terminal. The same set gives the same bytes, so two runs of a seed
// can be compared with cmp.
//
// Names come from files that anyone may have written. Each format escapes them
// in its own way: a name cannot colour a terminal, end a line, close an element
// or give a workflow command. Where a format has no escape (the terminal, a
// picture, a diagram), a line break becomes a space and other control characters
// U+FFFD; JSON alone keeps them.
//
// # How the text answers
//
//	kafka/expand (K6)                               what was asked
//	EXPECTATIONS: 160 of 164 met, 4 FAILED          only if some are not met
//	GUARANTEES   strategy x guarantee               the answer, folded over the scan
//	PRICE        strategy x throughput, latency...  where it holds
//	BY SCAN POINT   strategy x pause by partitions  where it holds, how badly it breaks
//	DIFFERENCES  strategy against strategy          seed by seed, by paired tests
//	DISORDER     strategy x redelivered, stale      only if there is any
//	EXAMPLE      a column for each message          how a violation came about
//	All 206 expectations are met.                   the last line on the screen
//
// A scan has more points than a screen has lines, so a cell of GUARANTEES counts
// them (X 19/24: violated at 19 of 24), and a sentence says at which it holds,
// when a short one can: a threshold on one axis, some values of one axis, all but
// one or two points. What is said is exact; a test reads it back. BY SCAN POINT
// has the numbers, in the layout with the fewest rows that fits the width.
//
// Colour only repeats what a word already says.
//
// # How sure that is
//
// Over many runs a violation is given as k of n with the exact 95 % interval of
// its rate, and what was never violated with the one-sided bound that n runs
// allow. The price is a mean over runs; over a scan it is a range, and of those
// points only at which the guarantee holds, because a price without order says
// little. Strategies are compared seed by seed, because runs of one seed met the same
// arrivals and faults; what is not significant is "no difference seen".
//
// # Plots
//
// A strategy has one colour and one mark in all plots of a set, by its place in
// the scenario file, from a palette that stays distinct for colour-blind readers
// and on paper. Zero violations have a place of their own, the green band, on a
// scale that also shows thousands: that a guarantee holds is another kind of
// thing than that it is rarely broken. Intervals are pale bars behind the means.
// More strategies than lines can show become a heat map with the numbers in it.
// Lines over time are thinned to what a picture can show: of the points in a
// column the first, the lowest, the highest and the last.
//
// The fonts are Liberation Sans, which has Latin, Greek and Cyrillic letters; in a
// PNG a name in other letters is blank, while an SVG takes the reader's fonts.
package reports
