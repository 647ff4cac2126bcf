// Package reports turns results into bytes: one file for each format. It knows
// no engine, no broker and no checker, only what they found.
//
//	                result.Set
//	                    |
//	  +---------+-------+-------+---------+-----------+
//	  |         |       |       |         |           |
//	Text      JSON    JUnit   GitHub    Plots       HTML
//	people    tools   CI      a pull    svg, png    all in
//	                          request               one file
//
//	result.Witness --> Mermaid       a sequence diagram of one violation
//
// Every format is a pure function of its input: no clock, no locale, no map
// order, no terminal. The same set gives the same bytes, so two runs of a seed
// can be compared with cmp.
//
// # How the text answers
//
// The reader's questions come in this order, and so do the parts: what was
// asked; which strategies keep which guarantee; what each costs; where a
// strategy that only sometimes holds stops holding; how the first violation
// came about and how to see it again; whether all that was as expected. Colour
// only repeats what a word already says.
//
// # Plots
//
// A strategy has one colour in all plots of a set, by its place in the scenario
// file, from the palette of Okabe and Ito, which stays distinct for colour-blind
// readers; from the ninth on the shape of the mark tells it apart. Small
// multiples carry the axes of a scan.
package reports
