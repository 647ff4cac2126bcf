package reports

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// plotText writes the text of plots, in Liberation Sans without its kerning: that pulls
// digits together until 111 looks like 11.
var plotText = sync.OnceValue(func() text.Handler {
	var faces font.Collection
	for _, f := range liberation.Collection() {
		if f.Font.Variant == "Sans" {
			faces = append(faces, font.Face{Font: f.Font, Face: withoutKerning(f.Face)})
		}
	}
	return plainText{text.Plain{Fonts: font.NewCache(faces)}}
})

// plainText writes a question mark for a letter that the font lacks, where there is no browser to
// take it from another: else a name in Chinese would be nothing.
type plainText struct{ text.Plain }

// Box implements [text.Handler].
func (p plainText) Box(txt string, fnt font.Font) (width, height, depth vg.Length) {
	return p.Plain.Box(p.known(txt, fnt), fnt)
}

// Draw implements [text.Handler].
func (p plainText) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	if isPainted(c) {
		txt = p.known(txt, sty.Font)
	}
	p.Plain.Draw(c, txt, sty, pt)
}

// isPainted says that there is a picture under a canvas and its croppings.
func isPainted(c vg.Canvas) bool {
	for {
		switch on := c.(type) {
		case *draw.Canvas:
			c = on.Canvas
		case draw.Canvas:
			c = on.Canvas
		default:
			_, painted := c.(*vgimg.Canvas)
			return painted
		}
	}
}

// known replaces what the font lacks.
func (p plainText) known(txt string, fnt font.Font) string {
	if !strings.ContainsFunc(txt, isRare) {
		return txt
	}
	face := p.Fonts.Lookup(fnt, fnt.Size).Face
	return strings.Map(func(r rune) rune {
		if isRare(r) {
			if glyph, err := face.GlyphIndex(nil, r); err != nil || glyph == 0 {
				return '?'
			}
		}
		return r
	}, txt)
}

// isRare says that a font may lack a letter.
func isRare(r rune) bool { return r > 0x17f }

// withoutKerning returns a copy of a font whose tables of kerning have a name that
// nobody looks for. It panics on a font that cannot be read, and these are part of the
// program.
func withoutKerning(f *opentype.Font) *opentype.Font {
	var file bytes.Buffer
	if _, err := f.WriteSourceTo(nil, &file); err != nil {
		panic(fmt.Errorf("the font of plots: %w", err))
	}
	data := slices.Clone(file.Bytes())
	// Reference: OpenType, table directory: 12 bytes, then 16 for each table, which begin
	// with its name. They are in the order of their names, and stay so.
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		switch name := data[12+16*i:][:4]; string(name) {
		case "kern", "GPOS":
			name[3]--
		}
	}
	out, err := opentype.Parse(data)
	if err != nil {
		panic(fmt.Errorf("the font of plots: %w", err))
	}
	return out
}
