package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"orderlab/checker"
	"orderlab/model/history"
	"orderlab/reports"
	"orderlab/scenarios"
	"orderlab/scenarios/result"

	"github.com/spf13/cobra"
)

// checkOptions are the flags of check.
type checkOptions struct {
	guarantees     []string
	format         *choice
	allowTruncated bool
}

// checked is what was found in one history. docs/results.md describes the JSON.
type checked struct {
	File       string `json:"file"`
	Operations int    `json:"operations"`
	// Valid is nil when nothing is violated but something is not known.
	Valid      *bool              `json:"valid"`
	Truncated  bool               `json:"truncated,omitempty"`
	Guarantees []checkedGuarantee `json:"guarantees"`
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
	// Witness are the fewest operations that show the violation.
	Witness []result.Operation `json:"witness"`
}

func checkCommand(a *cli) *cobra.Command {
	opt := checkOptions{format: newChoice("text", "json")}
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Judge recorded histories",
		Long: `check reads histories in JSON Lines (docs/history.md), of a simulated run or of a
real system, and decides the guarantees on each. With --format json it prints one
object a file.

The exit code is 0 when all histories are valid, 1 when a guarantee is violated,
2 when none is but something is unknown, 65 when a file is no history.`,
		Example: `  orderlab check out/history.jsonl
  orderlab check recorded.jsonl --guarantee per-key-order --guarantee no-loss --format json`,
		Args: atLeastOne("a history file", "`orderlab run NAME -o DIR` writes one to DIR/history.jsonl"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.check(cmd.Context(), &opt, args) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&opt.guarantees, "guarantee", nil, "only this `guarantee`; may be repeated")
	f.Var(opt.format, "format", "form of the result")
	f.BoolVar(&opt.allowTruncated, "allow-truncated", false, "leave out a last line that is cut off")
	offerWords(cmd, "guarantee", catalogue())
	offerWords(cmd, "format", opt.format.allowed)
	return cmd
}

// catalogue returns the ids of all guarantees.
func catalogue() []string {
	var ids []string
	for _, g := range checker.Catalogue() {
		ids = append(ids, g.ID)
	}
	return ids
}

// knownGuarantees reports a guarantee that does not exist; "" stands for none.
func knownGuarantees(given ...string) error {
	ids := catalogue()
	for _, g := range given {
		if g == "" || slices.Contains(ids, g) {
			continue
		}
		hint := "there are " + strings.Join(ids, ", ")
		if n := scenarios.Nearest(g, ids); n != "" {
			hint = fmt.Sprintf("did you mean %s?", n)
		}
		return usagef("--guarantee %s: there is no guarantee of that name; %s", g, hint)
	}
	return nil
}

func (a *cli) check(ctx context.Context, opt *checkOptions, files []string) error {
	if err := knownGuarantees(opt.guarantees...); err != nil {
		return err
	}
	ids := catalogue()
	if len(opt.guarantees) > 0 {
		ids = opt.guarantees
	}
	c := checker.New()
	var h history.History
	var problems []error
	code := exitMet
	for _, file := range files {
		if ctx.Err() != nil {
			return exitWith(exitInterrupted)
		}
		h.Reset()
		truncated, err := readHistory(&h, file, opt.allowTruncated)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		found := judge(c, &h, ids, truncated)
		found.File, found.Truncated = file, truncated
		code = worse(code, found.code())
		if err := a.printChecked(found, opt.format.value); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return &codeError{exitData, errors.Join(problems...)}
	}
	return exitWith(code)
}

// readHistory reads one file.
func readHistory(h *history.History, file string, allowTruncated bool) (truncated bool, err error) {
	f, err := os.Open(file)
	if err != nil {
		return false, fmt.Errorf("cannot read the history: %w", err)
	}
	defer f.Close()
	return history.Read(h, f, file, history.ReadOptions{AllowTruncated: allowTruncated})
}

// judge decides the guarantees on a history. It is valid when none is violated
// and each is known; where nothing at all could be decided, that is not known.
// After a line that is cut off more may have come.
func judge(c *checker.Checker, h *history.History, ids []string, truncated bool) *checked {
	out := &checked{Operations: h.Len(), Guarantees: []checkedGuarantee{}}
	var opt checker.Options
	if truncated {
		opt.Truncated = "the file is cut off"
	}
	violated, unknown, decided := false, false, false
	for _, v := range c.Check(h, ids, opt) {
		g := checkedGuarantee{
			ID: v.Guarantee, Verdict: string(v.Status), Count: v.Violations, Vacuous: v.Vacuous, Reason: v.Reason,
			Witness: []result.Operation{},
		}
		if v.Witness != nil {
			g.Text = v.Witness.Text
			for _, row := range v.Witness.Rows {
				g.Witness = append(g.Witness, result.NewOperation(h, h.Op(row)))
			}
		}
		violated = violated || v.Status == checker.Violated
		unknown = unknown || v.Status == checker.Unknown
		decided = decided || v.Status == checker.Holds && !v.Vacuous
		out.Guarantees = append(out.Guarantees, g)
	}
	valid := !violated
	if violated || decided && !unknown {
		out.Valid = &valid
	}
	return out
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
		fmt.Fprintf(&b, "  %-24s %s", g.ID, g.Verdict)
		switch {
		case g.Count > 0:
			fmt.Fprintf(&b, " (%d): %s", g.Count, g.Text)
		case g.Vacuous:
			fmt.Fprintf(&b, ", with nothing to decide: %s", g.Reason)
		case g.Reason != "":
			fmt.Fprintf(&b, ": %s", g.Reason)
		}
		b.WriteByte('\n')
		for j := range g.Witness {
			fmt.Fprintf(&b, "    %s\n", reports.TraceLine(&g.Witness[j]))
		}
	}
	_, err := fmt.Fprint(a.out, b.String())
	return err
}
