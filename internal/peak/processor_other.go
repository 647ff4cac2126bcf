//go:build !unix

package peak

import "time"

var started = time.Now()

// Processor returns the time since the program began, where there is no better measure:
// a machine that does much else makes it too long.
func Processor() time.Duration { return time.Since(started) }
