package scenarios

import "orderlab/model"

// Registry is what a scenario may name: the systems with their settings and
// faults, and the application's features. It stands here so that a package which
// deals in scenarios needs no other to pass a registry on.
type Registry = model.Registry

// The reasons for which a guarantee is not judged.
const (
	NotExpected     = "named by no expectation"
	NothingPromised = "nothing is promised"
)

// NotJudged is a guarantee that the model could decide and the runs of a scenario do
// not, with the reason.
type NotJudged struct{ Guarantee, Reason string }

// Settable is what a value can be given from outside: a variable, whose only value
// here is its own, or an axis of the scan.
type Settable struct {
	Name   string
	Values []string
}

// Scenario is a scenario file after reading: what it asks and the cases it
// expands to.
type Scenario struct {
	// Name is the path below the library without the extension, or the file's
	// base name: `kafka/expand`.
	Name     string
	ID       []string
	Question string
	Sources  []string
	// Runs is the number of seeds that the file's expectations ask for.
	Runs int
	// Seed is the seed of the file, or nil: that of a run when no other is asked
	// for.
	Seed  *uint64
	Plots []string
	// System is the system's name; Strategies and Guarantees are in the order
	// of the file.
	System     string
	Strategies []string
	Guarantees []string
	// NotJudged are the guarantees that the system could decide beside them.
	NotJudged []NotJudged
	// Settable are the variables and then the axes, in the order of the file.
	Settable []Settable
	// Cases are all strategies at all scan points.
	Cases []Case
	// Notes are no mistakes, in order of position.
	Notes []Note
}
