package rpchttp_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rpchttp"
)

// world is an organisation with a client of its RPC proxy.
type world struct {
	s *exchangetest.Server
	c *rpchttp.Client
	u exchangetest.User

	mu        sync.Mutex
	exchanges []*httpc.Exchange
}

func newWorld(t *testing.T, o exchangetest.Options, way func(auth.Credential) auth.Mechanism) *world {
	t.Helper()
	s, err := exchangetest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	w := &world{s: s, u: s.User(0)}
	h := &httpc.Client{Path: s.Path(), Policy: &auth.Policy{}, Budget: &auth.Budget{}, Trace: &httpc.Trace{Done: func(x *httpc.Exchange) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.exchanges = append(w.exchanges, x)
	}}}
	h.Policy.Allow(s.MailHost())
	if way != nil {
		h.Mechanisms = []auth.Mechanism{way(auth.Credential{User: w.u.Login, Password: auth.NewSecret(w.u.Password)})}
	}
	t.Cleanup(h.Close)
	id := strings.ToLower(w.u.MailboxGUID.String()) + "@" + s.Domain()
	w.c = &rpchttp.Client{HTTP: h, Proxy: s.MailHost(), Server: id, Check: "rpc.test"}
	return w
}

func ntlm(c auth.Credential) auth.Mechanism { return auth.NTLM(c, auth.NTLMOptions{}) }
func negotiate(c auth.Credential) auth.Mechanism {
	return auth.NegotiateNTLM(c, auth.NTLMOptions{SPNEGO: true})
}

func (w *world) echo(t *testing.T) {
	t.Helper()
	for _, ch := range []rpchttp.Channel{rpchttp.Out, rpchttp.In} {
		if _, err := w.c.Echo(t.Context(), ch, rpchttp.PortMailbox); err != nil {
			t.Fatal(err)
		}
	}
}

// all are the exchanges so far; the tunnel must be closed before.
func (w *world) all() []*httpc.Exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*httpc.Exchange(nil), w.exchanges...)
}

// TestWholeLadder goes from echo to a session with mailbox and address book, by
// every scheme and in every manner.
func TestWholeLadder(t *testing.T) {
	for name, c := range map[string]struct {
		o     exchangetest.Options
		way   func(auth.Credential) auth.Mechanism
		authn string
	}{
		"NTLM with Extended Protection":      {exchangetest.Options{ExtendedProtection: exchangetest.EPRequire}, ntlm, "NTLM"},
		"Negotiate with Extended Protection": {exchangetest.Options{ExtendedProtection: exchangetest.EPRequire}, negotiate, "Negotiate (NTLM)"},
		"Basic":                              {exchangetest.Options{}, auth.Basic, "Basic"},
		"gromox":                             {exchangetest.Options{Manner: exchangetest.Gromox}, auth.Basic, "Basic"},
		"Exchange 2013":                      {exchangetest.Options{Manner: exchangetest.Exchange2013}, ntlm, "NTLM"},
		"chunks":                             {exchangetest.Options{Faults: []exchangetest.Fault{{Name: "rpc-chunked"}}}, ntlm, "NTLM"},
		"a slow line":                        {exchangetest.Options{RTT: 20 * time.Millisecond}, ntlm, "NTLM"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.o, c.way)
			w.echo(t)
			tunnel, err := w.c.Open(t.Context(), rpchttp.PortMailbox)
			if err != nil {
				t.Fatal(err)
			}
			defer tunnel.Close()
			if tunnel.Authn != c.authn || tunnel.ProxyTimeout != 3*time.Minute || tunnel.ConnectionTimeout != 3*time.Minute || tunnel.OutConn.TLS == nil {
				t.Errorf("%+v", tunnel)
			}
			if tunnel.InConn.LocalAddr.String() == tunnel.OutConn.LocalAddr.String() {
				t.Error("both channels on one connection")
			}
			w.session(t, tunnel)
			tunnel.Close()
			w.traced(t)
		})
	}
}

func (w *world) session(t *testing.T, tunnel *rpchttp.Tunnel) {
	t.Helper()
	r := dcerpc.NewClient(tunnel)
	refused, err := r.Bind(dcerpc.EMSMDB, dcerpc.NSPI, dcerpc.RFR)
	if err != nil || refused[0] != nil || refused[1] != nil || refused[2] != nil {
		t.Fatalf("bind: %v, %v", refused, err)
	}
	if code, err := r.Dummy(); code != 0 || err != nil {
		t.Errorf("EcDummyRpc: %v, %v", code, err)
	}
	p, err := r.Connect(&dcerpc.ConnectRequest{UserDN: w.u.LegacyDN, CodePage: 1252, LcidSort: 0x409, LcidString: 0x409, Client: dcerpc.WordsOf(16, 0, 4266, 1001)})
	if err != nil || p.ErrorCode != mapierr.OK || p.DisplayName != w.u.DisplayName || !strings.HasPrefix(p.Server.String(), "15.") || len(p.Aux) == 0 {
		t.Fatalf("EcDoConnectEx: %+v, %v", p, err)
	}
	if code, err := r.Disconnect(p.Handle); code != 0 || err != nil {
		t.Errorf("EcDoDisconnect: %v, %v", code, err)
	}
	n, err := r.NspiBind(&dcerpc.NspiBindRequest{CodePage: 1252, Locale: 0x409})
	if err != nil || n.ErrorCode != mapierr.OK {
		t.Fatalf("NspiBind: %+v, %v", n, err)
	}
	if code, err := r.NspiUnbind(n.Handle); code != 1 || err != nil {
		t.Errorf("NspiUnbind: %v, %v", code, err)
	}
	wrong, err := r.Connect(&dcerpc.ConnectRequest{UserDN: "/o=Elsewhere"})
	if err != nil || wrong.ErrorCode != mapierr.UnknownUser || wrong.Handle != (dcerpc.Handle{}) {
		t.Errorf("a DN that nobody has: %+v, %v", wrong, err)
	}
}

// traced wants every exchange in the trace, with its method and without secrets.
func (w *world) traced(t *testing.T) {
	t.Helper()
	kinds := map[string]int{}
	for _, x := range w.all() {
		if x.Status == http.StatusOK || x.Status == 0 {
			kinds[x.Method+" "+x.RequestType]++
		}
		if x.Check != "rpc.test" || x.Err != nil || strings.Contains(x.RequestHeader.Get("Authorization"), w.u.Password) {
			t.Errorf("exchange %+v", x)
		}
	}
	for _, want := range []string{"RPC_OUT_DATA Echo", "RPC_IN_DATA Echo", "RPC_OUT_DATA CONN/A1", "RPC_IN_DATA CONN/B1"} {
		if kinds[want] != 1 {
			t.Errorf("%d exchanges %s, want 1 (%v)", kinds[want], want, kinds)
		}
	}
}

// errorOf is the *rpchttp.Error of the first rung that fails.
func (w *world) errorOf(t *testing.T) *rpchttp.Error {
	t.Helper()
	_, err := w.c.Echo(t.Context(), rpchttp.Out, rpchttp.PortMailbox)
	if err == nil {
		var tunnel *rpchttp.Tunnel
		if tunnel, err = w.c.Open(t.Context(), rpchttp.PortMailbox); err == nil {
			tunnel.Close()
			t.Fatal("no error")
		}
	}
	var e *rpchttp.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T: %v", err, err)
	}
	return e
}

func TestRefusals(t *testing.T) {
	for variant, c := range map[string]struct {
		stage  rpchttp.Stage
		status int
		code   dcerpc.Status
		says   string
	}{
		"unreachable":    {rpchttp.StageConnect, 503, dcerpc.ServerUnavailable, "RPC_S_SERVER_UNAVAILABLE (0x6BA)"},
		"403":            {rpchttp.StageEcho, 403, 0, "forbids"},
		"404":            {rpchttp.StageEcho, 404, 0, "has no RPC over HTTP"},
		"unknown-server": {rpchttp.StageConnect, 404, 0, "does not know the RPC server"},
		"cut":            {rpchttp.StageConnect, 0, 0, "cut the connection"},
	} {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, exchangetest.Options{Faults: []exchangetest.Fault{{Name: "rpc-refused", Variant: variant}}}, ntlm)
			e := w.errorOf(t)
			if e.Stage != c.stage || e.Status != c.status || e.HasCode != (c.code != 0) || e.Code != c.code || !strings.Contains(e.Error(), c.says) {
				t.Errorf("status %d, code %v: %v", e.Status, e.Code, e)
			}
		})
	}
}

func TestSignInRefused(t *testing.T) {
	w := newWorld(t, exchangetest.Options{Faults: []exchangetest.Fault{{Name: "rpc-refused", Variant: "401"}}}, ntlm)
	var refused *httpc.AuthError
	if e := w.errorOf(t); !errors.As(e, &refused) || refused.Reason != httpc.Refused {
		t.Errorf("%v", e)
	}
	before := len(w.s.Requests())
	if e := w.errorOf(t); !errors.As(e, &refused) || refused.Reason != httpc.BudgetUsed {
		t.Errorf("a second time: %v", e)
	}
	for _, r := range w.s.Requests()[before:] {
		if r.Credential {
			t.Error("the refused password was sent again")
		}
	}
}

// TestNoCredentialWithoutPolicy: what httpc forbids is forbidden here.
func TestNoCredentialWithoutPolicy(t *testing.T) {
	w := newWorld(t, exchangetest.Options{}, auth.Basic)
	w.c.HTTP.Policy = &auth.Policy{}
	var refused *httpc.AuthError
	if e := w.errorOf(t); !errors.As(e, &refused) || refused.Reason != httpc.PolicyRefused {
		t.Errorf("%v", e)
	}
	for _, r := range w.s.Requests() {
		if r.Scheme != "" {
			t.Errorf("a credential was sent: %+v", r)
		}
	}
}

// TestChannelsWithoutSignIn: a channel is not tried with a password that no
// answer has confirmed.
func TestChannelsWithoutSignIn(t *testing.T) {
	w := newWorld(t, exchangetest.Options{}, nil)
	if _, err := w.c.Open(t.Context(), rpchttp.PortMailbox); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("%v", err)
	}
}

func TestOtherPortsAndNames(t *testing.T) {
	w := newWorld(t, exchangetest.Options{}, ntlm)
	w.echo(t)
	for _, port := range []int{rpchttp.PortReferral, rpchttp.PortDirectory} {
		tunnel, err := w.c.Open(t.Context(), port)
		if err != nil {
			t.Fatal(err)
		}
		tunnel.Close()
	}
	var e *rpchttp.Error
	if _, err := w.c.Open(t.Context(), 593); !errors.As(err, &e) || e.Code != dcerpc.ServerUnavailable {
		t.Errorf("port 593: %v", err)
	}
	w.c.Server = "nobody@contoso.test"
	if _, err := w.c.Open(t.Context(), rpchttp.PortMailbox); !errors.As(err, &e) || e.Status != 404 {
		t.Errorf("unknown server: %v", err)
	}
	w.c.Server = "a b"
	if _, err := w.c.Open(t.Context(), rpchttp.PortMailbox); !errors.As(err, &e) || e.Stage != rpchttp.StageRequest {
		t.Errorf("no name: %v", err)
	}
}

// TestServerGoesAway: an open connection that is cut says so at the next call,
// and Close does not wait for anything.
func TestServerGoesAway(t *testing.T) {
	w := newWorld(t, exchangetest.Options{}, ntlm)
	w.echo(t)
	tunnel, err := w.c.Open(t.Context(), rpchttp.PortMailbox)
	if err != nil {
		t.Fatal(err)
	}
	defer tunnel.Close()
	w.s.DropConnections()
	var e *rpchttp.Error
	if _, err := dcerpc.NewClient(tunnel).Bind(dcerpc.EMSMDB); !errors.As(err, &e) || e.Stage != rpchttp.StageCall {
		t.Errorf("%v", err)
	}
}

func TestContextEndsTunnel(t *testing.T) {
	w := newWorld(t, exchangetest.Options{}, ntlm)
	w.echo(t)
	ctx, cancel := context.WithCancel(t.Context())
	tunnel, err := w.c.Open(ctx, rpchttp.PortMailbox)
	if err != nil {
		t.Fatal(err)
	}
	defer tunnel.Close()
	cancel()
	if _, err := tunnel.Read(make([]byte, 1)); netpath.KindOf(err) != netpath.KindCanceled {
		t.Errorf("%v", err)
	}
}

// TestSilentProxyCostsOneBoundedWait: a proxy that takes the channels and never
// answers, and gromox, which never answers an echo without a body.
func TestSilentProxyCostsOneBoundedWait(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a limit of 5 s")
	}
	t.Parallel()
	w := newWorld(t, exchangetest.Options{Faults: []exchangetest.Fault{{Name: "rpc-refused", Variant: "silent"}}}, ntlm)
	start := time.Now()
	e := w.errorOf(t)
	if e.Stage != rpchttp.StageConnect || !netpath.Timeout(e) || time.Since(start) > 9*time.Second {
		t.Errorf("after %s: %v", time.Since(start), e)
	}
}
