package spnego

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	token := []byte("NTLMSSP\x00\x01")
	in, err := Parse(Init(token))
	if err != nil || !in.Init || !bytes.Equal(in.MechToken, token) || len(in.Mechs) != 1 || !in.Mechs[0].Equal(NTLM) {
		t.Errorf("init: %+v, %v", in, err)
	}
	for _, s := range []State{Completed, Incomplete, Rejected, RequestMIC} {
		out, err := Parse(Resp(s, token, true))
		if err != nil || out.Init || out.State != s || !bytes.Equal(out.MechToken, token) || !out.Mechs[0].Equal(NTLM) {
			t.Errorf("resp %d: %+v, %v", s, out, err)
		}
	}
	if out, err := Parse(Resp(Completed, nil, false)); err != nil || out.MechToken != nil || out.Mechs != nil {
		t.Errorf("bare resp: %+v, %v", out, err)
	}
}

// RFC 4178 4.2.1 by hand: [APPLICATION 0] { SPNEGO, [0] { { [0] { { NTLMSSP } }, [2] "" } } }.
func TestKnownBytes(t *testing.T) {
	want := "6020" + "06062b0601050502" + "a0163014" + "a00e300c060a2b06010401823702020a" + "a2020400"
	if got := hex.EncodeToString(Init(nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Init([]byte("x")))
	f.Add(Resp(Incomplete, []byte("x"), true))
	f.Fuzz(func(t *testing.T, b []byte) {
		token, err := Parse(b)
		if err == nil && len(token.MechToken) > len(b) {
			t.Error("more token than input")
		}
	})
}
