package autodiscover

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"
)

// What parsing costs next to its floor, reading the same tokens and keeping none:
// for a real answer, and for the largest that are let in.
func BenchmarkParsePOX(b *testing.B) {
	for name, in := range map[string][]byte{
		"gromox":   readFile(b, "gromox-settings.xml"),
		"comments": []byte("<a>" + strings.Repeat("x<!---->", maxBody/8-2) + "</a>"),
		"elements": []byte("<a>" + strings.Repeat("<b/>", maxElements-1) + "</a>"),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := parseXML(in); err != nil {
					b.Fatal(err)
				}
			}
			parsing := b.Elapsed()
			start := time.Now()
			for range b.N {
				readTokens(b, in)
			}
			b.ReportMetric(float64(parsing)/float64(time.Since(start)), "ratio-to-tokens")
		})
	}
}

func readTokens(b *testing.B, in []byte) {
	d := xml.NewDecoder(bytes.NewReader(in))
	for _, err := d.Token(); err != io.EOF; _, err = d.Token() {
		if err != nil {
			b.Fatal(err)
		}
	}
}
