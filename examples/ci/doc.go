// Package ci holds files for CI systems, and the test that they work: the commands
// of the workflow are run step by step, as a runner of GitHub would, and so is the
// script.
//
//	scenarios/*.yaml --+--> run --shard 1/n --.
//	                   +--> run --shard 2/n --+--> merge --> exit code, annotations, JUnit
//	                   '--> run --shard n/n --'      |
//	                                                 '--> compare with an earlier result
package ci
