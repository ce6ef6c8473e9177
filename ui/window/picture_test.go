package window

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/mapiscope/mapiscope/diag/monitor"
)

// TestPictures writes every page in both themes and languages into the folder that
// MAPISCOPE_PICTURES names, for a person to look at.
func TestPictures(t *testing.T) {
	dir := os.Getenv("MAPISCOPE_PICTURES")
	if dir == "" {
		t.Skip("MAPISCOPE_PICTURES names no folder")
	}
	for _, sample := range []string{"healthy", "certificate"} {
		r := readSample(t, sample)
		state := monitor.StateConnected
		if sample == "certificate" {
			state = monitor.StateLost
		}
		for _, look := range [][2]string{{"light", "en"}, {"dark", "de"}} {
			for _, tab := range Tabs() {
				w := open(t, sampleState(r, state), Options{Tab: tab, Theme: look[0], Language: look[1]})
				w.openKey(tab)
				if c, ok := w.pages[w.shown].tab.(*checks); ok {
					c.tree.OpenAllBranches()
					c.tree.Select("tls.mailbox")
				}
				if q, ok := w.pages[w.shown].tab.(*requests); ok {
					q.table.list.Select(4)
				}
				f, err := os.Create(filepath.Join(dir, sample+"-"+tab+"-"+look[0]+"-"+look[1]+".png"))
				if err != nil {
					t.Fatal(err)
				}
				if err := png.Encode(f, w.win.Canvas().Capture()); err != nil {
					t.Fatal(err)
				}
				f.Close()
			}
		}
	}
}
