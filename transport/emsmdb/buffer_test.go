package emsmdb

import (
	"bytes"
	"errors"
	"testing"
)

func TestUnpackBuffersChain(t *testing.T) {
	b := unhex(t, "0000 0000 0200 0200 | 6162 || 0000 0602 0200 0200 | C6C1")
	b[10] = byte(XorMagic) // the middle one
	payloads, p, err := UnpackBuffers(append(b[:10:10], unhex(t, "0000 0600 0200 0200 | C6C1")...))
	if err != nil || p != Plain || len(payloads) != 2 || string(payloads[0]) != "ab" || string(payloads[1]) != "cd" {
		t.Errorf("%q, %v, %v", payloads, p, err)
	}
}

func TestPackBuffersMarksTheLast(t *testing.T) {
	got := PackBuffers([][]byte{[]byte("ab"), []byte("cd")}, XorMagic|0xFF0C)
	wantBytes(t, "chain", got, unhex(t, "0000 0200 0200 0200 C4C7 | 0000 0600 0200 0200 C6C1"))
}

func TestPackBuffersCutsWhatNoHeaderCanSay(t *testing.T) {
	payloads, _, err := UnpackBuffers(PackBuffers([][]byte{make([]byte, MaxPayload+1)}, Plain))
	if err != nil || len(payloads) != 1 || len(payloads[0]) != MaxPayload {
		t.Errorf("%d payloads, %v", len(payloads), err)
	}
}

func TestUnpackBuffersRefuses(t *testing.T) {
	for name, b := range map[string]string{
		"half a header":            "0000 0400 0200",
		"payload cut short":        "0000 0400 0300 0300 6162",
		"another version":          "0100 0400 0200 0200 6162",
		"sizes that do not agree":  "0000 0400 0200 0300 6162",
		"no last buffer":           "0000 0000 0200 0200 6162",
		"bytes behind the last":    "0000 0400 0200 0200 6162 00",
		"compressed and not whole": "0000 0500 0500 0300 00000000 61",
	} {
		if _, _, err := UnpackBuffers(unhex(t, b)); !errors.Is(err, ErrBuffer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnpackBuffersKeepsWhatCameBeforeTheFault(t *testing.T) {
	payloads, _, err := UnpackBuffers(unhex(t, "0000 0000 0200 0200 6162 | 0900"))
	if !errors.Is(err, ErrBuffer) || len(payloads) != 1 || string(payloads[0]) != "ab" {
		t.Errorf("%q, %v", payloads, err)
	}
}

// TestUnpackBuffersBomb chains buffers that each unpack to the most one can.
func TestUnpackBuffersBomb(t *testing.T) {
	one := PackBuffers([][]byte{make([]byte, MaxPayload)}, Compress)
	one[2] &^= flagLast
	bomb := bytes.Repeat(one, 2*maxUnpacked/MaxPayload)
	payloads, _, err := UnpackBuffers(bomb)
	total := 0
	for _, p := range payloads {
		total += len(p)
	}
	if !errors.Is(err, ErrBuffer) || total > maxUnpacked || total < maxUnpacked-MaxPayload {
		t.Errorf("%d bytes became %d, %v", len(bomb), total, err)
	}
}

func FuzzUnpackBuffers(f *testing.F) {
	f.Add(capture(f, "gromox-execute-roplogon-ropbuffer"))
	f.Add(PackBuffers([][]byte{bytes.Repeat([]byte("abc"), 99), []byte("x")}, Compress|XorMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		payloads, p, err := UnpackBuffers(b)
		total := 0
		for _, payload := range payloads {
			total += len(payload)
		}
		if total > maxUnpacked {
			t.Fatalf("%d bytes", total)
		}
		if err != nil {
			return
		}
		again, _, err := UnpackBuffers(PackBuffers(payloads, p))
		if err != nil || len(again) != len(payloads) {
			t.Fatalf("%d payloads became %d, %v", len(payloads), len(again), err)
		}
		for i := range again {
			wantBytes(t, "payload", again[i], payloads[i])
		}
	})
}
