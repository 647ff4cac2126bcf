// Package stats has the significance tests that compare two sets of runs. Runs
// of one seed meet the same arrivals and the same faults, so they are compared
// seed by seed where both sets have the seed:
//
//	               paired by seed          seeds not the same
//	verdicts       exact McNemar           Fisher's exact test
//	metrics        sign-flip permutation   -
//
// All tests are two-sided and need no assumption about distributions. Many
// comparisons at once find something by chance; [Holm] corrects for that.
package stats
