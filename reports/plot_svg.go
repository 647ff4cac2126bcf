package reports

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
)

// svgStyle is the style of an SVG. For a reader without the Liberation fonts it names
// others of the same widths. In the dark, paper, ink and greys change places; the
// colours of strategies stay, but for the two that cannot be seen there.
const svgStyle = `<style>
text{font-family:Liberation Sans,Arial,Helvetica,sans-serif;font-kerning:none}
@media(prefers-color-scheme:dark){
path[style*="fill:#FFFFFF"]{fill:#15181c!important}
text[style*="fill:#262626"]{fill:#e6e9ec!important}
text[style*="fill:#707070"]{fill:#a3abb4!important}
[style*="stroke:#262626"]{stroke:#e6e9ec!important}
[style*="stroke:#707070"]{stroke:#8b949e!important}
[style*="stroke:#E4E4E4"]{stroke:#343a41!important}
path[style*="fill:#E4E4E4"]{fill:#343a41!important}
path[style*="fill:#707070"]{fill:#a3abb4!important}
path[style*="fill:#FAE0DC"]{fill:#52302f!important}
path[style*="fill:#E3F1E6"]{fill:#1e3a2c!important}
path[style*="fill:#000000"]{fill:#f4f4f4!important}
[style*="stroke:#000000"]{stroke:#f4f4f4!important}
path[style*="fill:#882255"]{fill:#c2579a!important}
[style*="stroke:#882255"]{stroke:#c2579a!important}
}
</style>
`

// svgText is a text as vgsvg writes it: where it stands, weight, size, colour, what it
// says.
var svgText = regexp.MustCompile(`<text x="([^"]*)" y="([^"]*)" transform="([^"]*)"\s+style="font-family:[^;]*;` +
	`font-variant:normal;font-weight:(\w+);font-style:normal;font-size:([0-9.]+)px;fill:(#[0-9A-F]{6})">([^<]*)</text>`)

// finishSVG gives an SVG its style, and each text the width that was reckoned with, so
// that with another font it neither leaves its place nor lies on its neighbour.
func finishSVG(picture []byte) []byte {
	head, body, found := bytes.Cut(picture, []byte("<g "))
	if !found {
		return picture
	}
	body = svgText.ReplaceAllFunc(body, func(text []byte) []byte {
		m := svgText.FindSubmatch(text)
		weight, size, said := string(m[4]), string(m[5]), string(m[7])
		style := "font-size:" + size + "px;fill:" + string(m[6])
		if weight != "normal" {
			style = "font-weight:" + weight + ";" + style
		}
		return fmt.Appendf(nil, `<text x="%s" y="%s" transform="%s"%s style="%s">%s</text>`,
			m[1], m[2], m[3], svgWidth(html.UnescapeString(said), weight, size), style, said)
	})
	return slices.Concat(head, []byte(svgStyle+"<g "), body)
}

// svgWidth is the attribute with the width of a text; nothing of a short one, and of one
// with letters that the font lacks.
func svgWidth(said, weight, size string) string {
	points, err := strconv.ParseFloat(size, 64)
	if err != nil || len(said) < 3 || strings.ContainsFunc(said, func(r rune) bool {
		return isRare(r) && !strings.ContainsRune("…–—≤µ", r)
	}) {
		return ""
	}
	style := textStyle(vg.Length(points), nil)
	if weight == "bold" {
		style = boldStyle(vg.Length(points), nil)
	}
	return fmt.Sprintf(` textLength="%.5g" lengthAdjust="spacingAndGlyphs"`, style.Width(said).Points())
}
