package emsmdb

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// unhex reads bytes as a specification prints them.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "|", "", "\n", "", "\t", "").Replace(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// capture reads testdata/name.hex, where lines with # are remarks.
func capture(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".hex"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return unhex(t, strings.Join(lines, ""))
}

func wantBytes(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s\n got %x\nwant %x", what, got, want)
	}
}

// fuzzBody asserts that whatever decodes has one encoding, that this encoding
// decodes again, and that nothing panics.
func fuzzBody[T interface{ Encode() []byte }](f *testing.F, decode func([]byte) (T, error), seeds ...[]byte) {
	f.Add([]byte{})
	f.Add(make([]byte, 8))
	f.Add(append([]byte{5, 0, 0, 0}, make([]byte, 4)...))
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decode(b)
		if err != nil {
			return
		}
		first := m.Encode()
		again, err := decode(first)
		if err != nil {
			t.Fatalf("own encoding %x of %x: %v", first, b, err)
		}
		wantBytes(t, "second encoding", again.Encode(), first)
	})
}

// testGUID has no two equal bytes, so that a shifted field shows.
var testGUID = wire.GUID{0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF}
