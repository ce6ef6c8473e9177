package emsmdb

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// direct2Vectors are from MS-OXCRPC 3.1.4.1.1.2.2 (the bit mask example, here in
// 32 bits, and the metadata example: 0x0018 is offset 4, length 3) and from
// MS-XCA 3.1, whose plain LZ77 is the same format.
var direct2Vectors = map[string]struct{ plain, packed string }{
	"ABCABCDEF":   {"ABCABCDEF", "00000011 41 42 43 1000 44 45 46"},
	"offset 4":    {"abcdabc", "0000000C 61 62 63 64 1800"},
	"alphabet":    {"abcdefghijklmnopqrstuvwxyz", "3F000000 6162636465666768696A6B6C6D6E6F707172737475767778797A"},
	"abc x 100":   {strings.Repeat("abc", 100), "FFFFFF1F 616263 1700 0F FF 2601"},
	"length 9":    {strings.Repeat("a", 10), "00000060 61 0600"},
	"length 10":   {strings.Repeat("a", 11), "00000060 61 0700 00"},
	"length 24":   {strings.Repeat("a", 25), "00000060 61 0700 0E"},
	"length 25":   {strings.Repeat("a", 26), "00000060 61 0700 0F 00"},
	"length 279":  {strings.Repeat("a", 280), "00000060 61 0700 0F FE"},
	"length 280":  {strings.Repeat("a", 281), "00000060 61 0700 0F FF 1501"},
	"two nibbles": {strings.Repeat("a", 12) + "b" + strings.Repeat("a", 13), "0000004C 61 0700 21 62 61 0700"},
}

func TestDecompressVectors(t *testing.T) {
	for name, v := range direct2Vectors {
		got, err := decompress(unhex(t, v.packed), len(v.plain))
		if err != nil || string(got) != v.plain {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestDecompressRefuses(t *testing.T) {
	for name, v := range map[string]struct {
		packed string
		size   int
	}{
		"nothing at all":           {"", 1},
		"half a bit mask":          {"0000", 1},
		"literals that end":        {"00000000 61", 2},
		"half a token":             {"00000060 61 00", 4},
		"no length byte":           {"00000060 61 0700", 11},
		"no long length byte":      {"00000060 61 0700 0F", 26},
		"half a length word":       {"00000060 61 0700 0F FF 15", 281},
		"before the start":         {"00000060 61 0800", 4},
		"match without a literal":  {"00000080 0000", 3},
		"more than the header has": {"00000060 61 0100", 4},
		"end mark too early":       {"00000060 61 0000", 5},
		"word length of zero":      {"00000060 61 0700 0F FF 0000", 281},
	} {
		got, err := decompress(unhex(t, v.packed), v.size)
		if !errors.Is(err, ErrBuffer) || len(got) > v.size {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestCompressRoundTrip(t *testing.T) {
	far := append(append([]byte("needle"), bytes.Repeat([]byte{0}, matchWindow-6)...), "needle"...)
	tooFar := append(append([]byte("needle"), bytes.Repeat([]byte{0}, matchWindow-5)...), "needle"...)
	inputs := [][]byte{{}, {1}, {1, 1}, far, tooFar, make([]byte, MaxPayload), bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuv"), 40)}
	for _, v := range direct2Vectors {
		inputs = append(inputs, []byte(v.plain))
	}
	for _, in := range inputs {
		packed := compress(in)
		got, err := decompress(packed, len(in))
		if err != nil || !bytes.Equal(got, in) {
			t.Errorf("%d bytes: %v", len(in), err)
		}
	}
	if n := len(compress(make([]byte, MaxPayload))); n > 32 {
		t.Errorf("%d zero bytes became %d", MaxPayload, n)
	}
}

func FuzzDecompress(f *testing.F) {
	for _, v := range direct2Vectors {
		f.Add(unhex(f, v.packed), uint16(len(v.plain)))
	}
	f.Fuzz(func(t *testing.T, b []byte, size uint16) {
		got, err := decompress(b, int(size))
		if len(got) > int(size) || cap(got) > int(size) || err == nil && len(got) != int(size) {
			t.Fatalf("%d bytes, room for %d, wanted %d, %v", len(got), cap(got), size, err)
		}
	})
}

func FuzzCompress(f *testing.F) {
	for _, v := range direct2Vectors {
		f.Add([]byte(v.plain))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decompress(compress(b), len(b))
		if err != nil || !bytes.Equal(got, b) {
			t.Fatalf("%x came back as %x, %v", b, got, err)
		}
	})
}

// BenchmarkDecompress prints how many times slower than a plain copy it is.
func BenchmarkDecompress(b *testing.B) {
	plain := bytes.Repeat([]byte("Inbox\x00IPM.Note\x00\x01\x02Outbox\x00"), 1400)[:32000]
	packed, to := compress(plain), make([]byte, len(plain))
	start := time.Now()
	for range 10000 {
		copy(to, plain)
	}
	floor := float64(time.Since(start)) / 10000
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		if _, err := decompress(packed, len(plain)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/floor, "x-copy")
}
