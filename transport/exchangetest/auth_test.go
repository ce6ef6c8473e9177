package exchangetest

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/bodgit/ntlmssp"
)

// signIn asks for the status page with NTLM under the name of scheme, and gives
// the last status, the leaf seen and the client.
func (s *Server) signIn(t *testing.T, scheme, user, password string, bind func(leaf *x509.Certificate) *ntlmssp.ChannelBindings) (*http.Client, *http.Response) {
	t.Helper()
	hc := s.Client()
	t.Cleanup(hc.CloseIdleConnections)
	n, err := ntlmssp.NewClient(ntlmssp.SetUserInfo(user, password), ntlmssp.SetDomain("CONTOSO"), ntlmssp.SetVersion(ntlmssp.DefaultVersion()))
	if err != nil {
		t.Fatal(err)
	}
	token, err := n.Authenticate(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp := s.leg(t, hc, scheme+" "+base64.StdEncoding.EncodeToString(token))
	var challenge []byte
	for _, line := range resp.Header.Values("Www-Authenticate") {
		if v, ok := strings.CutPrefix(line, scheme+" "); ok {
			if challenge, err = base64.StdEncoding.DecodeString(v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if challenge == nil {
		t.Fatalf("no challenge in %v", resp.Header)
	}
	token, err = n.Authenticate(challenge, bind(resp.TLS.PeerCertificates[0]))
	if err != nil {
		t.Fatal(err)
	}
	return hc, s.leg(t, hc, scheme+" "+base64.StdEncoding.EncodeToString(token))
}

func (s *Server) leg(t *testing.T, hc *http.Client, authorization string) *http.Response {
	t.Helper()
	req, err := http.NewRequest("GET", s.MailStoreURL(s.User(0)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := hc.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return resp
}

func right(leaf *x509.Certificate) *ntlmssp.ChannelBindings {
	h := sha256.Sum256(leaf.Raw)
	return &ntlmssp.ChannelBindings{ApplicationData: append([]byte("tls-server-end-point:"), h[:]...)}
}

func wrong(*x509.Certificate) *ntlmssp.ChannelBindings {
	return &ntlmssp.ChannelBindings{ApplicationData: []byte("tls-server-end-point:nope")}
}

func none(*x509.Certificate) *ntlmssp.ChannelBindings { return nil }

func TestExtendedProtection(t *testing.T) {
	for _, test := range []struct {
		ep     ExtendedProtection
		what   string
		bind   func(*x509.Certificate) *ntlmssp.ChannelBindings
		status int
	}{
		{EPNone, "none", none, 200}, {EPNone, "right", right, 200}, {EPNone, "wrong", wrong, 200},
		{EPAllow, "none", none, 200}, {EPAllow, "right", right, 200}, {EPAllow, "wrong", wrong, 401},
		{EPRequire, "none", none, 401}, {EPRequire, "right", right, 200}, {EPRequire, "wrong", wrong, 401},
	} {
		for _, scheme := range []string{"NTLM", "Negotiate"} {
			s := start(t, Options{ExtendedProtection: test.ep})
			if _, resp := s.signIn(t, scheme, "alice", s.User(0).Password, test.bind); resp.StatusCode != test.status {
				t.Errorf("%s, %v, %s binding: %s", scheme, test.ep, test.what, resp.Status)
			}
		}
	}
}

func TestSignInBelongsToConnection(t *testing.T) {
	s := start(t, Options{})
	hc, resp := s.signIn(t, "NTLM", "alice", s.User(0).Password, none)
	if resp.StatusCode != 200 {
		t.Fatal(resp.Status)
	}
	if resp := s.leg(t, hc, ""); resp.StatusCode != 200 || resp.Header.Get("Persistent-Auth") != "true" {
		t.Errorf("same connection: %s", resp.Status)
	}
	hc.CloseIdleConnections()
	if resp := s.leg(t, hc, ""); resp.StatusCode != 401 {
		t.Errorf("new connection: %s", resp.Status)
	}
	records := s.Requests()
	var conns []int
	for _, r := range records {
		conns = append(conns, r.Conn)
	}
	if len(records) != 4 || conns[0] != conns[2] || conns[3] == conns[0] {
		t.Fatalf("connections %v", conns)
	}
	if records[0].Credential || !records[1].Credential || records[1].User != `CONTOSO\alice` || records[2].User != `CONTOSO\alice` || records[3].User != "" {
		t.Errorf("records %+v", records)
	}
}

func TestRefusedSignIn(t *testing.T) {
	s := start(t, Options{})
	if _, resp := s.signIn(t, "NTLM", "alice", "wrong", none); resp.StatusCode != 401 || len(resp.Header.Values("Www-Authenticate")) != 3 || resp.Header.Get("X-FailureContext") == "" {
		t.Errorf("wrong password: %s, %v", resp.Status, resp.Header)
	}
	if _, resp := s.signIn(t, "Negotiate", "carol", s.User(2).Password, none); resp.StatusCode != 401 {
		t.Errorf("disabled account: %s", resp.Status)
	}
	for _, test := range []struct {
		login, password string
		status          int
	}{
		{`CONTOSO\alice`, s.User(0).Password, 200}, {"ALICE@contoso.test", s.User(0).Password, 200},
		{`CONTOSO\alice`, "wrong", 401}, {`CONTOSO\carol`, s.User(2).Password, 401}, {`CONTOSO\zoe`, "x", 401},
	} {
		r := s.get(t, s.MailStoreURL(s.User(0)), func(q *http.Request) { q.SetBasicAuth(test.login, test.password) })
		if r.StatusCode != test.status {
			t.Errorf("Basic, %s: %s, want %d", test.login, r.Status, test.status)
		}
	}
}

func TestOfferedSchemes(t *testing.T) {
	s := start(t, Options{Schemes: []string{"Negotiate", "NTLM"}})
	alice := s.User(0)
	r := s.get(t, s.MailStoreURL(alice), func(q *http.Request) { q.SetBasicAuth(alice.Login, alice.Password) })
	if got := r.Header.Values("Www-Authenticate"); r.StatusCode != 401 || strings.Join(got, ",") != "Negotiate,NTLM" {
		t.Errorf("Basic where it is not offered: %s, %v", r.Status, got)
	}
	if len(s.Requests()) != 1 || s.Requests()[0].Scheme != "Basic" || s.Requests()[0].User != "" {
		t.Errorf("records %+v", s.Requests())
	}
}
