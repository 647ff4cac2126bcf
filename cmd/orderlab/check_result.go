package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"orderlab/checker"
	"orderlab/reports"
	"orderlab/scenarios/result"
)

// checked is what was found in one history. docs/results.md describes the JSON.
type checked struct {
	File       string `json:"file"`
	Operations int    `json:"operations"`
	// Valid is nil when nothing is violated but something is not known.
	Valid      *bool              `json:"valid"`
	Truncated  bool               `json:"truncated,omitempty"`
	Guarantees []checkedGuarantee `json:"guarantees"`
	// Disorder is nil where only some guarantees were asked for.
	Disorder *checkedDisorder `json:"disorder,omitempty"`

	drawings []drawing
}

type checkedGuarantee struct {
	ID      string `json:"id"`
	Verdict string `json:"verdict"`
	Count   int    `json:"count"`
	// Allowed says that a violation does not make the history invalid.
	Allowed bool   `json:"allowed"`
	Vacuous bool   `json:"vacuous,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Text    string `json:"text,omitempty"`
	// LostAt is the hop at which an order was lost in the witness; KeySplit that its
	// messages went to different places, so that their stored order means nothing.
	LostAt   string `json:"lost_at,omitempty"`
	KeySplit bool   `json:"key_split,omitempty"`
	// Witness are the fewest operations that show the violation.
	Witness []checkedOperation `json:"witness"`
	// Keys counts the keys with any; Displacement is the most messages that overtook
	// one; how long the overtaken ones stood out of order is in nanoseconds.
	Keys            int   `json:"keys,omitempty"`
	Displacement    int   `json:"displacement_max,omitempty"`
	OutOfOrderMax   int64 `json:"out_of_order_max_ns,omitempty"`
	OutOfOrderTotal int64 `json:"out_of_order_total_ns,omitempty"`
}

// checkedOperation is an operation of a witness. The lines are those of a file that
// has one for the invocation and one for the completion, as Jepsen's have.
type checkedOperation struct {
	result.Operation
	Line    int `json:"line,omitempty"`
	EndLine int `json:"end_line,omitempty"`
}

func (c *checked) code() int {
	switch {
	case c.Valid == nil:
		return exitUnknown
	case *c.Valid:
		return exitMet
	}
	return exitFailed
}

// worse returns the code of two histories: a failure decides, then an unknown.
func worse(a, b int) int {
	if a == exitFailed || b == exitFailed {
		return exitFailed
	}
	return max(a, b)
}

func (a *cli) printChecked(c *checked, format string) error {
	if format == "json" {
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(c)
	}
	var b strings.Builder
	word := map[int]string{exitMet: "valid", exitFailed: "NOT VALID", exitUnknown: "not known to be valid"}[c.code()]
	fmt.Fprintf(&b, "%s: %d operations, %s\n", c.File, c.Operations, word)
	if c.Truncated {
		b.WriteString("  the last line is cut off and was left out\n")
	}
	for i := range c.Guarantees {
		g := &c.Guarantees[i]
		fmt.Fprintf(&b, "  %-28s %s", g.ID, g.Verdict)
		if g.Verdict == string(checker.Violated) && g.Allowed {
			b.WriteString(", which is allowed")
		}
		switch {
		case g.Text != "":
			fmt.Fprintf(&b, " (%d): %s", g.Count, g.Text)
		case g.Vacuous:
			fmt.Fprintf(&b, ", with nothing to decide: %s", g.Reason)
		case g.Reason != "":
			fmt.Fprintf(&b, ": %s", g.Reason)
		}
		b.WriteByte('\n')
		if g.OutOfOrderMax > 0 {
			fmt.Fprintf(&b, "    the overtaken stood out of order for up to %v, %v in all\n",
				time.Duration(g.OutOfOrderMax), time.Duration(g.OutOfOrderTotal))
		}
		if g.LostAt != "" {
			fmt.Fprintf(&b, "    the order was lost where they are %s\n", g.LostAt)
		}
		if g.KeySplit {
			b.WriteString("    they went to different places, so that the order in which they are stored says nothing\n")
		}
		for j := range g.Witness {
			op := &g.Witness[j]
			fmt.Fprintf(&b, "    %s", reports.TraceLine(&op.Operation))
			switch {
			case op.EndLine > 0:
				fmt.Fprintf(&b, "  lines %d, %d", op.Line, op.EndLine)
			case op.Line > 0:
				fmt.Fprintf(&b, "  line %d", op.Line)
			}
			b.WriteByte('\n')
		}
	}
	if c.Disorder != nil {
		c.Disorder.print(&b)
	}
	_, err := fmt.Fprint(a.out, b.String())
	return err
}
