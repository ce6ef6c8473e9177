package exchangetest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// FuzzServer hands any request to the server, signed in and inside a session
// context: it must answer, whatever comes.
func FuzzServer(f *testing.F) {
	s, err := Start(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	u := &s.users[0]
	payload, err := (&rop.RequestBuffer{Requests: []rop.Request{rop.PrivateLogon(u.LegacyDN), &rop.GetStoreStateRequest{}}, Handles: []uint32{rop.NoHandle}}).Encode()
	if err != nil {
		f.Fatal(err)
	}
	bind, err := (&nspi.BindRequest{Stat: nspi.DefaultStat()}).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("/mapi/emsmdb/", "Connect", (&emsmdb.ConnectRequest{UserDN: u.LegacyDN}).Encode())
	f.Add("/mapi/emsmdb/", "Execute", (&emsmdb.ExecuteRequest{ROPs: [][]byte{payload}, MaxRopOut: 0x8008}).Encode())
	f.Add("/mapi/nspi/", "Bind", bind)
	for _, op := range endpoints["nspi"] {
		f.Add("/mapi/nspi/", op.name, bind)
	}
	f.Add("/autodiscover/autodiscover.xml", "", []byte(strings.ReplaceAll(poxRequestBody, "ADDRESS", u.Address)))
	f.Add("/autodiscover/autodiscover.json/v1.0/alice@contoso.test", "", []byte(nil))
	f.Fuzz(func(t *testing.T, path, kind string, body []byte) {
		if kind == "NotificationWait" || !strings.HasPrefix(path, "/") {
			return // a wait is meant to last
		}
		r := httptest.NewRequest(http.MethodPost, "https://mail.contoso.test/", strings.NewReader(string(body)))
		r.URL.Path, r.URL.RawQuery = path, "MailboxId="+s.mailboxID(*u)
		r.Header.Set("Content-Length", "1")
		r.Header["X-RequestType"], r.Header["X-RequestId"] = []string{kind}, []string{"{}:1"}
		r.Header["X-Requesttype"], r.Header["X-Requestid"] = []string{kind}, []string{"{}:1"}
		endpoint := "emsmdb"
		if strings.Contains(path, "nspi") {
			endpoint = "nspi"
		}
		x := s.contexts.open(endpoint, u, lifeAfterConnect, newSession(s, u))
		defer s.contexts.close(x)
		s.contexts.leave(x, ordinary)
		r.AddCookie(&http.Cookie{Name: "MapiContext", Value: x.id.String()})
		r.AddCookie(&http.Cookie{Name: "MapiSequence", Value: x.serial.String()})
		r = r.WithContext(context.WithValue(r.Context(), connKey{}, &conn{site: s.sites[0], tls: true, auth: connAuth{user: u, scheme: "NTLM"}}))
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		s.Forget()
		if w.Code < 200 || w.Code > 599 {
			t.Errorf("status %d", w.Code)
		}
	})
}
