package reports_test

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"pgregory.net/rapid"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// With this variable set, the pictures are kept in the folder that it names, so
// that they can be looked at.
const keepPictures = "ORDERLAB_PICTURES"

// pictures returns all plots of a set in a format, by name.
func pictures(t testing.TB, set *result.Set, format string) map[string][]byte {
	t.Helper()
	plots, err := reports.Plots(set)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, p := range plots {
		var b bytes.Buffer
		if err := p.Write(&b, format); err != nil {
			t.Fatal(err)
		}
		out[p.Name] = b.Bytes()
	}
	return out
}

// Every plot of every set is the same byte for byte when it is drawn again from a
// set that was made again, and it is what its format says.
func TestPlotsAreReproducible(t *testing.T) {
	again := sets()
	for i, s := range sets() {
		for _, format := range reports.PlotFormats() {
			painted := slices.Contains([]string{"one", "none", "hostile"}, s.name) || os.Getenv(keepPictures) != ""
			if format == "png" && !painted {
				continue // the same drawing, and slow to paint
			}
			second := pictures(t, again[i].set, format)
			for name, first := range pictures(t, s.set, format) {
				if !bytes.Equal(first, second[name]) {
					t.Errorf("%s: %s as %s differs between two drawings", s.name, name, format)
				}
				if err := wellFormed(first, format); err != nil {
					t.Errorf("%s: %s as %s: %v", s.name, name, format, err)
				}
				if len(first) > 500_000 {
					t.Errorf("%s: %s as %s has %d bytes", s.name, name, format, len(first))
				}
				if dir := os.Getenv(keepPictures); dir != "" {
					if err := os.WriteFile(filepath.Join(dir, s.name+"-"+name+"."+format), first, 0o644); err != nil {
						t.Error(err)
					}
				}
			}
		}
	}
}

func wellFormed(picture []byte, format string) error {
	if format == "png" {
		_, err := png.Decode(bytes.NewReader(picture))
		return err
	}
	d := xml.NewDecoder(bytes.NewReader(picture))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// layout draws the plots of a set on a canvas that notes where things go.
func layout(t tester, set *result.Set, check func(name string, r *recorder, width, height vg.Length)) {
	plots, err := reports.Plots(set)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, p := range plots {
		r := newRecorder()
		width, height := p.Size()
		p.DrawOn(draw.NewCanvas(r, width, height))
		check(p.Name, r, width, height)
	}
}

// No text lies on another or leaves the page.
func TestTextsOfPlotsDoNotOverlap(t *testing.T) {
	for _, s := range sets() {
		layout(t, s.set, func(name string, r *recorder, width, height vg.Length) {
			if len(r.texts) < 2 {
				t.Errorf("%s: %s has only %d texts", s.name, name, len(r.texts))
			}
			for i, a := range r.texts {
				if a.box.Min.X < 0 || a.box.Max.X > width || a.box.Min.Y < 0 || a.box.Max.Y > height {
					t.Errorf("%s: %s: %q at %v leaves the page", s.name, name, a.text, a.box)
				}
				for _, b := range r.texts[:i] {
					if strings.TrimSpace(a.text) != "" && strings.TrimSpace(b.text) != "" && overlap(a, b) {
						t.Errorf("%s: %s: %q at %v lies on %q at %v", s.name, name, a.text, a.box, b.text, b.box)
					}
				}
			}
		})
	}
}

// Whatever a set holds, its pictures stay on the page: a place that is not a
// number, or far outside, would keep a rasterizer busy for ever.
func TestAnySetCanBeDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		layout(t, anySet(t), func(name string, r *recorder, width, height vg.Length) {
			for _, p := range r.points {
				x, y := float64(p.X), float64(p.Y)
				if math.IsNaN(x) || math.IsNaN(y) || x < -20 || y < -20 || p.X > width+20 || p.Y > height+20 {
					t.Fatalf("%s draws at %v on a page of %v x %v", name, p, width, height)
				}
			}
		})
	})
}

// The plot of the main question says it all in words too: every strategy, every
// tile, the axis with its unit, what zero means.
func TestInversionsAreLabelled(t *testing.T) {
	set := expand(20)
	svg := string(pictures(t, set, "svg")["inversions-by-scan"])
	for _, want := range []string{
		">naive<", ">pause-new<", ">slots<", ">consistent-hash<", ">drain-first<", ">latest<",
		">after=5, backlog=even<", ">after=8, backlog=uneven<", ">pause (s)<", ">messages a run (log scale)<",
		">holds: 0<", "95% interval",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is not in the picture", want)
		}
	}
	if len(svg) > 200_000 {
		t.Errorf("%d bytes are too many for a README", len(svg))
	}
}

func TestPlotErrorsSayWhatToUse(t *testing.T) {
	set := one()
	plots, err := reports.Plots(set)
	if err != nil {
		t.Fatal(err)
	}
	set.Plots = []string{"lag"}
	_, unknown := reports.Plots(set)
	for want, err := range map[string]error{
		`no format "pdf"; use svg or png`:                                plots[0].Write(io.Discard, "pdf"),
		"availability-over-time: disk full":                              plots[0].Write(broken{}, "svg"),
		`no plot "lag"; use one of availability-over-time, buffer-peaks`: unknown,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}

// broken is a writer on a full disk.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errDisk }

// BenchmarkPlots draws all plots of a scenario like the library's first, of 82
// cases, as SVG and PNG: the time that `-o` adds to its runs.
func BenchmarkPlots(b *testing.B) {
	set := expand(20)
	for b.Loop() {
		for _, format := range reports.PlotFormats() {
			pictures(b, set, format)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/scenario")
}

// BenchmarkText writes the answer for the same scenario, with its paired tests.
func BenchmarkText(b *testing.B) {
	set := expand(20)
	for b.Loop() {
		if err := reports.Text(io.Discard, set, reports.TextOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// Digits keep their distance: 111 is as wide as 000, and not read as 11.
func TestTextHasNoKerning(t *testing.T) {
	one, three := reports.PlotTextWidth("1"), reports.PlotTextWidth("111")
	if d := three - 3*one; d < -0.01 || d > 0.01 {
		t.Errorf("1 is %v wide and 111 is %v", one, three)
	}
}
