package reports

import (
	"fmt"
	"io"
	"strings"

	"orderlab/scenarios/result"
)

// Summary writes a set as Markdown for the summary of a step of GitHub Actions: the
// answer, the matrix of strategies against guarantees, the price, what monitors were
// worth, and the lines that show each failed expectation again. The error is the writer's.
func Summary(w io.Writer, set *result.Set) error {
	p := &page{Set: set}
	p.answer()
	var out strings.Builder
	fmt.Fprintf(&out, "## %s\n\n", markdown(set.Scenario))
	if set.Question != "" {
		fmt.Fprintf(&out, "%s\n\n", markdown(set.Question))
	}
	fmt.Fprintf(&out, "**%s**: %s. %s.\n\n", markdown(p.Status), markdown(p.Conclusion), markdown(p.About))
	for _, a := range p.Answers {
		fmt.Fprintf(&out, "- **%s**: %s\n", markdown(a.Strategy), markdown(a.Text))
	}
	for _, t := range []pageTable{p.Matrix, p.Price} {
		if len(t.Rows) > 0 {
			t.markdown(&out)
		}
	}
	if len(p.Price.Rows) > 0 {
		fmt.Fprintf(&out, "\nPrice %s\n", markdown(strings.Replace(p.PriceAbout, "below: 95%", "in parentheses: 95%", 1)))
	}
	p.Monitoring.markdown(&out)
	_, failed := findings(set, result.StatusFailed)
	for i, fs := range alike(failed) {
		if i == findingsMax {
			fmt.Fprintf(&out, "\nAnd %d more.\n", len(alike(failed))-i)
			break
		}
		fmt.Fprintf(&out, "\n**FAILED** %s: %s\n\n", markdown(caseText(fs[0].result)), markdown(fs[0].text()+others(fs[1:])))
		for _, c := range commands(set, fs[0].result, fs[0].guarantee) {
			fmt.Fprintf(&out, "    %s\n", c.line)
		}
	}
	out.WriteString("\n")
	_, err := io.WriteString(w, out.String())
	return err
}

// markdown writes the table.
func (t *pageTable) markdown(out *strings.Builder) {
	out.WriteString("\n|")
	for _, h := range t.Head {
		out.WriteString(" " + markdown(h) + " |")
	}
	out.WriteString("\n|" + strings.Repeat(" --- |", len(t.Head)) + "\n")
	for _, row := range t.Rows {
		out.WriteString("|")
		for _, c := range row {
			text := markdown(c.Text)
			if c.Small != "" {
				text += " (" + markdown(c.Small) + ")"
			}
			if c.Tone == "bad" {
				text = "**" + text + "**"
			}
			out.WriteString(" " + text + " |")
		}
		out.WriteString("\n")
	}
}

// markdown writes what the detectors were worth, with what its words mean.
func (m *pageMonitoring) markdown(out *strings.Builder) {
	if len(m.Bodies) == 0 {
		return
	}
	out.WriteString("\nWhat the detectors of the monitors were worth:\n")
	t := m.table()
	t.markdown(out)
	out.WriteString("\n")
	for _, n := range m.Notes {
		fmt.Fprintf(out, "- %s\n", markdown(n))
	}
}

// markdown escapes a name in Markdown: punctuation by a backslash, and what could
// begin an element or an entity by its code.
//
// Reference: CommonMark 0.31.2, sections 2.4 and 2.5.
func markdown(s string) string {
	var out strings.Builder
	for _, r := range clean(s) {
		switch {
		case r == '<':
			out.WriteString("&lt;")
		case r == '&':
			out.WriteString("&amp;")
		case strings.ContainsRune("\\`*_[]|#~>@", r):
			out.WriteRune('\\')
			out.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
