package tidy

import (
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// words.txt lists the words that do not belong in the repository.
//
//go:embed words.txt
var wordList string

// wordPattern matches each word of the list, with a plural s.
func wordPattern() *regexp.Regexp {
	var words []string
	for line := range strings.Lines(wordList) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			words = append(words, regexp.QuoteMeta(line))
		}
	}
	return regexp.MustCompile(`(?i)\b(` + strings.Join(words, "|") + `)s?\b`)
}

var (
	forbidden = wordPattern()
	// machinePath matches an absolute path that exists on one machine only.
	machinePath = regexp.MustCompile(`(^|[\s"'` + "`" + `(=:])/(home|root|Users|work|tmp|mnt)/[\w.]`)
	// mark matches a note that something was left to do.
	mark = regexp.MustCompile(`\b(FIX` + `ME|TO` + `DO|XX` + `X|HA` + `CK)\b`)
)

// Prose checks a text file of any kind: the project speaks of itself alone, of
// no machine, and leaves nothing to be done in a comment.
func Prose(f File) []Finding {
	if path.Base(f.Name) == "words.txt" || path.Base(f.Name) == "go.sum" {
		return nil
	}
	var found []Finding
	add := func(line int, rule, format string, args ...any) {
		found = append(found, Finding{f.Name, line, rule, fmt.Sprintf(format, args...)})
	}
	n := 0
	for line := range strings.Lines(string(f.Source)) {
		n++
		if m := forbidden.FindString(line); m != "" {
			add(n, "word", "%q does not belong here: the project speaks of itself alone", m)
		}
		if m := machinePath.FindString(line); m != "" {
			add(n, "path", "%q is a path of one machine", strings.TrimSpace(m))
		}
		if m := mark.FindString(line); m != "" {
			add(n, "mark", "%q is left over: do it, or write down why not", m)
		}
	}
	return found
}
