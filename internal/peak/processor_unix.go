//go:build unix

package peak

import (
	"syscall"
	"time"
)

// Processor returns the time that processors have spent on this process: what a
// benchmark counts in, so that other work on the machine disturbs it less.
func Processor() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
