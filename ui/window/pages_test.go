package window

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"github.com/mapiscope/mapiscope/diag/monitor"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// reading is what a person reads on root, line by line from the top: the texts
// that are laid out, and the signs of a status in brackets.
func reading(root fyne.CanvasObject, size fyne.Size) string {
	type piece struct {
		at   fyne.Position
		text string
	}
	var pieces []piece
	walk(root, fyne.NewPos(0, 0), func(o fyne.CanvasObject, at fyne.Position) {
		said := ""
		switch o := o.(type) {
		case *canvas.Text:
			said = strings.TrimSpace(o.Text)
		case *canvas.Image:
			if o.Resource != nil {
				if _, name, ok := strings.Cut(o.Resource.Name(), "status-"); ok {
					said = "[" + strings.TrimSuffix(name, ".svg") + "]"
				}
			}
		}
		if said != "" && at.X < size.Width && at.Y < size.Height && at.Y >= 0 {
			pieces = append(pieces, piece{at.AddXY(0, o.Size().Height/2), said})
		}
	})
	const sameLine = 7 // half the height of a line of text
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(a.at.Y, b.at.Y) })
	var out strings.Builder
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[n].at.Y-pieces[0].at.Y < sameLine {
			n++
		}
		row := pieces[:n]
		slices.SortStableFunc(row, func(a, b piece) int { return cmp.Compare(a.at.X, b.at.X) })
		for i, p := range row {
			if i > 0 {
				out.WriteString(" | ")
			}
			out.WriteString(p.text)
		}
		out.WriteByte('\n')
		pieces = pieces[n:]
	}
	return out.String()
}

// page is what is read on the open page, banner, navigation and dialogs left out.
func (w *Window) page() string { return reading(w.body, w.win.Canvas().Size()) }

// walk visits everything that is shown, with its place on the window.
func walk(o fyne.CanvasObject, from fyne.Position, visit func(fyne.CanvasObject, fyne.Position)) {
	if !o.Visible() {
		return
	}
	at := from.Add(o.Position())
	visit(o, at)
	var inside []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		inside = o.Objects
	case fyne.Widget:
		inside = test.WidgetRenderer(o).Objects()
	}
	for _, child := range inside {
		walk(child, at, visit)
	}
}

// settle lays the window out again: wrapped text knows its height only when it has
// got its width, which the toolkit's real driver sees with the next frame.
func settle(w fyne.Window) {
	size := w.Canvas().Size()
	w.Resize(size.AddWidthHeight(0, 1))
	w.Resize(size)
}

// golden compares with testdata/NAME.txt.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%s does not exist; look at the page and accept it with -update", file)
	}
	if got != string(want) {
		t.Errorf("%s differs (accept with -update):\n%s", file, firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n- %s\n+ %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, %d before", len(b), len(a))
}

// TestPages reads every page in both languages, healthy and broken, and in both
// themes, which must not change a word.
func TestPages(t *testing.T) {
	for sample, state := range map[string]monitor.State{"healthy": monitor.StateConnected, "certificate": monitor.StateLost} {
		s := sampleState(readSample(t, sample), state)
		for _, language := range Languages[1:] {
			for _, tab := range Tabs() {
				name := sample + "-" + tab + "-" + language
				t.Run(name, func(t *testing.T) {
					light := open(t, s, Options{Tab: tab, Language: language, Theme: "light"})
					settle(light.win)
					said := light.page()
					golden(t, name, said)
					dark := open(t, s, Options{Tab: tab, Language: language, Theme: "dark"})
					settle(dark.win)
					if other := dark.page(); other != said {
						t.Errorf("the dark theme says something else:\n%s", firstDifference(said, other))
					}
				})
			}
		}
	}
}

// TestThemesDiffer draws a page: the ground is that of the theme.
func TestThemesDiffer(t *testing.T) {
	s := sampleState(readSample(t, "healthy"), monitor.StateConnected)
	for name, variant := range map[string]int{"light": 0, "dark": 1} {
		w := open(t, s, Options{Tab: "overview", Theme: name})
		got := w.win.Canvas().Capture().At(700, 715)
		r, g, b, _ := colours[theme.ColorNameBackground][variant].RGBA()
		r2, g2, b2, _ := got.RGBA()
		if r != r2 || g != g2 || b != b2 {
			t.Errorf("%s: the ground is %v", name, got)
		}
	}
}

// luminance and contrast are those of WCAG 2.1.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestColoursCanBeRead(t *testing.T) {
	texts := []fyne.ThemeColorName{theme.ColorNameForeground, colorMuted, theme.ColorNameDisabled, theme.ColorNamePlaceHolder,
		theme.ColorNamePrimary, theme.ColorNameSuccess, theme.ColorNameWarning, theme.ColorNameError}
	grounds := []fyne.ThemeColorName{theme.ColorNameBackground, colorSurface, colorSide, colorCode}
	for variant, name := range []string{"light", "dark"} {
		for _, text := range texts {
			for _, ground := range grounds {
				if c := contrast(colours[text][variant], colours[ground][variant]); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f, less than 4.5", name, text, ground, c)
				}
			}
		}
		if c := contrast(colours[theme.ColorNameForegroundOnPrimary][variant], colours[theme.ColorNamePrimary][variant]); c < 4.5 {
			t.Errorf("%s: text on a button has a contrast of %.2f", name, c)
		}
	}
}
