package scenarios_test

import (
	"errors"
	"fmt"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/kafka"
	"orderlab/scenarios"
)

const example = `
orderlab: 1
question: Does a pause of the new partitions keep the order of keys?
system:
  kafka:
    topics: {orders: {partitions: 4}}
workload:
  keys: {count: 200}
  phases:
    - {name: steady, for: 60s, arrivals: {poisson: 100/s}}
    - {name: settle, until: drained, at_most: 600s}
consumers: {members: 2, work: {constant: 5ms}, auto.offset.reset: earliest}
faults:
  - {at: steady, after: 10s, expand: {topic: orders, partitions: "${after}"}}
scan: {after: [6, 8]}
strategies:
  naive: {}
  paused: {app: {pause_new_partitions: 60s}}
expect:
  paused:
    - {when: {after: 8}, per-key-order: holds}
`

// A program assembles the registry of what it offers, and reads a file.
func Example() {
	registry := &scenarios.Registry{Systems: []*model.System{kafka.System()}, Features: app.Features()}
	sc, err := scenarios.Load(registry, "example", "example.yaml", []byte(example), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sc.Question)
	for _, c := range sc.Cases {
		fmt.Println(c.Strategy, c.Point, c.Expect)
	}
	// Output:
	// Does a pause of the new partitions keep the order of keys?
	// naive [{after 6}] []
	// naive [{after 8}] []
	// paused [{after 6}] []
	// paused [{after 8}] [{per-key-order holds}]
}

// A mistake has a place, and all of them are reported at once.
func ExampleErrors() {
	registry := &scenarios.Registry{Systems: []*model.System{kafka.System()}, Features: app.Features()}
	_, err := scenarios.Load(registry, "wrong", "wrong.yaml", []byte(`orderlab: 1
question: Does it hold?
system: {kafka: {topics: {orders: {partitons: 4}}}}
workload:
  keys: {count: 200}
  phases: [{name: steady, for: 60, arrivals: {poisson: 100/s}}]
consumers: {work: {constant: 5ms}}
strategies: {naive: {}}
`), nil)
	fmt.Println(err)
	var all *scenarios.Errors
	if errors.As(err, &all) {
		fmt.Println(len(all.Problems), "mistakes, the first in line", all.Problems[0].Line)
	}
	// Output:
	// wrong.yaml:3:36: "partitons" is not a key of orders; did you mean "partitions"?
	//     3 | system: {kafka: {topics: {orders: {partitons: 4}}}}
	//       |                                    ^
	//
	// wrong.yaml:6:32: for: "60" has no unit; write a duration as 250ms, 5s or 1h30m
	//     6 |   phases: [{name: steady, for: 60, arrivals: {poisson: 100/s}}]
	//       |                                ^
	// 2 mistakes, the first in line 3
}
