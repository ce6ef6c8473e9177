package nspi

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/props"
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

type encoder interface{ Encode() ([]byte, error) }

func mustEncode(t testing.TB, m encoder) []byte {
	t.Helper()
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// golden asserts that m has exactly these bytes, that they decode to m, and that
// no shorter piece of them does.
func golden[T encoder](t *testing.T, m T, decode func([]byte) (T, error), want string) {
	t.Helper()
	b := unhex(t, want)
	wantBytes(t, "encoded", mustEncode(t, m), b)
	got, err := decode(b)
	if err != nil || !reflect.DeepEqual(got, m) {
		t.Errorf("decoded\n got %+v, %v\nwant %+v", got, err, m)
	}
	for n := range b {
		if _, err := decode(b[:n]); err == nil {
			t.Errorf("the first %d of %d bytes decode", n, len(b))
		}
	}
}

// fuzzBody asserts that whatever decodes has one encoding, that this encoding
// decodes again, and that nothing panics.
func fuzzBody[T encoder](f *testing.F, decode func([]byte) (T, error), seeds ...T) {
	f.Add([]byte{})
	f.Add(make([]byte, 8))
	f.Add(make([]byte, 64))
	f.Add(append([]byte{5, 0, 0, 0}, make([]byte, 8)...))
	for _, s := range seeds {
		f.Add(mustEncode(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decode(b)
		if err != nil {
			return
		}
		first := mustEncode(t, m)
		again, err := decode(first)
		if err != nil {
			t.Fatalf("own encoding %x of %x: %v", first, b, err)
		}
		wantBytes(t, "second encoding", mustEncode(t, again), first)
	})
}

// testStat has no two equal fields, so that a shifted one shows; statHex is it.
func testStat() *Stat {
	return &Stat{SortType: 3, ContainerID: 0x11, CurrentRec: PositionEnd, Delta: -1, NumPos: 5, TotalRecs: 9, CodePage: 1252, TemplateLocale: 0x409, SortLocale: 0x407}
}

const statHex = "FF | 03000000 11000000 02000000 FFFFFFFF 05000000 09000000 E4040000 09040000 07040000"

var testGUID = wire.GUID{0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF}

const guidHex = "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF"

// testColumns and testRow are a row of the address book; tableHex is both with
// their HasColumnsAndRows.
var testColumns = []props.Tag{props.TagSMTPAddress, props.TagDisplayType}

func testRow() []props.Value {
	return []props.Value{{Tag: props.TagSMTPAddress, V: "a@b"}, {Tag: props.TagDisplayType, V: int32(6)}}
}

const tableHex = "FF | 02000000 1F00FE39 03000039 | 01000000 | 00 FF 6100 4000 6200 0000 06000000"
