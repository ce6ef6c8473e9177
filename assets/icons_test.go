package assets_test

import (
	"bytes"
	"image/png"
	"testing"

	"github.com/mapiscope/mapiscope/assets"
)

func TestEveryIconHasAllForms(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{assets.IconWorking, assets.IconWarning, assets.IconFailing, assets.IconPaused, assets.IconChecking, assets.IconUnknown, assets.IconApp} {
		p, err := png.Decode(bytes.NewReader(assets.PNG(name)))
		if err != nil {
			t.Fatalf("%s.png: %v", name, err)
		}
		if b := p.Bounds(); b.Dx() != b.Dy() || b.Dx() < 64 {
			t.Errorf("%s.png is %v, want a square of 64 pixels or more", name, b)
		}
		if ico := assets.ICO(name); len(ico) < 6 || ico[2] != 1 {
			t.Errorf("%s.ico is no icon file", name)
		}
		if !bytes.HasPrefix(assets.SVG(name), []byte("<svg ")) {
			t.Errorf("%s.svg is no drawing", name)
		}
		if twin, ok := seen[string(assets.PNG(name))]; ok {
			t.Errorf("%s and %s look the same", name, twin)
		}
		seen[string(assets.PNG(name))] = name
	}
}
