package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Nearest returns the name that is most like the given one, or "" when none is
// much like it.
func Nearest(name string, names []string) string {
	if utf8.RuneCountInString(name) > maxName {
		return ""
	}
	best, least := "", max(1, utf8.RuneCountInString(name)/3)+1
	for _, n := range names {
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d < min(least, utf8.RuneCountInString(n)) {
			best, least = n, d
		}
	}
	if best == "" {
		best = continued(name, names)
	}
	return best
}

// continued returns the shortest name that goes on where the given one stops, as
// linger.ms after linger.
func continued(name string, names []string) string {
	const least = 3
	best := ""
	for _, n := range names {
		if len(name) >= least && strings.HasPrefix(n, name) && (best == "" || len(n) < len(best)) {
			best = n
		}
	}
	return best
}

// distance is the Levenshtein distance with swaps of neighbours.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := [3][]int{make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		older, old, now := rows[(i+1)%3], rows[(i-1)%3], rows[i%3]
		now[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			now[j] = min(old[j]+1, now[j-1]+1, old[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], older[j-2]+1)
			}
		}
	}
	return rows[len(x)%3][len(y)]
}

// nearest is the end of a sentence that names the nearest valid name.
func nearest(name string, names []string) string {
	if n := Nearest(name, names); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}

// maxListed is how many names a message lists.
const maxListed = 20

// didYouMean is the end of a sentence that names the nearest valid name, or all
// names where there are few.
func didYouMean(name string, names []string) string {
	if near := nearest(name, names); near != "" || len(names) == 0 {
		return near
	}
	listed := names
	if len(names) > maxListed {
		// Of many names those that share a word with what was written.
		words := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("._- ", r) })
		listed = slices.DeleteFunc(slices.Clone(names), func(n string) bool {
			return !slices.ContainsFunc(words, func(w string) bool { return len(w) > 2 && strings.Contains(n, w) })
		})
	}
	if len(listed) == 0 || len(listed) > maxListed {
		return ""
	}
	return "; there are " + strings.Join(listed, ", ")
}

// clip shortens what a message repeats of the file.
func clip(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "..."
}

// quote is a text of the file in quotes, in a message.
func quote(s string) string { return strconv.Quote(clip(s)) }
