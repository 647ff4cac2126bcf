package reports

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"orderlab/scenarios/result"
)

// The width of a plot is 1200 pixels at 96 dots an inch; its height follows from
// what it shows.
const (
	plotWidth = 900 * vg.Length(1) // points
	plotDPI   = 96
)

// Plot is a picture of a set.
type Plot struct {
	// Name is its name in a scenario's plots.
	Name   string
	figure *figure
}

// plotKind makes one kind of plot.
type plotKind struct {
	name string
	make func(*result.Set) *figure
}

// plotKinds are the plots that exist, by name in alphabetical order.
func plotKinds() []plotKind {
	return []plotKind{
		{"availability-over-time", availabilityOverTime},
		{"buffer-peaks", bufferPeaks},
		{"displacement", displacement},
		{"inversions-by-scan", inversionsByScan},
		{"lag-over-time", lagOverTime},
		{"latency-cdf", latencyCDF},
		{"latency-quantiles", latencyQuantiles},
		{"load-by-partition", loadByPartition},
		{"load-over-time", loadOverTime},
		{"partition-load", partitionLoad},
		{"phase-diagram", phaseDiagram},
		{"price", priceFigure},
		{"violations-by-throughput", violationsByThroughput},
	}
}

// PlotNames returns the names of all plots, sorted.
func PlotNames() []string {
	var names []string
	for _, k := range plotKinds() {
		names = append(names, k.name)
	}
	return names
}

// defaultPlots are those of a set that asks for none.
func defaultPlots() []string {
	return []string{"violations-by-throughput", "price", "availability-over-time", "lag-over-time"}
}

// Plots returns the plots that the set asks for, in its order, or a few for one that
// asks for none. A name that does not exist is an error.
func Plots(set *result.Set) ([]Plot, error) {
	kinds := plotKinds()
	names := set.Plots
	if len(names) == 0 {
		names = defaultPlots()
	}
	var out []Plot
	for _, name := range names {
		at := slices.IndexFunc(kinds, func(k plotKind) bool { return k.name == name })
		if at < 0 {
			return nil, fmt.Errorf("scenario %s: there is no plot %q; use one of %s",
				set.Scenario, name, strings.Join(PlotNames(), ", "))
		}
		out = append(out, Plot{Name: name, figure: kinds[at].make(set)})
	}
	return out, nil
}

// PlotFormats returns the formats that [Plot.Write] knows.
func PlotFormats() []string { return []string{"svg", "png"} }

// Write writes the plot as "svg" or "png", 1200 pixels wide. Other formats are
// an error; else the error is the writer's.
func (p *Plot) Write(w io.Writer, format string) error {
	width, height := plotWidth, p.figure.height()
	var out bytes.Buffer
	var err error
	switch format {
	case "svg":
		c := vgsvg.NewWith(vgsvg.UseWH(width, height))
		p.figure.draw(draw.New(c))
		_, err = c.WriteTo(&out)
		out = *bytes.NewBuffer(finishSVG(out.Bytes()))
	case "png":
		c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(plotDPI))
		p.figure.draw(draw.New(c))
		// Packing as hard as can be takes longer than painting, and saves a third.
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, c.Image())
	default:
		err = fmt.Errorf("no format %q; use %s", format, strings.Join(PlotFormats(), " or "))
	}
	if err == nil {
		_, err = w.Write(out.Bytes())
	}
	if err != nil {
		return fmt.Errorf("plot %s: %w", p.Name, err)
	}
	return nil
}
