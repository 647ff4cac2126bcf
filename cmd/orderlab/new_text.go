package main

import (
	"fmt"
	"regexp"
	"strings"
)

// text is the scenario.
func (opt *newOptions) text() string {
	var b strings.Builder
	question := opt.question
	if question == "" {
		question = map[string]string{
			"none":   "Do messages keep their order when nothing goes wrong, and what does that cost?",
			"expand": "Do messages keep their order when the topic gets more partitions?",
			"crash":  "What does the crash of a consumer do to the messages it was working on?",
			"pause":  "What happens to the order of messages when a consumer stops for longer than its session?",
			"errors": "What becomes of a message whose work fails, and of those of its key that follow it?",
			"clocks": "Does the newest message win when the clocks of those who send differ?",
		}[opt.fault.value]
	}
	fmt.Fprintf(&b, `# Run it:            orderlab run THIS-FILE
# All keys:          docs/scenarios.md; one of them: orderlab show --explain KEY
# For your editor:   orderlab schema > scenario.schema.json
# yaml-language-server: $schema=scenario.schema.json
orderlab: 1
question: %q
runs: 20                                 # seeds 1 to 20, unless --seeds says otherwise

system:
  kafka:
    profile: kafka-4.0                   # the defaults of which release
    topics:
      # Any setting of a topic, broker or client may be added, under its own name.
      orders: {partitions: %d, replicas: 3, min.insync.replicas: 2}

`, question, opt.partitions)
	opt.workload(&b)
	work := spelled(opt.work)
	fmt.Fprintf(&b, `
consumers:
  group: workers
  members: %d                             # workers-0, workers-1, ...
  work: {exponential: %v}              # on each message; or constant: %v
  auto.offset.reset: earliest
`, opt.members, work, work)
	b.WriteString(opt.trouble())
	return aligned(b.String())
}

// remark is a comment behind something on a line.
var remark = regexp.MustCompile(`(?m)^( *[^ #\n].*?) {2,}(# .*)$`)

// aligned puts the comments at the ends of lines below each other, as far as the lines
// leave room.
func aligned(text string) string {
	const column = 41
	return remark.ReplaceAllStringFunc(text, func(line string) string {
		part := remark.FindStringSubmatch(line)
		return fmt.Sprintf("%-*s  %s", column-2, part[1], part[2])
	})
}

// workload writes what arrives.
func (opt *newOptions) workload(b *strings.Builder) {
	keys := fmt.Sprintf("  keys: {count: %d}                      # or zipf: 1.1, or hot: [{keys: 3, share: 60%%}]", opt.keys)
	if hot := max(1, opt.keys/100); opt.load.value == "hot-keys" && hot < opt.keys {
		keys = fmt.Sprintf("  keys:\n    count: %d\n    hot: [{keys: %d, share: 30%%}]        # so many keys have 30%% of the messages", opt.keys, hot)
	}
	backlog := ""
	if opt.load.value == "backlog" {
		backlog = "    - {name: backlog, preload: 20s of work}      # what the consumers need 20 s to drain\n"
	}
	fmt.Fprintf(b, `workload:
%s
  phases:
%s    - {name: steady, for: 60s, producers: 2, arrivals: {poisson: %d/s, total: true}}
    - {name: settle, until: drained, at_most: 600s}
`, keys, backlog, opt.rate)
}
