package main

import (
	"fmt"
	"strings"
	"time"
)

// trouble is what goes wrong, what is compared and what is expected.
func (opt *newOptions) trouble() string {
	switch opt.fault.value {
	case "expand":
		return fmt.Sprintf(newExpand, 2*opt.partitions)
	case "errors":
		// One in a hundred waits for so long, so this is a tenth of the work.
		return fmt.Sprintf(newErrors, spelled(max(time.Millisecond, 10*opt.work)))
	}
	return map[string]string{"none": newNone, "crash": newCrash, "pause": newPause, "clocks": newClocks}[opt.fault.value]
}

// spelled writes a duration as the language does.
func spelled(d time.Duration) string { return strings.ReplaceAll(d.String(), "µ", "u") }

const newNone = `
# What goes wrong, as:
# faults:
#   - {at: steady, after: 20s, for: 10s, crash: {node: workers-0}}

strategies:                              # each is a patch of what stands above
  default: {}
  commit-often: {consumers: {auto.commit.interval.ms: 100ms}}

expect:                                  # write down what you found; run fails when it changes
  default: [{per-key-order: holds, no-loss: holds, no-duplicates: holds}]
  commit-often: [{per-key-order: holds, no-loss: holds}]
`

const newExpand = `
faults:                                  # keys move, and their new messages may overtake older ones
  - {at: steady, after: 20s, expand: {topic: orders, partitions: %d}}

strategies:                              # each is a patch of what stands above
  default: {}
  pause-new: {app: {pause_new_partitions: 60s}}
  drain-first: {app: {expand: drain-then-expand}}

expect:                                  # write down what you found; run fails when it changes
  default: [{no-loss: holds}]            # its order is judged too: nothing is expected of it yet
  drain-first: [{per-key-order: holds, no-loss: holds}]
`

const newCrash = `
faults:                                  # the process dies and is started again 10 s later
  - {at: steady, after: 20s, for: 10s, crash: {node: workers-0}}

strategies:                              # each is a patch of what stands above
  default: {}
  commit-often: {consumers: {auto.commit.interval.ms: 100ms}}

expect:                                  # write down what you found; run fails when it changes
  # What was not committed when it died is done again.
  default: [{per-key-order: holds, no-loss: holds, no-duplicates: violated}]
  commit-often: [{per-key-order: holds, no-loss: holds}]
`

const newPause = `
faults:                                  # a long garbage collection: the process stops, the world does not
  - {at: steady, after: 10s, for: 50s, pause: {node: workers-0}}

strategies:                              # each is a patch of what stands above
  default: {}
  patient: {consumers: {session.timeout.ms: 90s}}

expect:                                  # write down what you found; run fails when it changes
  # Its partitions went to others meanwhile, who did its last messages again.
  default: [{per-key-order: holds, no-loss: holds, no-duplicates: violated}]
  patient: [{per-key-order: holds, no-loss: holds, no-duplicates: holds}]
`

const newErrors = `
app: {errors: 1%%, retry_delay: %s}  # one attempt in a hundred fails

strategies:  # each is a patch of what stands above
  forget: {app: {retry: none}}
  in-place: {app: {retry: in-place}}  # the whole partition waits
  retry-topic: {app: {retry: retry-topic}}  # those that follow overtake it
  park-key: {app: {retry: park-key}}  # those of its key wait

expect:  # write down what you found; run fails when it changes
  forget: [{no-loss: violated}]
  in-place: [{per-key-order: holds, no-loss: holds}]
  retry-topic: [{no-loss: holds}]  # its order is judged too: nothing is expected of it yet
  park-key: [{per-key-order: holds, no-loss: holds}]
`

const newClocks = `
scan: {skew: [0s, 100ms, 10s]}  # by how much a clock is off at most; run makes every run at each
app: {clock_skew: "${skew}"}

strategies:  # each is a patch of what stands above
  by-clock: {app: {guard: newer-time}}  # the last writer wins, by the times that messages bear
  by-version: {app: {guard: newer-version}}  # by a number that counts the messages of a key

expect:  # write down what you found; run fails when it changes
  by-clock: [{when: {skew: 0s}, convergence: holds}]
  by-version: [{convergence: holds, no-regression: holds}]
`
