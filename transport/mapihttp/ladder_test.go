package mapihttp

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// chunked writes body in HTTP chunks of n bytes.
func chunked(body []byte, n int) string {
	var b strings.Builder
	for len(body) > 0 {
		k := min(n, len(body))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", k, body[:k])
		body = body[k:]
	}
	return b.String() + "0\r\n\r\n"
}

func connectOK() string {
	return string((&emsmdb.ConnectResponse{DisplayName: "Alice"}).Encode())
}

func TestState02ChunkBordersInsideTags(t *testing.T) {
	f := newFake(t)
	stream := "PROCESSING\r\nPENDING\r\nDONE\r\nX-ElapsedTime: 31000\r\n\r\n" + connectOK()
	for n := 1; n <= len(stream); n++ {
		f.once("Connect", func(t *turn) {
			t.raw(rawHead("Transfer-Encoding: chunked", "Connection: close") + chunked([]byte(stream), n))
		})
		m := f.mailbox()
		if p, err := m.Connect(t.Context()); err != nil || p.DisplayName != "Alice" {
			t.Fatalf("chunks of %d: %+v %v", n, p, err)
		}
		if got := m.Info().AvgProcessing.Seconds(); got != 31 {
			t.Fatalf("chunks of %d: processing %v s", n, got)
		}
	}
}

func TestState03TagsWithoutLineEnd(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	f.once("NotificationWait", func(t *turn) {
		t.resume(false)
		t.headers(0)
		for _, part := range []string{"PROCESSING\r\n", "PENDING", "PENDING", "PROCESSING\r\nDONE\r\nX-ElapsedTime: 1\r\n\r\n"} {
			t.write(part)
		}
		t.write(string((&emsmdb.NotificationWaitResponse{EventPending: 1}).Encode()))
	})
	w, err := m.NotificationWait(t.Context())
	if err != nil || !w.EventPending || names(&inner{tags: w.Tags}) != "PROCESSING PENDING PENDING PROCESSING DONE" {
		t.Fatalf("%+v, %v", w, err)
	}
}

func TestState04ResponseCodeInAdditionalHeaders(t *testing.T) {
	f := newFake(t)
	for code := 0; code <= 18; code++ {
		f.once("Connect", func(t *turn) {
			t.headers(0)
			fmt.Fprintf(t.w, "PROCESSING\r\nDONE\r\nX-ResponseCode: %d\r\nContent-Type: text/html\r\n\r\n", code)
			if code == 0 {
				io.WriteString(t.w, connectOK())
			} else {
				io.WriteString(t.w, "<p>the reason</p>")
			}
		})
		_, err := f.mailbox().Connect(t.Context())
		if code == 0 {
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		fail := wantFailure(t, err, netpath.PhaseResponseCode)
		if got, _ := fail.Response(); got != ResponseCode(code) || fail.Text != "the reason" {
			t.Errorf("code %d: %+v", code, fail)
		}
		if want := ResponseCode(code).Name(); !strings.Contains(err.Error(), want) {
			t.Errorf("code %d: %q does not name %q", code, err, want)
		}
	}
}

func TestState05NotChunkedWithTags(t *testing.T) {
	f := newFake(t)
	body := "PROCESSING\r\nDONE\r\nX-StartTime: x\r\n\r\n" + connectOK()
	f.once("Connect", func(t *turn) {
		t.raw(rawHead(fmt.Sprintf("Content-Length: %d", len(body)), "Connection: close") + body)
	})
	f.once("Connect", func(t *turn) { t.raw(rawHead("Connection: close") + body) }) // ends with the connection
	f.once("Connect", func(t *turn) {
		t.raw(rawHead(fmt.Sprintf("Content-Length: %d", len(connectOK())), "Connection: close") + connectOK()) // no tags at all
	})
	for range 3 {
		if p, err := f.mailbox().Connect(t.Context()); err != nil || p.DisplayName != "Alice" {
			t.Fatalf("%+v %v", p, err)
		}
	}
}

func TestState06HTMLWithoutResponseCode(t *testing.T) {
	f := newFake(t)
	page := func(size int) func(*turn) {
		return func(t *turn) {
			t.w.Header().Set("Content-Type", "text/html")
			t.w.Header()["Set-Cookie"] = []string{"login=1"}
			io.WriteString(t.w, "<html><head><title>Sign in</title></head><body>Welcome to the corporate proxy"+strings.Repeat(" ", size)+"</body></html>")
		}
	}
	f.once("Connect", page(0))
	f.once("Connect", page(3*MaxBody))
	for range 2 {
		m := f.mailbox()
		_, err := m.Connect(t.Context())
		fail := wantFailure(t, err, netpath.PhaseResponseCode)
		if !errors.Is(err, ErrNotMAPI) || fail.ResponseCode != nil || !strings.Contains(fail.Text, "corporate proxy") {
			t.Errorf("%+v", fail)
		}
		if !strings.Contains(err.Error(), "a proxy or a web page answered") {
			t.Errorf("sentence: %v", err)
		}
	}
	m := connected(t, f)
	f.once("Execute", page(0))
	_, err := m.Logon(t.Context())
	wantFailure(t, err, netpath.PhaseResponseCode)
	if got := m.Info().State; got != Active {
		t.Errorf("a proxy's page made the session context %v", got)
	}
	m.Logon(t.Context())
	if c := f.requests("Execute")[1].cookie; strings.Contains(c, "login") {
		t.Errorf("the page's cookie got into the jar: %s", c)
	}
}

func TestState07Unauthorized(t *testing.T) {
	f := newFake(t)
	lists := [][]string{
		{"Negotiate", "NTLM"},
		{`Basic realm="msrpc realm", charset="utf-8"`},
		{`Bearer client_id="x", authorization_uri="https://sts.contoso.test/a", Negotiate`},
		nil,
	}
	for _, list := range lists {
		f.once("Connect", func(t *turn) {
			t.w.Header()["Www-Authenticate"] = list
			t.w.Header().Set("X-FailureContext", "FrontEnd;401;VW5hdXRob3JpemVk;;;")
			t.w.WriteHeader(http.StatusUnauthorized)
		})
		_, err := f.mailbox().Connect(t.Context())
		if fail := wantFailure(t, err, netpath.PhaseAuth); fail.Status != 401 || fail.Text != "FrontEnd answered 401 Unauthorized" {
			t.Errorf("%v: %+v", list, fail)
		}
	}
	// with a credential the sign-in flow judges; its error must be reachable
	f.on("Connect", func(t *turn) {
		t.w.Header().Set("WWW-Authenticate", "Basic realm=x")
		t.w.WriteHeader(http.StatusUnauthorized)
	})
	cfg := f.config()
	cfg.HTTP.Policy = new(auth.Policy)
	cfg.HTTP.Policy.Allow("127.0.0.1")
	cfg.HTTP.Mechanisms = []auth.Mechanism{auth.Basic(auth.Credential{User: "alice", Password: auth.NewSecret("wrong")})}
	_, err := NewMailbox(cfg, aliceDN).Connect(t.Context())
	var refused *httpc.AuthError
	if fail := wantFailure(t, err, netpath.PhaseAuth); !errors.As(err, &refused) || refused.Reason != httpc.Refused || fail.Status != 401 {
		t.Errorf("%+v", fail)
	}
}

func TestState08StatusCodes(t *testing.T) {
	f := newFake(t)
	for _, status := range []int{302, 400, 403, 404, 411, 440, 500, 502, 503} {
		f.once("Connect", func(t *turn) {
			if status == 302 {
				t.w.Header().Set("Location", "https://login.contoso.test/")
			}
			t.w.Header().Set("Content-Type", "text/plain")
			t.w.WriteHeader(status)
			io.WriteString(t.w, "L-202")
		})
		_, err := f.mailbox().Connect(t.Context())
		fail := wantFailure(t, err, netpath.PhaseHTTP)
		if fail.Status != status || fail.Text != "L-202" || fail.Delivery != Answered || Temporary(err) != (status == 503) {
			t.Errorf("%d: %+v", status, fail)
		}
		if !strings.Contains(err.Error(), fmt.Sprint("HTTP status ", status)) {
			t.Errorf("sentence: %v", err)
		}
	}
	if n := len(f.requests("Connect")); n != 9 {
		t.Errorf("%d requests: something was repeated or a redirect followed", n)
	}
}

func TestEchoOfTheRequestID(t *testing.T) {
	f := newFake(t)
	echo := func(change func(string) string) {
		f.once("Connect", func(t *turn) {
			t.r.Header.Set("X-RequestId", change(t.r.Header.Get("X-RequestId")))
			t.answer()
		})
	}
	echo(func(id string) string { return strings.NewReplacer("{", "", "}", "").Replace(id) })
	echo(strings.ToLower)
	echo(func(string) string { return "" })
	for range 3 {
		if _, err := f.mailbox().Connect(t.Context()); err != nil {
			t.Error(err)
		}
	}
	m := loggedOn(t, f)
	f.once("Execute", func(t *turn) {
		t.r.Header.Set("X-RequestId", "{00000000-0000-0000-0000-000000000009}:2")
		t.ctx = &fakeContext{id: "somebody-else"}
		t.reply(t.result())
	})
	_, err := m.Execute(t.Context(), &rop.QueryRowsRequest{})
	if fail := wantFailure(t, err, netpath.PhaseResponseCode); !errors.Is(err, ErrNotOurs) || fail.Delivery != AnswerLost {
		t.Errorf("%+v", fail)
	}
	if err := m.Verify(t.Context()); err != nil {
		t.Errorf("the stranger's cookies were taken: %v", err)
	}
}

func TestLowerRungs(t *testing.T) {
	f := newFake(t)
	addr := strings.TrimPrefix(f.srv.URL, "https://")
	for _, c := range []struct {
		name  string
		url   string
		trust bool
		phase netpath.Phase
	}{
		{"no such name", "https://nowhere.invalid/mapi/emsmdb/", true, netpath.PhaseDNS},
		{"nobody listens", "https://127.0.0.1:1/mapi/emsmdb/", true, netpath.PhaseConnect},
		{"certificate", "https://" + addr + "/mapi/emsmdb/", false, netpath.PhaseTLS},
	} {
		cfg := f.config()
		cfg.URL = c.url
		if !c.trust {
			cfg.HTTP.Path = &netpath.Path{}
		}
		m := NewMailbox(cfg, aliceDN)
		_, err := m.Connect(short(t))
		if fail := wantFailure(t, err, c.phase); fail.Delivery != NotSent || fail.Op != "Connect" {
			t.Errorf("%s: %+v", c.name, fail)
		}
	}
}

func TestFailureSentencesAreOneLine(t *testing.T) {
	code := 10
	for _, f := range []*Failure{
		{Phase: netpath.PhaseHTTP, Op: "Connect", Host: "h", Status: 503},
		{Phase: netpath.PhaseResponseCode, Op: "PING", Host: "h", ResponseCode: &code, Text: "x"},
		{Phase: netpath.PhaseDNS, Op: "Bind", Host: "h", Err: errors.New("no such host")},
		{Phase: netpath.PhaseBody, Op: "Bind", Host: "h", Err: ErrMalformed},
		{},
	} {
		if s := f.Error(); strings.ContainsAny(s, "\r\n") || strings.HasSuffix(s, ": ") || strings.Contains(s, "%!") {
			t.Errorf("%q", s)
		}
	}
}
