// Package simulated does everything that a simulated package may not.
package simulated

import (
	"context"
	"fmt"
	"iter"
	"sync" // want "import"
	"time" // want "import"
)

type pipe = chan int // want "channel"

type worker struct {
	in   pipe // want "channel"
	lock sync.Mutex
}

func (w *worker) run(ctx context.Context) {
	go w.lock.Lock() // want "go"
	select {         // want "select"
	case <-ctx.Done(): // want "channel"
	default:
	}
	for range w.in { // want "channel"
	}
	fmt.Println(time.Now()) // want "func"
}

func pulled(seq iter.Seq[int], ctx context.Context) {
	next, stop := iter.Pull(seq) // want "func"
	defer stop()
	next()
	_, cancel := context.WithTimeout(ctx, 1) // want "func"
	cancel()
	_, cancel = context.WithCancel(ctx)
	cancel()
	_, _ = ctx.Deadline() // want "func"
}
