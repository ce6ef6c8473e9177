package main

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

const drawing = "../../assets/icons/app.svg"

// TestICNS reads the file as macOS does: lengths that add up, a PNG of the size that
// each type stands for.
func TestICNS(t *testing.T) {
	b, err := icns(drawing)
	if err != nil {
		t.Fatal(err)
	}
	if string(b[:4]) != "icns" || int(binary.BigEndian.Uint32(b[4:])) != len(b) {
		t.Fatalf("head %q of %d bytes", b[:8], len(b))
	}
	sizes := map[string]int{"ic11": 32, "ic12": 64, "ic07": 128, "ic13": 256, "ic08": 256, "ic14": 512, "ic09": 512, "ic10": 1024}
	for at := 8; at < len(b); {
		kind, length := string(b[at:at+4]), int(binary.BigEndian.Uint32(b[at+4:]))
		picture, err := png.DecodeConfig(bytes.NewReader(b[at+8 : at+length]))
		if err != nil || picture.Width != sizes[kind] || picture.Height != sizes[kind] {
			t.Errorf("%s: %d by %d, %v", kind, picture.Width, picture.Height, err)
		}
		delete(sizes, kind)
		at += length
	}
	if len(sizes) > 0 {
		t.Errorf("missing: %v", sizes)
	}
}

func TestHicolor(t *testing.T) {
	dir := t.TempDir()
	if err := hicolor(drawing, dir, "mapiscope"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "48x48", "apps", "mapiscope.png"))
	if err != nil {
		t.Fatal(err)
	}
	if picture, err := png.DecodeConfig(bytes.NewReader(b)); err != nil || picture.Width != 48 {
		t.Errorf("%d pixels, %v", picture.Width, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "scalable", "apps", "mapiscope.svg")); err != nil {
		t.Error(err)
	}
}

// TestEmbeddedIsRendered: what is embedded is what the drawing gives today.
func TestEmbeddedIsRendered(t *testing.T) {
	want, err := render(drawing, 256)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../assets/icons/app.png")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("app.png is not app.svg: go run ./packaging/icons embed assets/icons")
	}
}
