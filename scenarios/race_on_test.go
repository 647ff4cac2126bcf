//go:build race

package scenarios_test

// slowdown is how much longer everything may take: the race detector looks on.
const slowdown = 10
