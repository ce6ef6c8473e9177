package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
)

// hicolor writes the sizes that desktops ask for as DIR/NxN/apps/NAME.png, and the
// drawing as DIR/scalable/apps/NAME.svg.
func hicolor(drawing, dir, name string) error {
	for _, n := range []int{16, 22, 24, 32, 48, 64, 128, 256, 512} {
		p, err := render(drawing, n)
		if err != nil {
			return err
		}
		if err := put(filepath.Join(dir, fmt.Sprintf("%dx%d", n, n), "apps", name+".png"), p); err != nil {
			return err
		}
	}
	svg, err := os.ReadFile(drawing)
	if err != nil {
		return err
	}
	return put(filepath.Join(dir, "scalable", "apps", name+".svg"), svg)
}

func put(file string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o644)
}

// icns is the icon file of macOS: a head, then one block for each size, each with
// its type, its length and a PNG (macOS 10.7 and later read PNG in all of these).
func icns(drawing string) ([]byte, error) {
	blocks := []struct {
		kind string
		size int
	}{
		{"ic11", 32}, {"ic12", 64}, // 16 and 32 points on a fine display
		{"ic07", 128}, {"ic13", 256}, {"ic08", 256}, {"ic14", 512}, {"ic09", 512}, {"ic10", 1024},
	}
	out := []byte("icns\x00\x00\x00\x00")
	for _, b := range blocks {
		p, err := render(drawing, b.size)
		if err != nil {
			return nil, err
		}
		out = append(out, b.kind...)
		out = binary.BigEndian.AppendUint32(out, uint32(8+len(p)))
		out = append(out, p...)
	}
	binary.BigEndian.PutUint32(out[4:], uint32(len(out)))
	return out, nil
}
