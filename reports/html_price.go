package reports

import (
	"fmt"
	"strings"

	"orderlab/scenarios/result"
)

// pricePoints is the price at each scan point, with intervals.
func (p *page) pricePoints() {
	scan := axes(pointers(p.Set))
	if len(scan) == 0 {
		return
	}
	id := mostTelling(p.Set)
	t := pageTable{Head: []string{"strategy"}}
	for _, axis := range scan {
		t.Head = append(t.Head, clean(axis))
	}
	t.Head = append(t.Head, clean(id), "applied/s", "p50", "p99", "p99.9", "max lag", "producer buffer", "consumer buffer")
	for i := range p.Set.Results {
		if i == p.limits.points {
			p.LeftOut = append(p.LeftOut, fmt.Sprintf("the price at %s; result.json has all",
				plural(len(p.Set.Results)-i, "further scan point")))
			break
		}
		t.Rows = append(t.Rows, pricePoint(&p.Set.Results[i], scan, id))
	}
	p.PricePoints = t
}

// pricePoint is the row of a scan point.
func pricePoint(r *result.Result, scan []string, id string) []pageCell {
	row := []pageCell{{Text: clean(r.Strategy)}}
	for _, axis := range scan {
		v, ok := coordinate(r.Point, axis)
		if !ok {
			v = "-"
		}
		row = append(row, pageCell{Text: clean(v)})
	}
	row = append(row, verdictCell(guarantee(r, id)))
	if r.Runs == 0 {
		return append(row, pageCell{Text: "no run", Tone: pageTones[faint]})
	}
	m := &r.Metrics
	row = append(row, pageCell{Text: intervalText(&m.Throughput, counts)})
	for _, v := range []*result.Mean{p50(m), p99(m), p999(m)} {
		text := "-"
		if v != nil {
			text = intervalText(v, times)
		}
		row = append(row, pageCell{Text: text})
	}
	for _, v := range []*result.Mean{&m.LagMax, &m.ProducerBuffer, &m.ConsumerBuffer} {
		row = append(row, pageCell{Text: intervalText(v, counts)})
	}
	return row
}

// verdictCell says what was found about a guarantee, with its rate.
func verdictCell(g *result.Guarantee) pageCell {
	switch {
	case g == nil:
		return pageCell{Text: "-", Tone: pageTones[faint]}
	case g.Verdict == result.Holds:
		return pageCell{Text: fmt.Sprintf("holds (below %s)", share(g.RateCI95[1])), Tone: pageTones[good]}
	case g.Verdict == result.Violated:
		return pageCell{Text: fmt.Sprintf("X %d of %d", g.ViolatedRuns, g.DecidedRuns), Tone: pageTones[bad]}
	}
	return pageCell{Text: "unknown", Tone: pageTones[mixed]}
}

// intervalText writes a mean with its interval, if it has one.
func intervalText(m *result.Mean, unit scaling) string {
	if m.CI95[1] <= m.CI95[0] {
		return unit.write(m.Mean)
	}
	return fmt.Sprintf("%s (%s)", unit.write(m.Mean), unit.span([]float64{max(0, m.CI95[0]), m.CI95[1]}))
}

// differences says how the strategies differ, on the runs of the same seeds.
func (p *page) differences() {
	t := differences(p.Set, judged(p.Set))
	d := &p.Differences
	switch {
	case len(t.rows) == 0:
		return
	case t.seeds < leastSeeds:
		text := tooFewSeeds(t.seeds)
		d.TooFew = strings.ToUpper(text[:1]) + text[1:]
		return
	}
	d.About = t.about()
	d.Unsure = t.unsure()
	seen, unseen := t.split()
	d.Unseen = joined(unseen)
	if len(seen) == 0 {
		return
	}
	d.Table.Head = []string{"strategies"}
	for _, i := range seen {
		d.Table.Head = append(d.Table.Head, t.heads[i])
	}
	for _, r := range t.rows {
		row := []pageCell{{Text: r.second + " against " + r.first}}
		for _, i := range seen {
			c := r.cells[i]
			if c.text == "" {
				c.text = "-"
			}
			d.Verdicts = d.Verdicts || i < t.verdicts && c.found
			row = append(row, pageCell{Text: c.text, Small: c.small, Tone: pageTones[c.tone]})
		}
		d.Table.Rows = append(d.Table.Rows, row)
	}
}
