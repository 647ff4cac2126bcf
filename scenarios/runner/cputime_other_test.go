//go:build !unix

package runner_test

import "time"

var started = time.Now()

// processorTime returns the time since the tests began, where there is no better
// measure: a machine that does much else makes it too long.
func processorTime() time.Duration { return time.Since(started) }
