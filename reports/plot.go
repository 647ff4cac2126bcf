package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"orderlab/scenarios/result"
)

// The size of a plot: 1200 x 700 pixels at 96 dots an inch.
const (
	plotWidth  = 900 * vg.Length(1) // points
	plotHeight = 525 * vg.Length(1)
	plotDPI    = 96
)

// Plot is a picture of a set.
type Plot struct {
	// Name is its name in a scenario's plots.
	Name string
	draw func(draw.Canvas)
}

// plotKinds are the plots that exist, by name in alphabetical order.
func plotKinds() []struct {
	name string
	make func(*result.Set) *figure
} {
	return []struct {
		name string
		make func(*result.Set) *figure
	}{
		{"inversions-by-scan", inversionsByScan},
		{"lag-over-time", lagOverTime},
		{"partition-load", partitionLoad},
		{"price", priceFigure},
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

// Plots returns the plots that the set asks for, in its order. A name that does
// not exist is an error.
func Plots(set *result.Set) ([]Plot, error) {
	kinds := plotKinds()
	var out []Plot
	for _, name := range set.Plots {
		at := slices.IndexFunc(kinds, func(k struct {
			name string
			make func(*result.Set) *figure
		}) bool {
			return k.name == name
		})
		if at < 0 {
			return nil, fmt.Errorf("scenario %s: there is no plot %q; use one of %s",
				set.Scenario, name, strings.Join(PlotNames(), ", "))
		}
		out = append(out, Plot{Name: name, draw: kinds[at].make(set).draw})
	}
	return out, nil
}

// PlotFormats returns the formats that [Plot.Write] knows.
func PlotFormats() []string { return []string{"svg", "png"} }

// Write writes the plot as "svg" or "png", 1200 x 700 pixels. Other formats are
// an error; else the error is the writer's.
func (p *Plot) Write(w io.Writer, format string) error {
	var c vg.CanvasWriterTo
	switch format {
	case "svg":
		c = vgsvg.NewWith(vgsvg.UseWH(plotWidth, plotHeight))
	case "png":
		c = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(plotWidth, plotHeight), vgimg.UseDPI(plotDPI))}
	default:
		return fmt.Errorf("plot %s: no format %q; use %s", p.Name, format, strings.Join(PlotFormats(), " or "))
	}
	p.draw(draw.New(c))
	if _, err := c.WriteTo(w); err != nil {
		return fmt.Errorf("plot %s: %w", p.Name, err)
	}
	return nil
}
