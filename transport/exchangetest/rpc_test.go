package exchangetest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/rpchttp"
)

// rpcClient is a client of the RPC proxy, signed in with Basic by an echo.
func rpcClient(t *testing.T, s *Server) (*rpchttp.Client, error) {
	t.Helper()
	u := s.User(0)
	h := &httpc.Client{Path: s.Path(), Policy: &auth.Policy{}, Budget: &auth.Budget{},
		Mechanisms: []auth.Mechanism{auth.Basic(auth.Credential{User: u.Login, Password: auth.NewSecret(u.Password)})}}
	t.Cleanup(h.Close)
	h.Policy.Allow(s.MailHost())
	c := &rpchttp.Client{HTTP: h, Proxy: s.MailHost(), Server: s.mailboxID(u)}
	_, err := c.Echo(t.Context(), rpchttp.Out, rpchttp.PortMailbox)
	return c, err
}

// rpcConnect goes up to EcDoConnectEx.
func rpcConnect(t *testing.T, s *Server) (mapierr.Code, error) {
	t.Helper()
	c, err := rpcClient(t, s)
	if err != nil {
		return 0, err
	}
	tunnel, err := c.Open(t.Context(), rpchttp.PortMailbox)
	if err != nil {
		return 0, err
	}
	defer tunnel.Close()
	r := dcerpc.NewClient(tunnel)
	if _, err := r.Bind(dcerpc.EMSMDB); err != nil {
		return 0, err
	}
	p, err := r.Connect(&dcerpc.ConnectRequest{UserDN: s.User(0).LegacyDN})
	if err != nil {
		return 0, err
	}
	return p.ErrorCode, nil
}

func init() { maps.Copy(symptoms, rpcSymptoms) }

var rpcSymptoms = map[string]func(t *testing.T, s *Server) bool{
	"rpc-absent": func(t *testing.T, s *Server) bool {
		p, err := autodiscover.ParsePOX(s.discover(t, s.User(0), "X-ClientCanHandle", "Negotiate,ExHttpInfo").body)
		return err == nil && p.Protocol("EXCH") == nil && p.Protocol("EXPR") == nil && refusedWith(t, s, http.StatusNotFound)
	},
	"rpc-refused/unreachable": func(t *testing.T, s *Server) bool {
		_, err := rpcConnect(t, s)
		var e *rpchttp.Error
		return errors.As(err, &e) && e.Status == 503 && e.Code == dcerpc.ServerUnavailable
	},
	"rpc-refused/401": func(t *testing.T, s *Server) bool {
		_, err := rpcConnect(t, s)
		var e *httpc.AuthError
		return errors.As(err, &e) && e.Reason == httpc.Refused
	},
	"rpc-refused/403":            func(t *testing.T, s *Server) bool { return refusedWith(t, s, http.StatusForbidden) },
	"rpc-refused/404":            func(t *testing.T, s *Server) bool { return refusedWith(t, s, http.StatusNotFound) },
	"rpc-refused/unknown-server": func(t *testing.T, s *Server) bool { return refusedWith(t, s, http.StatusNotFound) },
	"rpc-refused/cut": func(t *testing.T, s *Server) bool {
		_, err := rpcConnect(t, s)
		return err != nil && strings.Contains(err.Error(), "cut the connection")
	},
	"rpc-refused/silent": func(t *testing.T, s *Server) bool {
		c, err := rpcClient(t, s)
		if err != nil {
			return false
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err = c.Open(ctx, rpchttp.PortMailbox)
		return errors.Is(err, context.DeadlineExceeded)
	},
	"rpc-refused/disallowed": func(t *testing.T, s *Server) bool {
		code, err := rpcConnect(t, s)
		return err == nil && code == mapierr.RPCHTTPDisallowed
	},
	"outlook-anywhere-host/server-name": func(t *testing.T, s *Server) bool {
		p := settings(t, s)
		return p.MapiHTTP == nil && p.Protocol("EXPR").Value("Server") == s.names.server
	},
	"outlook-anywhere-refused/unreachable": func(t *testing.T, s *Server) bool {
		return settings(t, s).MapiHTTP == nil && refusedWith(t, s, http.StatusServiceUnavailable)
	},
	"outlook-anywhere-refused/disallowed": func(t *testing.T, s *Server) bool {
		code, err := rpcConnect(t, s)
		return settings(t, s).MapiHTTP == nil && err == nil && code == mapierr.RPCHTTPDisallowed
	},
	"rpc-chunked": func(t *testing.T, s *Server) bool {
		code, err := rpcConnect(t, s)
		return err == nil && code == mapierr.OK
	},
	"rpc-tcp": func(t *testing.T, s *Server) bool {
		p, err := dcerpc.Locate(t.Context(), s.Path(), s.MailHost(), dcerpc.EMSMDB)
		return err == nil && len(p.Towers) == 1 && p.Towers[0].Addr.String() == mailAddr+":6001"
	},
}

func refusedWith(t *testing.T, s *Server, status int) bool {
	t.Helper()
	_, err := rpcConnect(t, s)
	var e *rpchttp.Error
	return errors.As(err, &e) && e.Status == status
}

// TestMapperOfToday: the endpoint mapper answers and knows nothing of Exchange.
func TestMapperOfToday(t *testing.T) {
	s := start(t, Options{})
	p, err := dcerpc.Locate(t.Context(), s.Path(), s.MailHost(), dcerpc.EMSMDB)
	if err != nil || p.Status != dcerpc.EptNotRegistered || len(p.Towers) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	s = start(t, Options{Manner: Gromox})
	if p, err := dcerpc.Locate(t.Context(), s.Path(), s.MailHost(), dcerpc.EMSMDB); err == nil {
		t.Errorf("gromox has an endpoint mapper: %+v", p)
	}
}

// TestMailboxWithoutMAPI: what is off for the mailbox is off over RPC as well,
// and what is off for MAPI over HTTP alone is not.
func TestMailboxWithoutMAPI(t *testing.T) {
	s := start(t, Options{})
	for fault, want := range map[string]mapierr.Code{"mailbox-mapi-disabled": mapierr.ProtocolDisabled, "server-mapihttp-disabled": mapierr.OK} {
		s.Clear("")
		if err := s.Set(Fault{Name: fault}); err != nil {
			t.Fatal(err)
		}
		if code, err := rpcConnect(t, s); code != want || err != nil {
			t.Errorf("%s: %v, %v", fault, code, err)
		}
	}
}

// channelRequest is the head of a request to the proxy, by hand.
func channelRequest(s *Server, method string, length int) string {
	return fmt.Sprintf("%s /rpc/rpcproxy.dll?%s:6001 HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\nContent-Length: %d\r\n\r\n",
		method, s.mailboxID(s.User(0)), s.MailHost(), "Q09OVE9TT1xhbGljZTpBbGljZS1QYXNzdzByZA==", length)
}

// TestEchoAsGromox holds echo and CONN against what was captured: an echo without
// a body is never answered, one with 4 bytes is, and A3 and C2 come byte for byte.
func TestEchoAsGromox(t *testing.T) {
	s := start(t, Options{Manner: Gromox})
	dial := func() (*tls.Conn, *bufio.Reader) {
		c := tlsDial(t, s, s.MailHost()).(*tls.Conn)
		t.Cleanup(func() { c.Close() })
		return c, bufio.NewReader(c)
	}
	for _, method := range []string{"RPC_IN_DATA", "RPC_OUT_DATA"} {
		c, br := dial()
		io.WriteString(c, channelRequest(s, method, 4)+string(rpchttp.EchoBody))
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if fmt.Sprintf("%x", body) != "0500140310000000140000000000000040000000" || resp.ContentLength != 20 || resp.Header.Get("Content-Type") != "application/rpc" {
			t.Errorf("%s: %v, %x", method, resp.Header, body)
		}
		io.WriteString(c, channelRequest(s, method, 0))
		c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if b, err := br.Peek(1); err == nil {
			t.Errorf("%s: an echo without a body was answered: %q", method, b)
		}
	}
	out, br := dial()
	in, _ := dial()
	io.WriteString(out, channelRequest(s, "RPC_OUT_DATA", 76)+string((&rpchttp.ConnA1{}).Encode()))
	io.WriteString(in, channelRequest(s, "RPC_IN_DATA", 1<<30)+string((&rpchttp.ConnB1{}).Encode()))
	status, _ := br.ReadString('\n')
	resp := strings.TrimSpace(status)
	var length string
	for {
		line, err := br.ReadString('\n')
		if err != nil || line == "\r\n" {
			break
		}
		if name, value, _ := strings.Cut(line, ": "); name == "Content-Length" {
			length = strings.TrimSpace(value)
		}
	}
	b := make([]byte, 28+44)
	if _, err := io.ReadFull(br, b); err != nil {
		t.Fatal(err)
	}
	const want = "05001403100000001c00000000000000000001000200000020bf020005001403100000002c0000000000000000000300060000000100000000000000000001000200000020bf0200"
	if resp != "HTTP/1.1 200 Success" || length != "1073741824" || fmt.Sprintf("%x", b) != want {
		t.Errorf("%s, %s, %x", resp, length, b)
	}
}

func TestBlankPageForBrowsers(t *testing.T) {
	s := start(t, Options{})
	url := "https://" + s.MailHost() + rpcPath
	if r := s.get(t, url, func(*http.Request) {}); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a sign-in: %s", r.Status)
	}
	if got := statusOf(t, s, url); got != http.StatusOK {
		t.Errorf("signed in: %d", got)
	}
}

// TestChannelsOfTwoPeople: an IN channel of somebody else joins nothing.
func TestChannelsOfTwoPeople(t *testing.T) {
	s := start(t, Options{})
	v := s.tunnels.join([16]byte{1})
	if s.tunnels.join([16]byte{1}) != v || s.tunnels.join([16]byte{2}) == v {
		t.Error("cookies do not tell connections apart")
	}
	v.end()
	v.end()
	if s.tunnels.join([16]byte{1}) == v {
		t.Error("a connection that ended is joined again")
	}
}
