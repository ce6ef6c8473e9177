// Command icons renders the drawings of assets/icons:
//
//	icons embed assets/icons          NAME.png and NAME.ico beside each NAME.svg, which are embedded
//	icons hicolor DRAWING FOLDER NAME the sizes that Linux desktops look for
//	icons icns DRAWING FILE           the icon of a macOS bundle
//
// The first is run by hand when a drawing has changed, the others by the packaging.
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "icons:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	what := ""
	if len(args) > 0 {
		what = args[0]
	}
	switch {
	case what == "embed" && len(args) == 2:
		return embed(args[1])
	case what == "hicolor" && len(args) == 4:
		return hicolor(args[1], args[2], args[3])
	case what == "icns" && len(args) == 3:
		b, err := icns(args[1])
		if err != nil {
			return err
		}
		return put(args[2], b)
	}
	return errors.New("usage: icons embed FOLDER | hicolor DRAWING FOLDER NAME | icns DRAWING FILE")
}

func embed(folder string) error {
	drawings, err := filepath.Glob(filepath.Join(folder, "*.svg"))
	for _, d := range drawings {
		if err == nil {
			err = convert(d)
		}
	}
	return err
}

// convert writes NAME.png (64 pixels; 256 for the application itself) and
// NAME.ico (Windows wants one) beside NAME.svg.
func convert(drawing string) error {
	base := strings.TrimSuffix(drawing, ".svg")
	size := 64
	if filepath.Base(base) == "app" {
		size = 256
	}
	picture, err := render(drawing, size)
	if err != nil {
		return fmt.Errorf("%s: %w", drawing, err)
	}
	var sizes [][]byte
	for _, n := range []int{16, 24, 32, 48, 256} {
		p, err := render(drawing, n)
		if err != nil {
			return err
		}
		sizes = append(sizes, p)
	}
	if err := os.WriteFile(base+".png", picture, 0o644); err != nil {
		return err
	}
	return os.WriteFile(base+".ico", ico(sizes), 0o644)
}

func render(drawing string, size int) ([]byte, error) {
	icon, err := oksvg.ReadIcon(drawing, oksvg.StrictErrorMode)
	if err != nil {
		return nil, err
	}
	icon.SetTarget(0, 0, float64(size), float64(size))
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	icon.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, img, img.Bounds())), 1)
	var out bytes.Buffer
	err = png.Encode(&out, img)
	return out.Bytes(), err
}

// ico puts PNG pictures into one icon file: a directory of 16-byte entries, then
// the pictures (Windows Vista and later read PNG in icons).
func ico(pictures [][]byte) []byte {
	le := binary.LittleEndian
	out := le.AppendUint16([]byte{0, 0, 1, 0}, uint16(len(pictures)))
	at := 6 + 16*len(pictures)
	for _, p := range pictures {
		cfg, _ := png.DecodeConfig(bytes.NewReader(p))
		edge := byte(cfg.Width) // 256 is written as 0
		out = append(out, edge, edge, 0, 0, 1, 0, 32, 0)
		out = le.AppendUint32(out, uint32(len(p)))
		out = le.AppendUint32(out, uint32(at))
		at += len(p)
	}
	for _, p := range pictures {
		out = append(out, p...)
	}
	return out
}
