package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// interrupts listens for SIGINT and SIGTERM. The first ends the context, so that
// what is finished is still reported; the second ends the program at once, after
// the clean-ups of whatever is being written.
type interrupts struct {
	signals chan os.Signal
	done    chan struct{}

	mu       sync.Mutex
	cleanups map[int]func()
	next     int
	// asking says that the first interrupt ends the program too: somebody is asked,
	// and nothing is under way.
	asking bool
}

// watchInterrupts starts listening and returns the context that the first
// interrupt ends.
func watchInterrupts(parent context.Context, stderr io.Writer) (context.Context, *interrupts) {
	ctx, cancel := context.WithCancel(parent)
	w := &interrupts{
		signals: make(chan os.Signal, 2), done: make(chan struct{}), cleanups: make(map[int]func()),
	}
	signal.Notify(w.signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer cancel()
		select {
		case <-w.signals:
		case <-w.done:
			return
		}
		if w.isAsking() {
			fmt.Fprintln(stderr)
			os.Exit(exitInterrupted)
		}
		fmt.Fprintln(stderr, "\norderlab: interrupted; what is finished is still reported (interrupt again to stop at once)")
		cancel()
		select {
		case <-w.signals:
		case <-w.done:
			return
		}
		w.clean()
		os.Exit(exitInterrupted)
	}()
	return ctx, w
}

// stop ends the listening.
func (w *interrupts) stop() {
	signal.Stop(w.signals)
	close(w.done)
}

// atOnce has the first interrupt end the program at once, until the returned function
// is called.
func (w *interrupts) atOnce() (done func()) {
	set := func(asking bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.asking = asking
	}
	set(true)
	return func() { set(false) }
}

func (w *interrupts) isAsking() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asking
}

// onAbort has f called when the program is ended at once. The returned function
// takes that back.
func (w *interrupts) onAbort(f func()) (remove func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := w.next
	w.next++
	w.cleanups[id] = f
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.cleanups, id)
	}
}

func (w *interrupts) clean() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.cleanups {
		f()
	}
}
