package sim

const (
	// billion is the unit of drifts and slews: parts per billion.
	billion = 1_000_000_000
	// maxPPB keeps clocks going forward, whatever adds up.
	maxPPB = billion / 4
)

// clock is the clock of one machine. Between two changes it is a line: what it
// showed at the last change and the rates since then.
type clock struct {
	since      Time // of the last change, true time
	wall, mono Time // what it showed then
	drift      int64
	faulty     int64 // what faults add to the drift
	slew       int64 // on top of the drift, until slewEnd
	slewEnd    Time
	configured Time // the offset that it was given
	ntp        NTP
	polling    bool
}

// Clock returns what the node's wall clock shows: the true time, with its offset,
// its drift, and whatever steps and corrections it has gone through. It can go
// backwards, and be below 0. This and Monotonic are the only times that a node
// may act on; [Engine.Now] is for the driver and for recording.
func (e *Engine) Clock(n NodeID) Time {
	c := &e.world.nodes[n].clock
	return c.wall + c.elapsed(e.now)
}

// Monotonic returns what the node's monotonic clock shows. It drifts and is
// slewed as the wall clock is, but never steps.
//
// Reference: clock_gettime(2), CLOCK_MONOTONIC.
func (e *Engine) Monotonic(n NodeID) Time {
	c := &e.world.nodes[n].clock
	return c.mono + c.elapsed(e.now)
}

// elapsed returns how much the clock went on since its last change.
func (c *clock) elapsed(now Time) Time {
	if c.drift|c.faulty|c.slew == 0 {
		return now - c.since
	}
	slewed := min(now, max(c.slewEnd, c.since))
	return grown(slewed-c.since, c.rate()+c.slew) + grown(now-slewed, c.rate())
}

// grown returns how long a clock that goes wrong by so many parts per billion
// takes d to be.
func grown(d Time, ppb int64) Time {
	if ppb < 0 {
		return d - Time(mulDiv(int64(d), -ppb, billion))
	}
	return d + Time(mulDiv(int64(d), ppb, billion))
}

// rebase begins a new line at the present.
func (e *Engine) rebase(n NodeID) *clock {
	c := &e.world.nodes[n].clock
	d := c.elapsed(e.now)
	c.wall, c.mono, c.since = c.wall+d, c.mono+d, e.now
	return c
}

// SetClock gives a node's clock an offset from the true time and a drift in parts
// per billion: 50,000 is a clock that wins 50 us a second, which is ordinary. It
// panics on a drift above a quarter.
//
// Timers of the node run on its monotonic clock: a timer set for 10 s fires
// early by the true time when the clock is fast. A timer keeps the true time that
// was worked out when it was set, also when the drift changes before it fires.
func (e *Engine) SetClock(n NodeID, offset Time, driftPPB int64) {
	e.SetDrift(n, driftPPB)
	c := e.rebase(n)
	c.configured, c.wall = offset, e.now+offset
}

// SetDrift changes the drift of a node's clock, in parts per billion. What faults
// add to it comes on top.
func (e *Engine) SetDrift(n NodeID, ppb int64) {
	if ppb < -maxPPB || ppb > maxPPB {
		panic("sim: the clock of " + e.nodes[n].name + " drifts by more than a quarter")
	}
	e.rebase(n).drift = ppb
	e.mark(n, nodeDrifts, 0)
}

// addDrift is a fault's part of the drift.
func (e *Engine) addDrift(n NodeID, ppb int64) {
	e.rebase(n).faulty += ppb
	e.mark(n, nodeDrifts, 0)
}

// rate returns by how many parts per billion the clock is fast, without a slew.
func (c *clock) rate() int64 { return min(max(c.drift+c.faulty, -2*maxPPB), 2*maxPPB) }

// StepClock moves a node's wall clock at once, forward or back.
func (e *Engine) StepClock(n NodeID, by Time) { e.rebase(n).wall += by }

// ResetClock sets a node's wall clock to the true time with the offset that it
// was given, as an administrator does.
func (e *Engine) ResetClock(n NodeID) {
	c := e.rebase(n)
	c.wall = e.now + c.configured
}

// onClock returns the true time that passes while the node's monotonic clock goes
// on by d.
func (e *Engine) onClock(n NodeID, d Time) Time {
	c := &e.world.nodes[n].clock
	rate := billion + c.rate()
	if e.now < c.slewEnd {
		rate += c.slew
	}
	return Time(mulDiv(int64(d), billion, rate))
}

// NTP corrects a clock by comparing it with the true time every so often, as
// ntpd does: a large error is stepped over, a small one is slewed away.
type NTP struct {
	// Every is the time between two comparisons; 0 ends the correction.
	Every Time
	// Error is what is added to a measurement, in nanoseconds; it may be below 0.
	Error Sampler
	// StepAbove is the error from which on the clock is stepped; 0 is never.
	//
	// Reference: ntpd(8), step threshold 128 ms.
	StepAbove Time
	// Slew is how fast a smaller error is worked off, in parts per billion; 0 is
	// not at all.
	//
	// Reference: ntpd(8), adjtime(2): 500 parts per million.
	Slew int64
}

// DefaultNTP compares every 64 s with an error of at most 1 ms.
var DefaultNTP = NTP{
	Every: 64 * Second, Error: Uniform(int64(-Millisecond), int64(Millisecond)),
	StepAbove: 128 * Millisecond, Slew: 500_000,
}

var decideNTP = NewDecision("clock.ntp")

// SetNTP has a node's clock corrected. It keeps the run from becoming idle.
func (e *Engine) SetNTP(n NodeID, ntp NTP) {
	if ntp.Slew < 0 || ntp.Slew > maxPPB {
		panic("sim: the clock of " + e.nodes[n].name + " is slewed by more than a quarter")
	}
	c := &e.world.nodes[n].clock
	c.ntp = ntp
	if ntp.Every > 0 && !c.polling {
		c.polling = true
		e.q.push(e.now+ntp.Every, n, kindNTP, 0)
	}
}

// correct compares a clock with the true time and corrects it.
func (e *Engine) correct(n NodeID) {
	c := &e.world.nodes[n].clock
	if c.polling = c.ntp.Every > 0; !c.polling {
		return
	}
	e.q.push(e.now+c.ntp.Every, n, kindNTP, 0)
	if e.nodes[n].flags&nodeOff != 0 {
		return
	}
	e.rebase(n)
	id := Identity(e.ids[n], ID(e.now/weatherSlot))
	off := e.now - c.wall + Time(e.Draw(decideNTP, id, &c.ntp.Error))
	c.slew, c.slewEnd = 0, 0
	size := max(off, -off)
	switch {
	case c.ntp.StepAbove > 0 && size > c.ntp.StepAbove:
		c.wall += off
	case c.ntp.Slew > 0 && size > 0:
		c.slew = c.ntp.Slew
		if off < 0 {
			c.slew = -c.slew
		}
		c.slewEnd = e.now + Time(mulDiv(int64(size), billion, c.ntp.Slew))
		e.mark(n, nodeDrifts, 0)
	}
}
