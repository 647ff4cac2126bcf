//go:build unix

package runner_test

import (
	"syscall"
	"time"
)

// processorTime returns the time that processors have spent on this process.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
