// Package peak measures the memory that a test takes.
//
//	before --- do --- do --- do --->
//	            |      |      |      each millisecond: what is alive?
//	            '------'------'----> the most, less what was before
package peak

import (
	"runtime"
	"runtime/debug"
	"time"
)

// Heap returns how many bytes more were alive on the heap than before, at the worst
// moment while do ran. It collects garbage often meanwhile, so do is slow, and looks
// once a millisecond, so a shorter peak goes unseen.
func Heap(do func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, uint64(0)
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	do()
	close(stop)
	<-stopped
	return int64(most - before)
}

// Within is Heap, measured again while it is more than a bound, up to five times, and
// the least of it: garbage that lies about while the machine is busy only adds, so what
// is alive is never more than the least.
func Within(bound int64, do func()) int64 {
	least := Heap(do)
	for range 4 {
		if least <= bound {
			break
		}
		least = min(least, Heap(do))
	}
	return least
}
