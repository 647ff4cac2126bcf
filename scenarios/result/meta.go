package result

// Meta is what a set says about the scenario and the sweep it is from.
type Meta struct {
	// Scenario is its name, as "kafka/expand".
	Scenario string
	// Source is the FILE or NAME to give on a command line so that the same
	// scenario is run again; empty when it is the scenario's name.
	Source string
	// Vars are the variables given on the command line, as "name=value".
	Vars     []string
	ID       []string
	Question string
	Seeds    Seeds
	// RunsWanted is the number of seeds that the file's expectations ask for.
	RunsWanted int
	// NotJudged are the guarantees that the model could decide and the runs did not.
	NotJudged []NotJudged
	// NoExpectation is a sentence that says why none of the results has an
	// expectation, where that is not because the scenario states none.
	NoExpectation string
	// Plots are the names of the plots that the file asks for.
	Plots []string
	// Interrupted says that the sweep was stopped before its end.
	Interrupted bool
	// Share says that the runs are a share of more. What they lack the others may
	// have, so an expectation is then judged only by a violation.
	Share bool
}

// CaseMeta is what a result says about its case.
type CaseMeta struct {
	Strategy string
	Point    Point
	// Guarantees are the ids that were decided, in the order to report them.
	Guarantees []string
	Expect     []Expectation
}

// Expectation says which verdict, [Holds] or [Violated], is expected of a
// guarantee.
type Expectation struct {
	Guarantee string
	Verdict   string
}

// expected returns the verdict that c expects of a guarantee, or "".
func (c *CaseMeta) expected(guarantee string) string {
	for _, e := range c.Expect {
		if e.Guarantee == guarantee {
			return e.Verdict
		}
	}
	return ""
}
