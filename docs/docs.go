// Package docs has the documents that the program itself shows, so that what
// `orderlab show --explain` says and what is written here is one text.
//
//	guarantees.md --> a section for each guarantee --+
//	results.md -----> a row for each field ----------+--> show --explain NAME
package docs

import (
	_ "embed"
	"regexp"
	"strings"
)

//go:embed guarantees.md
var guarantees string

//go:embed results.md
var results string

// link matches a link of Markdown, whose text stays.
var link = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// Guarantee returns what guarantees.md says about a guarantee, without links; "" when
// it has no section of that name.
func Guarantee(id string) string {
	_, section, ok := strings.Cut(guarantees, "\n## "+id+"\n")
	if !ok {
		return ""
	}
	section, _, _ = strings.Cut(section, "\n## ")
	section, _, _ = strings.Cut(section, "\n*Example:*")
	return strings.TrimSpace(link.ReplaceAllString(section, "$1"))
}

// Field is a field of the result of run.
type Field struct{ Path, Meaning string }

// row matches a row of a table of fields.
var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.*) \\|$")

// Fields returns the fields of the result of run, in the order of results.md.
func Fields() []Field {
	_, section, _ := strings.Cut(results, "\n## The result of run\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var out []Field
	for _, m := range row.FindAllStringSubmatch(section, -1) {
		out = append(out, Field{m[1], link.ReplaceAllString(m[2], "$1")})
	}
	return out
}
