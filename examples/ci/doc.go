// Package ci holds files for CI systems, and the test that they work: the commands
// of the workflow are run step by step, as a runner of GitHub would, and so is the
// script.
package ci
