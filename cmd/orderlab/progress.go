package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"orderlab/scenarios/explore"

	"github.com/schollz/progressbar/v3"
)

// plainEvery and jsonEvery are the times between two lines.
const (
	plainEvery = 10 * time.Second
	jsonEvery  = time.Second
)

// progress shows how far a sweep is. The sweep calls update; done ends it.
type progress interface {
	update(explore.Progress)
	done()
}

// newProgress returns the progress of one scenario in the given mode: auto, plain,
// none or json. auto is a bar on a terminal and plain lines elsewhere.
func newProgress(mode string, w io.Writer, scenario string, total int) progress {
	switch {
	case mode == "none":
		return silent{}
	case mode == "json":
		return startLines(jsonEvery, scenario, total, func(t tick) { writeTick(w, t) })
	case mode == "auto" && isTerminal(w):
		return newBar(w, scenario, total)
	}
	return startLines(plainEvery, scenario, total, func(t tick) {
		if !t.last {
			fmt.Fprintln(w, t)
		}
	})
}

type silent struct{}

func (silent) update(explore.Progress) {}
func (silent) done()                   {}

// bar is a bar on a terminal. It is gone when the sweep is.
type bar struct {
	bar      *progressbar.ProgressBar
	scenario string
}

func newBar(w io.Writer, scenario string, total int) *bar {
	b := &bar{scenario: scenario, bar: progressbar.NewOptions(total,
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(scenario),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("runs"),
		progressbar.OptionSetPredictTime(true), progressbar.OptionSetElapsedTime(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30),
		progressbar.OptionShowElapsedTimeOnFinish())}
	b.bar.StartWithoutRender() // or the clock starts at the first finished run, and the rate is a wonder
	return b
}

func (b *bar) update(p explore.Progress) {
	if p.Unexpected > 0 {
		b.bar.Describe(fmt.Sprintf("%s, %d unexpected", b.scenario, p.Unexpected))
	}
	_ = b.bar.Set(p.Done)
}

func (b *bar) done() { _ = b.bar.Finish() }

// tick is a moment of a sweep.
type tick struct {
	Scenario   string  `json:"scenario"`
	Done       int     `json:"done"`
	Total      int     `json:"total"`
	Unexpected int     `json:"unexpected"`
	ElapsedS   float64 `json:"elapsed_s"`
	last       bool
}

// String returns the line for people.
func (t tick) String() string {
	s := fmt.Sprintf("%s: %d of %d runs, %.0f s", t.Scenario, t.Done, t.Total, t.ElapsedS)
	if t.Done > 0 && t.ElapsedS > 0 {
		s += fmt.Sprintf(", %.3g runs/s", float64(t.Done)/t.ElapsedS)
	}
	if t.Done > 0 && t.Done < t.Total {
		s += fmt.Sprintf(", about %.0f s left", t.ElapsedS/float64(t.Done)*float64(t.Total-t.Done))
	}
	if t.Unexpected > 0 {
		s += fmt.Sprintf(", %d runs broke what was expected to hold", t.Unexpected)
	}
	return s
}

func writeTick(w io.Writer, t tick) {
	t.ElapsedS = math.Round(t.ElapsedS*1000) / 1000
	if line, err := json.Marshal(t); err == nil {
		fmt.Fprintf(w, "%s\n", line)
	}
}

// lines writes a line every so often, also while one run takes long, and says so
// when a line is the last.
type lines struct {
	mu       sync.Mutex
	now      tick
	began    time.Time
	write    func(tick)
	stop     chan struct{}
	finished sync.WaitGroup
}

func startLines(every time.Duration, scenario string, total int, write func(tick)) *lines {
	l := &lines{now: tick{Scenario: scenario, Total: total}, began: time.Now(), write: write, stop: make(chan struct{})}
	l.finished.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				l.emit(false)
			case <-l.stop:
				return
			}
		}
	})
	return l
}

func (l *lines) emit(last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.now
	t.ElapsedS, t.last = time.Since(l.began).Seconds(), last
	l.write(t)
}

func (l *lines) update(p explore.Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.Done, l.now.Unexpected = p.Done, p.Unexpected
}

func (l *lines) done() {
	close(l.stop)
	l.finished.Wait()
	l.emit(true)
}
