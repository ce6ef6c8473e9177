package acceptor

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/spnego"
)

func contoso() *NTLM {
	return &NTLM{Domain: "CONTOSO", Computer: "EX01", DNS: "contoso.test",
		Password: func(domain, user string) (string, bool) {
			known := domain == "CONTOSO" && user == "alice" || domain == "" && user == "alice@contoso.test"
			return "Pässw0rd!", known
		}}
}

// leafOf is a certificate as far as channel bindings look at one.
func leafOf(raw string) *x509.Certificate {
	return &x509.Certificate{Raw: []byte(raw), SignatureAlgorithm: x509.ECDSAWithSHA256}
}

var alice = auth.Credential{User: `CONTOSO\alice`, Password: auth.NewSecret("Pässw0rd!")}

// signIn runs a whole handshake between the client and c; change may alter the
// client's messages on their way.
func signIn(t *testing.T, m auth.Mechanism, clientLeaf *x509.Certificate, c *Conn, b Bindings, change func(leg int, token []byte)) (*Identity, error) {
	t.Helper()
	h, err := m.Start(t.Context(), auth.Target{Host: "mail.contoso.test", Leaf: clientLeaf})
	if err != nil {
		t.Fatal(err)
	}
	var challenge []byte
	for leg := 1; leg < 4; leg++ {
		token, err := h.Next(challenge)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			token = bytes.Clone(token) // the client keeps its own for the integrity code
			change(leg, token)
		}
		reply, who, err := c.Step(token, b)
		if err != nil || who != nil {
			return who, err
		}
		challenge = reply
	}
	t.Fatal("the handshake does not end")
	return nil, nil
}

func TestBindings(t *testing.T) {
	right, wrong := leafOf("right"), leafOf("wrong")
	cases := []struct {
		mode   Bindings
		client *x509.Certificate
		want   error
	}{
		{Off, nil, nil}, {Off, right, nil}, {Off, wrong, nil},
		{Allow, nil, nil}, {Allow, right, nil}, {Allow, wrong, ErrBindings},
		{Require, nil, ErrNoBindings}, {Require, right, nil}, {Require, wrong, ErrBindings},
	}
	mechanisms := map[string]auth.Mechanism{
		"NTLM":             auth.NTLM(alice, auth.NTLMOptions{}),
		"Negotiate raw":    auth.NegotiateNTLM(alice, auth.NTLMOptions{}),
		"Negotiate SPNEGO": auth.NegotiateNTLM(alice, auth.NTLMOptions{SPNEGO: true}),
	}
	for name, m := range mechanisms {
		for _, c := range cases {
			t.Run(fmt.Sprintf("%s/%d/%v", name, c.mode, c.client == right), func(t *testing.T) {
				who, err := signIn(t, m, c.client, contoso().Accept(right), c.mode, nil)
				if !errors.Is(err, c.want) {
					t.Fatalf("got %v, want %v", err, c.want)
				}
				if err == nil && *who != (Identity{"CONTOSO", "alice"}) {
					t.Errorf("signed in as %v", *who)
				}
			})
		}
	}
}

func TestNoBindingsOption(t *testing.T) {
	leaf := leafOf("right")
	m := auth.NTLM(alice, auth.NTLMOptions{NoBindings: true})
	if _, err := signIn(t, m, leaf, contoso().Accept(leaf), Require, nil); !errors.Is(err, ErrNoBindings) {
		t.Errorf("got %v", err)
	}
}

func TestAccounts(t *testing.T) {
	for _, c := range []struct {
		user, password string
		want           error
	}{
		{"alice@contoso.test", "Pässw0rd!", nil},
		{`CONTOSO\ALICE`, "Pässw0rd!", ErrUnknown}, // the look-up's own rule
		{`CONTOSO\alice`, "passw0rd!", ErrPassword},
		{`CONTOSO\bob`, "Pässw0rd!", ErrUnknown},
	} {
		m := auth.NTLM(auth.Credential{User: c.user, Password: auth.NewSecret(c.password)}, auth.NTLMOptions{})
		if _, err := signIn(t, m, nil, contoso().Accept(nil), Off, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.user, err, c.want)
		}
	}
}

func TestChangedMessagesAreRefused(t *testing.T) {
	m := auth.NTLM(alice, auth.NTLMOptions{Workstation: "PC1"})
	flip := func(leg, at int) func(int, []byte) {
		return func(l int, token []byte) {
			if l == leg {
				token[at] ^= 0x20
			}
		}
	}
	for name, c := range map[string]struct {
		change func(int, []byte)
		want   error
	}{
		"NEGOTIATE flags":    {flip(1, 14), ErrMIC},
		"integrity code":     {flip(2, micAt), ErrMIC},
		"AUTHENTICATE flags": {flip(2, 62), ErrMIC},
		"response":           {func(l int, b []byte) { flipResponse(l, b) }, ErrPassword},
	} {
		if _, err := signIn(t, m, nil, contoso().Accept(nil), Off, c.change); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func flipResponse(leg int, token []byte) {
	if leg == 2 {
		at := int(token[24]) | int(token[25])<<8 // NtChallengeResponse offset
		token[at] ^= 1
	}
}

func TestOutOfTurn(t *testing.T) {
	server := contoso()
	first, second := server.Accept(nil), server.Accept(nil)
	h, _ := auth.NTLM(alice, auth.NTLMOptions{}).Start(t.Context(), auth.Target{})
	negotiate, _ := h.Next(nil)
	challenge, _, err := first.Step(negotiate, Off)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := h.Next(challenge)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := second.Step(answer, Off); !errors.Is(err, ErrOutOfTurn) {
		t.Errorf("on another connection: %v", err)
	}
	if _, who, err := first.Step(answer, Off); err != nil || who == nil {
		t.Errorf("on the right one: %v", err)
	}
	if _, _, err := first.Step(answer, Off); !errors.Is(err, ErrOutOfTurn) {
		t.Errorf("replayed: %v", err)
	}
}

func TestNTLMv1IsRefused(t *testing.T) {
	c := contoso().Accept(nil)
	h, _ := auth.NTLM(alice, auth.NTLMOptions{}).Start(t.Context(), auth.Target{})
	negotiate, _ := h.Next(nil)
	challenge, _, _ := c.Step(negotiate, Off)
	answer, _ := h.Next(challenge)
	answer[20], answer[21] = ntlmV1Size, 0
	if _, _, err := c.Step(answer, Off); !errors.Is(err, ErrNTLMv1) {
		t.Errorf("got %v", err)
	}
}

func TestChallengeTellsTheServer(t *testing.T) {
	h, _ := auth.NTLM(alice, auth.NTLMOptions{}).Start(t.Context(), auth.Target{})
	negotiate, _ := h.Next(nil)
	challenge, _, _ := contoso().Accept(nil).Step(negotiate, Off)
	info, err := auth.ParseNTLMChallenge(challenge)
	if err != nil {
		t.Fatal(err)
	}
	if info.NetBIOSDomain != "CONTOSO" || info.DNSComputer != "EX01.contoso.test" || info.Time.IsZero() {
		t.Errorf("%+v", info)
	}
}

func TestKerberosFirstThenNTLM(t *testing.T) {
	c := contoso().Accept(nil)
	init := spnego.Init([]byte("a Kerberos token"))
	reply, _, err := c.Step(init, Off)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := spnego.Parse(reply)
	if err != nil || len(answer.Mechs) != 1 || !answer.Mechs[0].Equal(spnego.NTLM) || answer.MechToken != nil {
		t.Errorf("%+v, %v", answer, err)
	}
}

func FuzzStep(f *testing.F) {
	h, _ := auth.NTLM(alice, auth.NTLMOptions{}).Start(f.Context(), auth.Target{})
	negotiate, _ := h.Next(nil)
	challenge, _, _ := contoso().Accept(nil).Step(negotiate, Off)
	answer, _ := h.Next(challenge)
	for _, b := range [][]byte{negotiate, answer, spnego.Init(negotiate), spnego.Resp(spnego.Incomplete, answer, false)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c := contoso().Accept(leafOf("x"))
		if _, _, err := c.Step(negotiate, Require); err != nil {
			t.Fatal(err)
		}
		before := bytes.Clone(b)
		if _, who, _ := c.Step(b, Require); who != nil {
			t.Errorf("signed in by chance as %v", who)
		}
		if !bytes.Equal(b, before) {
			t.Error("the token was changed")
		}
	})
}
