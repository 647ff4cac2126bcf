package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"orderlab/scenarios/result"
)

// The elements of the JUnit format that CI systems agree on.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
		Skipped *junitProblem `xml:"skipped"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Body    string `xml:",chardata"`
	}
)

// JUnit writes sets as one JUnit document: a suite for each scenario, a case for
// each guarantee of each strategy and scan point. An expectation that was not
// met is a failure, one that is not known an error, and a guarantee of which
// nothing was expected is skipped. Bodies hold the lines that reproduce.
func JUnit(w io.Writer, sets []*result.Set) error {
	var doc junitSuites
	for _, set := range sets {
		suite := junitOf(set)
		doc.Suites = append(doc.Suites, suite)
		doc.Tests += suite.Tests
		doc.Failures += suite.Failures
		doc.Errors += suite.Errors
		doc.Skipped += suite.Skipped
	}
	out, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("JUnit: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(out)+"\n")
	return err
}

func junitOf(set *result.Set) junitSuite {
	suite := junitSuite{Name: set.Scenario}
	for i := range set.Results {
		r := &set.Results[i]
		for j := range r.Guarantees {
			g := &r.Guarantees[j]
			c := junitCase{
				Class: set.Scenario + "." + r.Strategy,
				Name:  strings.TrimSpace(g.ID + " " + pointSuffix(r.Point)),
			}
			switch g.Expectation() {
			case result.StatusFailed:
				c.Failure = problem(set, r, g)
				suite.Failures++
			case result.StatusUnknown:
				c.Error = problem(set, r, g)
				suite.Errors++
			case "":
				c.Skipped = &junitProblem{Message: "nothing expected; found " + g.Verdict}
				suite.Skipped++
			}
			suite.Cases = append(suite.Cases, c)
		}
	}
	suite.Tests = len(suite.Cases)
	return suite
}

// pointSuffix writes a point in brackets, and nothing for no point.
func pointSuffix(p result.Point) string {
	if len(p) == 0 {
		return ""
	}
	return "[" + pointText(p) + "]"
}

// problem says what was found and how to see it again.
func problem(set *result.Set, r *result.Result, g *result.Guarantee) *junitProblem {
	f := finding{r, g}
	var body strings.Builder
	if g.Witness != nil && g.Witness.Text != "" {
		body.WriteString(sentence(g.Witness.Text) + "\n")
	}
	for _, c := range commands(set, r, g) {
		body.WriteString(c.name + ": " + c.line + "\n")
	}
	return &junitProblem{Message: f.text(), Body: body.String()}
}
