package mapihttp

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// gromoxError is gromox's answer to a request it refuses, as captured: no
// X-RequestType, X-RequestId or X-ClientInfo come back.
func gromoxError(code int) string {
	page := "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\r\n<html><head>\r\n<title>MAPI OVER HTTP ERROR</title>\r\n</head><body>\r\n<h1>Diagnostic Information</h1>\r\n<p>The request is refused.</p>\r\n</body></html>\r\n"
	return "HTTP/1.1 200 OK\r\nCache-Control: private\r\nContent-Type: text/html\r\n" + fmt.Sprintf("X-ResponseCode: %d\r\nContent-Length: %d\r\n", code, len(page)) +
		"X-ServerApplication: Exchange/15.00.0847.4040\r\nDate: Sun, 22 Nov 2026 08:58:17 GMT\r\nConnection: close\r\n\r\n" + page
}

// gromoxOK is gromox's answer to a request it takes, as captured.
func gromoxOK(t *turn, elapsed int, body []byte) string {
	stream := []string{fmt.Sprintf("PROCESSING\r\nDONE\r\nX-ElapsedTime: %d\r\nX-StartTime: Sun, 22 Nov 2026 08:58:10 GMT\r\n\r\n", elapsed), string(body)}
	chunks := ""
	for _, s := range stream {
		chunks += fmt.Sprintf("%x\r\n%s\r\n", len(s), s)
	}
	return "HTTP/1.1 200 OK\r\nCache-Control: private\r\nContent-Type: application/mapi-http\r\nX-RequestType: " + strings.ToLower(t.kind) +
		"\r\nX-RequestId: " + t.r.Header.Get("X-RequestId") + "\r\nX-ResponseCode: 0\r\nX-PendingPeriod: 30000\r\nX-ExpirationInfo: 900000\r\n" +
		"X-ServerApplication: Exchange/15.00.0847.4040\r\nSet-Cookie: sid=alz6icqbe0z0ext2amjapljee2yateu2\r\nTransfer-Encoding: chunked\r\n" +
		"Set-Cookie: sequence=d68122ff\r\nConnection: close\r\n\r\n" + chunks + "0\r\n\r\n"
}

func TestGromoxManners(t *testing.T) {
	f := newFake(t)
	f.once("Connect", func(t *turn) {
		t.raw(gromoxOK(t, 2, (&emsmdb.ConnectResponse{DisplayName: "Alice Example"}).Encode()))
	})
	m := f.mailbox()
	if p, err := m.Connect(t.Context()); err != nil || p.DisplayName != "Alice Example" {
		t.Fatalf("%+v %v", p, err)
	}
	i := m.Info()
	if i.Dialect != Gromox || i.ServerProduct != "grommunio gromox" || i.AvgProcessing.Seconds() != 2 {
		t.Errorf("%+v", i)
	}
	// code 7 is Missing Header to Exchange and Invalid Sequence to gromox
	f.once("Execute", func(t *turn) { t.raw(gromoxError(GromoxInvalidSequence)) })
	_, err := m.Logon(t.Context())
	fail := wantFailure(t, err, netpath.PhaseResponseCode)
	if got, _ := fail.Response(); got != ResponseInvalidSequence || *fail.ResponseCode != 7 || !ContextGone(err) || !strings.Contains(err.Error(), "7 (Invalid Sequence)") {
		t.Errorf("%v", err)
	}
	if c := f.requests("Execute")[0].cookie; c != "sid=alz6icqbe0z0ext2amjapljee2yateu2; sequence=d68122ff" {
		t.Errorf("cookies %q", c)
	}
}

// gromox refuses with an empty body and leaves stray bytes on the connection,
// where they would pass for the answer to the next request.
func TestGromoxEmptyBodyConnectionIsNotUsedAgain(t *testing.T) {
	f := newFake(t)
	f.once("Connect", func(t *turn) {
		stream := "PROCESSING\r\nDONE\r\nX-ElapsedTime: 0\r\n\r\n"
		conn, _, err := t.w.(http.Hijacker).Hijack()
		if err != nil {
			t.f.t.Error(err)
			return
		}
		go func() { // the connection stays open until the client closes it
			defer conn.Close()
			io.WriteString(conn, rawHead(fmt.Sprintf("Content-Length: %d", len(stream)))+stream+"HTTP/1.1 200 OK\r\nX-Stray: 1\r\nContent-Length: 0\r\n\r\n")
			io.Copy(io.Discard, conn)
		}()
	})
	m := f.mailbox()
	_, err := m.Connect(t.Context())
	wantFailure(t, err, netpath.PhaseStatusCode)
	if p, err := m.Connect(t.Context()); err != nil || p.DisplayName != "Alice" {
		t.Errorf("the next request got %+v, %v", p, err)
	}
}

func TestGromoxConnectRefusal(t *testing.T) {
	f := newFake(t)
	f.once("Connect", func(t *turn) {
		t.raw(gromoxOK(t, 0, (&emsmdb.ConnectResponse{ErrorCode: mapierr.RPCFailed}).Encode()))
	})
	_, err := f.mailbox().Connect(t.Context())
	if fail := wantCode(t, err, netpath.PhaseErrorCode, mapierr.RPCFailed); fail.Dialect != Gromox {
		t.Errorf("%+v", fail)
	}
}
