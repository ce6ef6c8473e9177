package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// The measures of the picture, in its own units.
const (
	letterWide = 7.83 // of a letter of 13 units in the usual fonts of one width
	lineHigh   = 17
	edge       = 14
	showFor    = 3.5 // seconds for each frame
)

const style = `text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d7dde6;white-space:pre}
.bold{font-weight:bold;fill:#fff}.dim{fill:#8a94a3}.red{fill:#ff8a84;font-weight:bold}.green{fill:#5cc98a;font-weight:bold}.yellow{fill:#f0b45a}
.f{opacity:0}.f:last-of-type{opacity:1}
@media (prefers-reduced-motion:no-preference){.f{animation:show %gs step-end infinite}.f:last-of-type{opacity:0}}
@keyframes show{0%%{opacity:1}%.3f%%{opacity:0}100%%{opacity:0}}`

// drawSVG shows one frame after the other; the last alone where nothing moves.
func drawSVG(frames []*screen) []byte {
	var out bytes.Buffer
	wide, high := columns*letterWide+2*edge, float64(rows*lineHigh+2*edge)
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img"><title>mapiscope guide: three causes, one after the other</title><style>`, wide, high, wide, high)
	fmt.Fprintf(&out, style, showFor*float64(len(frames)), 100/float64(len(frames)))
	fmt.Fprintf(&out, "</style>\n<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#14181e\"/>\n")
	for n, f := range frames {
		fmt.Fprintf(&out, "<g class=\"f\" style=\"animation-delay:%gs\">\n", showFor*float64(n))
		for row, l := range f.lines {
			if line := drawLine(l); line != "" {
				fmt.Fprintf(&out, "<text x=\"%d\" y=\"%d\">%s</text>\n", edge, edge+(row+1)*lineHigh-5, line)
			}
		}
		out.WriteString("</g>\n")
	}
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// drawLine is a line with its looks, "" for an empty one.
func drawLine(l []cell) string {
	var out strings.Builder
	for from := 0; from < len(l); {
		to := from
		var words strings.Builder
		for to < len(l) && l[to].look == l[from].look {
			words.WriteRune(l[to].letter)
			to++
		}
		var safe bytes.Buffer
		_ = xml.EscapeText(&safe, []byte(words.String())) // a buffer takes everything
		if look := l[from].look; look != "" {
			fmt.Fprintf(&out, `<tspan class="%s">%s</tspan>`, look, safe.String())
		} else {
			out.WriteString(safe.String())
		}
		from = to
	}
	return strings.TrimRight(out.String(), " ")
}
