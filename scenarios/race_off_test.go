//go:build !race

package scenarios_test

// slowdown is how much longer everything may take.
const slowdown = 1
