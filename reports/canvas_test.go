package reports_test

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// recorder is a canvas that notes where texts and lines go, for tests of layout.
type recorder struct {
	stack  []affine
	at     affine
	texts  []placed
	points []vg.Point
}

// placed is a text with the box of its capital letters.
type placed struct {
	text string
	box  vg.Rectangle
}

// affine maps a point to the page: a turn by quarters and a shift are all that
// the plots use.
type affine struct{ a, b, c, d, x, y float64 }

func newRecorder() *recorder { return &recorder{at: affine{a: 1, d: 1}} }

func (m affine) apply(p vg.Point) vg.Point {
	x, y := float64(p.X), float64(p.Y)
	return vg.Point{X: vg.Length(m.a*x + m.b*y + m.x), Y: vg.Length(m.c*x + m.d*y + m.y)}
}

func (r *recorder) SetLineWidth(vg.Length)              {}
func (r *recorder) SetLineDash([]vg.Length, vg.Length)  {}
func (r *recorder) SetColor(color.Color)                {}
func (r *recorder) DrawImage(vg.Rectangle, image.Image) {}

func (r *recorder) Rotate(turn float64) {
	sin, cos, m := math.Sin(turn), math.Cos(turn), r.at
	r.at.a, r.at.b = m.a*cos+m.b*sin, m.b*cos-m.a*sin
	r.at.c, r.at.d = m.c*cos+m.d*sin, m.d*cos-m.c*sin
}

func (r *recorder) Translate(by vg.Point) {
	p := r.at.apply(by)
	r.at.x, r.at.y = float64(p.X), float64(p.Y)
}

func (r *recorder) Scale(x, y float64) {
	r.at.a, r.at.b, r.at.c, r.at.d = r.at.a*x, r.at.b*y, r.at.c*x, r.at.d*y
}

func (r *recorder) Push() { r.stack = append(r.stack, r.at) }

func (r *recorder) Pop() {
	r.at = r.stack[len(r.stack)-1]
	r.stack = r.stack[:len(r.stack)-1]
}

func (r *recorder) Stroke(p vg.Path) { r.path(p) }
func (r *recorder) Fill(p vg.Path)   { r.path(p) }

func (r *recorder) path(p vg.Path) {
	for _, c := range p {
		if c.Type != vg.CloseComp {
			r.points = append(r.points, r.at.apply(c.Pos))
		}
	}
}

func (r *recorder) FillString(f font.Face, at vg.Point, text string) {
	a := r.at.apply(at)
	b := r.at.apply(vg.Point{X: at.X + f.Width(text), Y: at.Y + 0.7*f.Font.Size})
	r.texts = append(r.texts, placed{text, vg.Rectangle{
		Min: vg.Point{X: min(a.X, b.X), Y: min(a.Y, b.Y)}, Max: vg.Point{X: max(a.X, b.X), Y: max(a.Y, b.Y)},
	}})
}

// overlap says that two texts lie on each other.
func overlap(a, b placed) bool {
	return a.box.Min.X < b.box.Max.X && b.box.Min.X < a.box.Max.X && a.box.Min.Y < b.box.Max.Y && b.box.Min.Y < a.box.Max.Y
}
