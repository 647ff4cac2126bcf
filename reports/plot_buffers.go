package reports

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"orderlab/scenarios/result"
)

// bufferPeaks draws how much each strategy held back at most: at the producers and at
// the consumers, a row for each strategy, a mark for each scan point.
func bufferPeaks(set *result.Set) *figure {
	gs := groups(set)
	title := headline(set, "peaks of buffers")
	if !finished(set) {
		return nothing(title, "No run was finished.")
	}
	id := mostTelling(set)
	about := fmt.Sprintf("The most messages of a run at one time, mean of %s", plural(set.Seeds.Count, "seed"))
	if len(set.Results) > len(gs) {
		about += "; a mark is a scan point, the thick line through it its 95% interval"
	} else {
		about += ", with its 95% interval"
	}
	about += ". At the producers: sent and not answered. " +
		"At the consumers: delivered and neither applied nor disposed."
	producers := stripTile(gs, id, "at the producers (messages)", false,
		func(m *result.Metrics) *result.Mean { return &m.ProducerBuffer })
	consumers := stripTile(gs, id, "at the consumers (messages)", false,
		func(m *result.Metrics) *result.Mean { return &m.ConsumerBuffer })
	consumers.axes.Y.Tick.Marker = plot.ConstantTicks{}
	return &figure{title: title, about: about, legend: keptLegend(id), tileHeight: rowsHeight(len(gs), 1),
		tiles: [][]*tile{{producers, consumers}}}
}

// keptLegend says what full and hollow marks are.
func keptLegend(id string) []legendEntry {
	return []legendEntry{
		{name: clean(id) + " holds", color: muted(), glyph: draw.CircleGlyph{}},
		{name: "violated or unknown", color: muted(), glyph: hollow{draw.CircleGlyph{}}},
	}
}
