package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"orderlab/scenarios/result"
)

// sensitivityAbout says what the table of a sensitivity has.
const sensitivityAbout = "what becomes of the differences between strategies when a cost is halved and doubled"

// sensitivity writes whether the ranking of the strategies depends on what the
// machines and the network take.
func (t *textReport) sensitivity() {
	s := t.set.Sensitivity
	if s == nil {
		return
	}
	t.section("SENSITIVITY", " ("+sensitivityAbout+")")
	tab, notes := sensitivityTable(s)
	t.table(tab)
	for _, n := range notes {
		t.wrapped(n, "  ", "    ")
	}
}

// sensitivityTable has a row for each metric and a column for each cost. The notes say
// what the costs are, and name the first difference that each turns round.
func sensitivityTable(s *result.Sensitivity) (tab *table, notes []string) {
	tab = &table{labels: 1, head: []string{"ranking by", "differ"}}
	var used, unused []string
	for _, c := range s.Costs {
		if c.Unused {
			unused = append(unused, clean(c.Name))
			continue
		}
		used, tab.head = append(used, c.Name), append(tab.head, clean(c.Name))
		notes = append(notes, costNote(&c))
	}
	if len(unused) > 0 {
		notes = append(notes, "Nothing changes with "+strings.Join(unused, ", ")+".")
	}
	for i := range s.Rankings {
		r := &s.Rankings[i]
		head, _ := rankingHead(r.Metric)
		row := []cell{{head, plain}, {fmt.Sprintf("%d of %s", r.Differ, plural(r.Pairs, "pair")), plain}}
		for _, cost := range used {
			row = append(row, survival(r, cost))
		}
		tab.rows = append(tab.rows, row)
		notes = append(notes, reversals(r)...)
	}
	return tab, notes
}

func costNote(c *result.Cost) string {
	switch {
	case c.Value == result.Varies:
		return clean(c.Name) + " is not the same for all strategies."
	case c.Source != "":
		return clean(c.Name) + " is " + clean(c.Value) + ", " + clean(c.Source) + "."
	}
	return clean(c.Name) + " is " + clean(c.Value) + "."
}

// survival says in a word what became of a ranking.
func survival(r *result.Ranking, cost string) cell {
	reversed, unseen := 0, 0
	for _, trial := range r.Trials {
		if trial.Cost == cost {
			reversed, unseen = max(reversed, trial.Reversed), max(unseen, trial.Unseen)
		}
	}
	switch {
	case r.Differ == 0:
		return cell{"no difference seen", plain}
	case reversed > 0:
		return cell{fmt.Sprintf("%d reversed", reversed), bad}
	case unseen > 0:
		return cell{fmt.Sprintf("survives; %d unseen", unseen), mixed}
	}
	return cell{"survives", good}
}

// reversals names the first difference that each cost turns round.
func reversals(r *result.Ranking) (notes []string) {
	head, unit := rankingHead(r.Metric)
	for _, trial := range r.Trials {
		f := trial.First
		if f == nil {
			continue
		}
		a, b := unit.apart(f.After)
		c, d := unit.apart(f.Before)
		notes = append(notes, fmt.Sprintf("%s, %s x %g: %s has %s and %s %s, instead of %s and %s.",
			head, clean(trial.Cost), trial.Factor, caseName(f.One), a, caseName(f.Other), b, c, d))
	}
	return notes
}

// apart writes two numbers with as many digits as tell them apart, in one unit.
func (s scaling) apart(v [2]float64) (a, b string) {
	one, letters := s(max(math.Abs(v[0]), math.Abs(v[1])))
	for precision := 3; precision <= 6; precision++ {
		a = strconv.FormatFloat(v[0]/one, 'g', precision, 64)
		b = strconv.FormatFloat(v[1]/one, 'g', precision, 64)
		if a != b {
			break
		}
	}
	return a + letters, b + letters
}

// rankingHead is how the table of prices calls a metric, and its unit.
func rankingHead(metric string) (head string, unit scaling) {
	switch metric {
	case "throughput_per_s":
		return "applied/s", counts
	case "latency_p50_ms":
		return "p50", times
	case "latency_p99_ms":
		return "p99", times
	case "lag_max":
		return "max lag", counts
	}
	return metric, counts
}

// roundSensitivity rounds the measured numbers of a copy.
func roundSensitivity(s *result.Sensitivity) *result.Sensitivity {
	if s == nil {
		return nil
	}
	out := *s
	out.Rankings = slices.Clone(s.Rankings)
	for i := range out.Rankings {
		r := &out.Rankings[i]
		r.Trials = slices.Clone(r.Trials)
		for j := range r.Trials {
			if first := r.Trials[j].First; first != nil {
				f := *first
				f.Before = [2]float64{round(f.Before[0]), round(f.Before[1])}
				f.After = [2]float64{round(f.After[0]), round(f.After[1])}
				r.Trials[j].First = &f
			}
		}
	}
	return &out
}
