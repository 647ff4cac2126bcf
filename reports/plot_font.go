package reports

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
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
	return text.Plain{Fonts: font.NewCache(faces)}
})

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
