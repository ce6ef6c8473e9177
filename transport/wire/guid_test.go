package wire

import "testing"

func TestGUIDText(t *testing.T) {
	// GUID_NSPI: its wire bytes are in MS-OXNSPI 2.2.1.7.
	wireBytes := GUID{0xDC, 0xA7, 0x40, 0xC8, 0xC0, 0x42, 0x10, 0x1A, 0xB4, 0xB9, 0x08, 0x00, 0x2B, 0x2F, 0xE1, 0x82}
	const text = "C840A7DC-42C0-1A10-B4B9-08002B2FE182"
	if got := wireBytes.String(); got != text {
		t.Errorf("String %s", got)
	}
	for _, s := range []string{text, "{" + text + "}", "c840a7dc-42c0-1a10-b4b9-08002b2fe182"} {
		if got, err := ParseGUID(s); err != nil || got != wireBytes {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
}

func TestParseGUIDRefuses(t *testing.T) {
	for _, s := range []string{
		"", "{}", "C840A7DC42C01A10B4B908002B2FE182", "C840A7DC-42C0-1A10-B4B9-08002B2FE18",
		"G840A7DC-42C0-1A10-B4B9-08002B2FE182", "C840A7DC-42C0-1A10-B4B9-08002B2FE1822",
		"-840A7DC-42C0-1A10-B4B9-08002B2FE182", "C840A7DC-42C0-1A10-B4B9-0800-B2FE182",
	} {
		if g, err := ParseGUID(s); err == nil {
			t.Errorf("%q is taken as %v", s, g)
		}
	}
}

func TestNewGUID(t *testing.T) {
	a, b := NewGUID(), NewGUID()
	if a == b {
		t.Error("two GUIDs are equal")
	}
	if a.String()[14] != '4' || a[8]&0xC0 != 0x80 {
		t.Errorf("%v is not version 4", a)
	}
}

func TestGUIDRoundTrip(t *testing.T) {
	g := NewGUID()
	w := new(Writer)
	w.GUID(g)
	if got := NewReader(w.Bytes()).GUID(); got != g {
		t.Errorf("%v came back as %v", g, got)
	}
}

func FuzzParseGUID(f *testing.F) {
	f.Add("{C840A7DC-42C0-1A10-B4B9-08002B2FE182}")
	f.Add("C840A7DC-42C0-1A10-B4B9-08002B2FE182")
	f.Fuzz(func(t *testing.T, s string) {
		g, err := ParseGUID(s)
		if err != nil {
			return
		}
		if again, err := ParseGUID(g.String()); err != nil || again != g {
			t.Errorf("%q gave %v, which gave %v, %v", s, g, again, err)
		}
	})
}
