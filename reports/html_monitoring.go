package reports

// pageMonitoring says what the detectors of a monitor were worth: a body of rows for
// each strategy. It has none where nothing was monitored. The head is of the rows.
type pageMonitoring struct {
	Head   []string
	Bodies []pageBody
	Notes  []string
}

// pageBody is the rows of a strategy, without its name.
type pageBody struct {
	Strategy string
	Rows     [][]pageCell
}

// monitoring says what the detectors of a monitor were worth, if there is one.
func (p *page) monitoring(groups []group) {
	tab := monitoringTable(groups)
	if len(tab.rows) == 0 {
		return
	}
	m := pageMonitoring{Head: tab.head[1:], Notes: monitoringNotes(tab)}
	for _, row := range tab.page().Rows {
		strategy := row[0].Text
		if last := len(m.Bodies) - 1; last >= 0 && m.Bodies[last].Strategy == strategy {
			m.Bodies[last].Rows = append(m.Bodies[last].Rows, row[1:])
			continue
		}
		m.Bodies = append(m.Bodies, pageBody{Strategy: strategy, Rows: [][]pageCell{row[1:]}})
	}
	p.Monitoring = m
}

// table is all of it as one table.
func (m *pageMonitoring) table() pageTable {
	t := pageTable{Head: append([]string{"strategy"}, m.Head...)}
	for _, b := range m.Bodies {
		for _, row := range b.Rows {
			t.Rows = append(t.Rows, append([]pageCell{{Text: b.Strategy}}, row...))
		}
	}
	return t
}
