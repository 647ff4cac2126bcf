package reports

// differences says how the strategies differ, on the runs of the same seeds.
func (t *textReport) differences() {
	d := differences(t.set, t.ids)
	if len(d.rows) == 0 {
		return
	}
	if d.seeds < leastSeeds {
		t.section("DIFFERENCES", ": "+tooFewSeeds(d.seeds))
		return
	}
	seen, unseen := d.split()
	about := " (" + d.about()
	if len(seen) > 0 {
		about += "; =: no difference seen"
	}
	if len(seen) > 0 && seen[0] < d.verdicts {
		about += "; 0:20: broken by the one alone in 0 runs, by the other alone in 20"
	}
	if d.unsure() {
		about += "; ?: significant alone, not among so many tests, so more seeds may tell"
	}
	t.section("DIFFERENCES", about+")")
	if len(seen) > 0 {
		t.table(d.table(seen))
	}
	if len(unseen) > 0 {
		t.note("no difference seen in " + joined(unseen))
	}
}

// table has a row for each pair and the columns that are given.
func (t *differenceTable) table(columns []int) *table {
	tab := &table{labels: 1, head: []string{"pair"}}
	one := t.baseline()
	if one != "" {
		tab.head[0] = "against " + one
	}
	for _, i := range columns {
		tab.head = append(tab.head, t.heads[i])
	}
	for _, r := range t.rows {
		row := []cell{{r.second, plain}}
		if one == "" {
			row[0].text += " : " + r.first
		}
		for _, i := range columns {
			c := r.cells[i]
			if c.text == "" {
				c.short = "-"
			}
			row = append(row, cell{c.short, c.tone})
		}
		tab.rows = append(tab.rows, row)
	}
	return tab
}

// baseline is the strategy that all others are compared with, or nothing.
func (t *differenceTable) baseline() string {
	for _, r := range t.rows {
		if r.first != t.rows[0].first {
			return ""
		}
	}
	return t.rows[0].first
}
