package reports

import (
	"fmt"
	"io"
	"strings"

	"orderlab/scenarios/result"
)

// GitHub writes a set as workflow commands of GitHub Actions: an error for each
// expectation that was not met, a warning for each that is not known, and a
// notice that sums up.
func GitHub(w io.Writer, set *result.Set) error {
	var out strings.Builder
	total, failed := findings(set, result.StatusFailed)
	_, unknown := findings(set, result.StatusUnknown)
	for _, f := range failed {
		annotate(&out, "error", set, f)
	}
	for _, f := range unknown {
		annotate(&out, "warning", set, f)
	}
	met := total - len(failed) - len(unknown)
	fmt.Fprintf(&out, "::notice title=%s::%s\n", githubProperty("orderlab "+set.Scenario),
		githubData(fmt.Sprintf("%d of %d expectations met: %s", met, total, set.Status)))
	_, err := io.WriteString(w, out.String())
	return err
}

func annotate(out *strings.Builder, level string, set *result.Set, f finding) {
	title := fmt.Sprintf("%s: %s", set.Scenario, caseText(f.result))
	message := f.text()
	for _, c := range failureCommands(set, f.result, f.guarantee) {
		message += "\n" + c.name + ": " + c.line
	}
	file := ""
	if strings.HasSuffix(set.Source, ".yaml") || strings.HasSuffix(set.Source, ".yml") {
		file = "file=" + githubProperty(set.Source) + ","
	}
	fmt.Fprintf(out, "::%s %stitle=%s::%s\n", level, file, githubProperty(title), githubData(message))
}

// githubData escapes the text of a workflow command.
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// githubProperty escapes the value of a property of a workflow command.
func githubProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
