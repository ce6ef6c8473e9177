package dcerpc

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
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

// golden asserts that m has exactly these bytes, that they decode to m, and that
// every shorter piece is refused.
func golden[T any](t *testing.T, m *T, encode func(*T) []byte, decode func([]byte) (*T, error), want string) {
	t.Helper()
	b := encode(m)
	if !bytes.Equal(b, unhex(t, want)) {
		t.Errorf("%T\n got %x\nwant %x", m, b, unhex(t, want))
	}
	got, err := decode(b)
	if err != nil || !reflect.DeepEqual(got, m) {
		t.Errorf("decoded %+v, %v, want %+v", got, err, m)
	}
	var malformed *wire.Error
	for n := range b {
		if _, err := decode(b[:n]); !errors.As(err, &malformed) {
			t.Errorf("%T cut to %d bytes: %v", m, n, err)
		}
	}
}

// fuzz asserts that whatever decodes has an encoding that decodes to the same.
func fuzz[T any](f *testing.F, encode func(*T) []byte, decode func([]byte) (*T, error), seeds ...*T) {
	f.Add([]byte{})
	for _, s := range seeds {
		f.Add(encode(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decode(b)
		if err != nil {
			return
		}
		again, err := decode(encode(m))
		if err != nil || !reflect.DeepEqual(m, again) {
			t.Errorf("%+v became %+v, %v", m, again, err)
		}
	})
}

var handle = Handle{4: 0xAA, 19: 0xBB}

const handleHex = "00000000 AA0000000000000000000000000000BB"
