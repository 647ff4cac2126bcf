package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"orderlab/scenarios/result"
)

// CauseText says in one sentence which faults are at fault that a guarantee is
// broken; nothing where no cause was looked for.
func CauseText(guarantee string, c *result.Cause) string {
	if c == nil {
		return ""
	}
	guarantee = clean(guarantee)
	if len(c.Faults) > 0 {
		return blameText(guarantee, c.Faults)
	}
	each := fmt.Sprintf("any one of the %d faults", c.Struck)
	if c.Tried < c.Struck {
		each = fmt.Sprintf("any one of the first %d of the %d faults", c.Tried, c.Struck)
	}
	switch {
	case c.Struck == 0:
		return fmt.Sprintf("No fault struck in this run: %s is broken without any.", guarantee)
	case c.WithoutAny == result.Violated && c.Struck == 1:
		return fmt.Sprintf("No fault is the cause: without the one that struck, %s is broken too.", guarantee)
	case c.WithoutAny == result.Violated:
		return fmt.Sprintf("No fault is the cause: %s is still broken without %s, and without all of them.", guarantee, each)
	case c.WithoutAny == result.Holds:
		return fmt.Sprintf("No single fault is the cause: %s is still broken without %s, and holds without all of them.", guarantee, each)
	case c.Struck == 1:
		return fmt.Sprintf("It is not known whether the fault is the cause: %s is not seen to hold without it.", guarantee)
	}
	return fmt.Sprintf("It is not known which fault is the cause: %s is not seen to hold without %s, nor without all of them.",
		guarantee, each)
}

// blameText names the faults without which a guarantee holds.
func blameText(guarantee string, faults []result.CausingFault) string {
	names := make([]string, 0, faultsNamed)
	for _, f := range faults[:min(len(faults), faultsNamed)] {
		names = append(names, fmt.Sprintf("%s s (%s)", trim(strconv.FormatFloat(f.AtS, 'f', 3, 64)), clean(f.Fault)))
	}
	switch {
	case len(faults) == 1:
		return fmt.Sprintf("Without the fault at %s %s holds.", names[0], guarantee)
	case len(faults) > len(names):
		names = append(names, fmt.Sprintf("%d more", len(faults)-len(names)))
	}
	last := len(names) - 1
	return fmt.Sprintf("Without any one of the faults at %s and %s %s holds: it is broken by all of them together.",
		strings.Join(names[:last], ", "), names[last], guarantee)
}

// faultsNamed is how many faults are named in one sentence.
const faultsNamed = 3

// struckAt is when a fault struck, in nanoseconds of virtual time.
func struckAt(f *result.CausingFault) int64 { return int64(math.Round(f.AtS * 1e9)) }
