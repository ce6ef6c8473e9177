package auth

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth/spnego"
)

// challengeOf is a CHALLENGE_MESSAGE with these flags and target information.
func challengeOf(flags uint32, info []byte) []byte {
	b := append([]byte(ntlmSignature), 2, 0, 0, 0)
	b = append(b, make([]byte, 8)...) // no target name
	b = binary.LittleEndian.AppendUint32(b, flags)
	b = append(b, "\x01\x23\x45\x67\x89\xab\xcd\xef"...)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(info)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(info)))
	b = binary.LittleEndian.AppendUint32(b, 56)
	b = append(b, make([]byte, 8)...) // version
	return append(b, info...)
}

func bytesOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const goodFlags = flagUnicode | flagTargetInfo | 0x60080230

func TestParseNTLMChallenge(t *testing.T) {
	for name, c := range map[string]struct {
		message []byte
		ok      bool
	}{
		"good":            {challengeOf(goodFlags, bytesOf(t, "020002004100"+"07000800000000000000d601"+"00000000")), true},
		"empty":           {nil, false},
		"short":           {challengeOf(goodFlags, nil)[:40], false},
		"no target info":  {challengeOf(goodFlags, nil), false},
		"only the end":    {challengeOf(goodFlags, bytesOf(t, "00000000")), false},
		"no end":          {challengeOf(goodFlags, bytesOf(t, "020002004100")), false},
		"short flags":     {challengeOf(goodFlags, bytesOf(t, "06000200010000000000")), false},
		"short timestamp": {challengeOf(goodFlags, bytesOf(t, "07000200010000000000")), false},
		"no Unicode":      {challengeOf(flagTargetInfo, bytesOf(t, "02000200410000000000")), false},
		"other type":      {append([]byte(ntlmSignature), 3, 0, 0, 0), false},
	} {
		info, err := ParseNTLMChallenge(c.message)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && (info.NetBIOSDomain != "A" || info.Time.Year() < 1601) {
			t.Errorf("%s: %+v", name, info)
		}
	}
}

func TestNTLMRefusesOddAnswers(t *testing.T) {
	c := Credential{User: "alice", Password: NewSecret("x")}
	for name, challenge := range map[string][]byte{
		"nothing":          nil,
		"rejected":         spnego.Resp(spnego.Rejected, nil, false),
		"other mechanism":  spnego.Resp(spnego.Incomplete, nil, true),
		"rubbish in token": spnego.Resp(spnego.Incomplete, []byte("x"), true),
	} {
		h, err := NegotiateNTLM(c, NTLMOptions{}).Start(t.Context(), Target{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Next(nil); err != nil {
			t.Fatal(err)
		}
		if token, err := h.Next(challenge); err == nil || token != nil || h.Done() {
			t.Errorf("%s: token %x, %v", name, token, err)
		}
	}
}

func TestEmptyCredentialIsNotAnonymous(t *testing.T) {
	for _, c := range []Credential{{}, {User: "alice"}, {Password: NewSecret("x")}, {User: `CONTOSO\`, Password: NewSecret("x")}} {
		for _, m := range []Mechanism{Basic(c), NTLM(c, NTLMOptions{}), NegotiateNTLM(c, NTLMOptions{})} {
			if _, err := m.Start(t.Context(), Target{}); err == nil {
				t.Errorf("%s starts with %q", m.Authn(), c.User)
			}
		}
	}
}

func TestChannelBinding(t *testing.T) {
	sum256, sum384, sum512 := sha256.Sum256([]byte("der")), sha512.Sum384([]byte("der")), sha512.Sum512([]byte("der"))
	for a, want := range map[x509.SignatureAlgorithm][]byte{
		x509.SHA1WithRSA: sum256[:], x509.SHA256WithRSA: sum256[:], x509.ECDSAWithSHA384: sum384[:], x509.SHA512WithRSAPSS: sum512[:],
	} {
		got := ChannelBinding(&x509.Certificate{Raw: []byte("der"), SignatureAlgorithm: a})
		if string(got) != "tls-server-end-point:"+string(want) {
			t.Errorf("%s: %x", a, got)
		}
	}
	if ChannelBinding(nil) != nil || ChannelBinding(&x509.Certificate{SignatureAlgorithm: x509.PureEd25519}) != nil {
		t.Error("a binding where there is none")
	}
	if BindingHash(nil) != [16]byte{} || BindingHash([]byte("x")) == [16]byte{} {
		t.Error("BindingHash")
	}
}

// FuzzNTLMAnswer feeds hostile challenges to the whole client side.
func FuzzNTLMAnswer(f *testing.F) {
	good := challengeOf(goodFlags, bytesOf(f, "020002004100"+"07000800000000000000d601"+"00000000"))
	f.Add(good)
	f.Add(spnego.Resp(spnego.Incomplete, good, true))
	m := NegotiateNTLM(Credential{User: "alice", Domain: "CONTOSO", Password: NewSecret("x")}, NTLMOptions{})
	leaf := &x509.Certificate{Raw: []byte("der"), SignatureAlgorithm: x509.ECDSAWithSHA256}
	f.Fuzz(func(t *testing.T, challenge []byte) {
		h, err := m.Start(t.Context(), Target{Leaf: leaf})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Next(nil); err != nil {
			t.Fatal(err)
		}
		if token, err := h.Next(challenge); (err == nil) != h.Done() || (err == nil) != (len(token) > 0) {
			t.Errorf("token of %d bytes, done %v, %v", len(token), h.Done(), err)
		}
	})
}
