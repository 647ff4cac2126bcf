package reports

import (
	"fmt"
	"io"
	"strings"

	"orderlab/scenarios/result"
)

// GitHub writes a set as workflow commands of GitHub Actions: an error for each
// expectation that was not met, a warning for each that is not known, and a
// notice that sums up. Findings that differ only in the scan point share one,
// because GitHub shows ten of a kind. The error is the writer's.
func GitHub(w io.Writer, set *result.Set) error {
	var out strings.Builder
	total, failed := findings(set, result.StatusFailed)
	_, unknown := findings(set, result.StatusUnknown)
	for _, fs := range alike(failed) {
		annotate(&out, "error", set, fs)
	}
	for _, fs := range alike(unknown) {
		annotate(&out, "warning", set, fs)
	}
	summary := metText(" expectations", total, len(failed), len(unknown))
	if total == 0 {
		summary = strings.TrimSuffix(noExpectations(set), ".")
	}
	if set.Interrupted {
		summary += " (interrupted)"
	}
	fmt.Fprintf(&out, "::notice title=%s::%s\n", githubProperty("orderlab "+clean(set.Scenario)), githubData(summary))
	_, err := io.WriteString(w, out.String())
	return err
}

// annotate writes findings that are alike.
func annotate(out *strings.Builder, level string, set *result.Set, found []finding) {
	f := found[0]
	message := f.text() + others(found[1:])
	for _, c := range commands(set, f.result, f.guarantee) {
		message += "\n" + c.name + ": " + c.line
	}
	file := ""
	if strings.HasSuffix(set.Source, ".yaml") || strings.HasSuffix(set.Source, ".yml") {
		file = "file=" + githubProperty(set.Source) + ","
	}
	fmt.Fprintf(out, "::%s %stitle=%s::%s\n", level, file,
		githubProperty(clean(set.Scenario)+": "+caseText(f.result)), githubData(message))
}

// githubData escapes the text of a workflow command.
//
// Reference: actions/toolkit, packages/core/src/command.ts, escapeData.
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// githubProperty escapes the value of a property of a workflow command.
//
// Reference: actions/toolkit, packages/core/src/command.ts, escapeProperty.
func githubProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
