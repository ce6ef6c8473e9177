package nspi

import (
	"bytes"
	"testing"
)

func TestEntryIDs(t *testing.T) {
	for want, e := range map[string]EntryID{
		"00000000 DCA740C8C042101AB4B908002B2FE182 01000000 00000000 2F6F3D5800": {Provider: ProviderNSPI, DN: "/o=X"},
		"87000000" + guidHex + "01000000 06000000 21000000":                      {Ephemeral: true, Provider: testGUID, DisplayType: DisplayRemoteMailUser, MID: 0x21},
	} {
		b := unhex(t, want)
		wantBytes(t, "encoded", e.Encode(), b)
		got, err := ParseEntryID(b)
		if err != nil || got != e {
			t.Errorf("got %+v, %v; want %+v", got, err, e)
		}
		for n := range b {
			if _, err := ParseEntryID(b[:n]); err == nil {
				t.Errorf("the first %d bytes parse", n)
			}
		}
	}
}

func TestEntryIDRefuses(t *testing.T) {
	for name, b := range map[string]string{
		"another type":    "01000000" + guidHex + "01000000 00000000 00",
		"another version": "00000000" + guidHex + "02000000 00000000 00",
		"leftovers":       "00000000" + guidHex + "01000000 00000000 00 00",
	} {
		if e, err := ParseEntryID(unhex(t, b)); err == nil {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func FuzzParseEntryID(f *testing.F) {
	f.Add(EntryID{Provider: ProviderNSPI, DN: "/o=X"}.Encode())
	f.Add(EntryID{Ephemeral: true, MID: 0x21}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseEntryID(b)
		if err != nil {
			return
		}
		again, err := ParseEntryID(e.Encode())
		if err != nil || again != e {
			t.Fatalf("%x: %+v became %+v, %v", b, e, again, err)
		}
		if tail := e.Encode(); !bytes.Equal(tail[4:], b[4:]) { // the flags in front are not kept
			t.Fatalf("%x became %x", b, tail)
		}
	})
}
