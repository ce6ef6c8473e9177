package suite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/rpchttp"
)

// RPCWay is how the mailbox is reached by RPC over HTTP.
type RPCWay struct {
	Proxy      string // host of the RPC proxy to use, "" when none has an address
	Server     string // RPC server behind it: guid@domain, or a host name
	UserDN     string
	Internal   bool     // the proxy is the internal one
	Proxies    []string // all hosts that Autodiscover names, in Outlook's order
	Unresolved []string // those of them that have no address here
}

// Reasons for which there is no way by RPC over HTTP.
var (
	ErrNoRPC     = errors.New("no RPC over HTTP is published for this mailbox")
	ErrRPCNoTLS  = errors.New("RPC over HTTP is published without TLS only; nothing is sent there")
	ErrRPCNoHost = errors.New("no host that Autodiscover names for RPC over HTTP has an address")
)

// RPCWay is the way by RPC over HTTP: the given one, or that of the answer which
// Outlook gets when it does not know MAPI over HTTP. With ErrRPCNoHost the way is
// given as well.
func (e *Env) RPCWay(ctx context.Context) (*RPCWay, error) {
	return e.rpcWay.Get(ctx, e.run, func(ctx context.Context) (*RPCWay, error) {
		if e.RPCURL != "" {
			return e.givenRPC(ctx)
		}
		a, err := e.Answer(ctx)
		if err != nil {
			return nil, err
		}
		s := a.Settings
		if rpcProtocols(s) == nil { // asked with X-MapiHttpCapability, servers leave RPC out
			whole, err := e.Step(ctx, a.Step)
			if err != nil {
				return nil, err
			}
			if whole == nil || whole.Legacy == nil {
				return nil, ErrNoRPC
			}
			s = whole.Legacy
		}
		return e.chooseRPC(ctx, s)
	})
}

// givenRPC is the way that the caller named. What its URL leaves out, as people
// write it, Autodiscover says: the server behind the proxy, and who the user is.
func (e *Env) givenRPC(ctx context.Context) (*RPCWay, error) {
	proxy, server, err := parseRPCURL(e.RPCURL)
	if err != nil {
		return nil, err
	}
	w := &RPCWay{Proxy: proxy, Server: server, UserDN: e.UserDN, Proxies: []string{proxy}}
	if !e.SkipsDiscovery() {
		a, err := e.Answer(ctx)
		if err != nil {
			return nil, err
		}
		w.UserDN, w.Server = a.Settings.LegacyDN, cmp.Or(w.Server, rpcServer(a.Settings))
	}
	w.Server = cmp.Or(w.Server, HostOf(e.RPCURL))
	e.HTTP.Policy.Allow(HostOf(e.RPCURL)) // naming it allowed it
	return w, nil
}

// CheckRPCURL says what is wrong with the URL of an RPC proxy; "" is none and right.
func CheckRPCURL(rawURL string) error {
	if rawURL == "" {
		return nil
	}
	_, _, err := parseRPCURL(rawURL)
	return err
}

// parseRPCURL takes https://PROXY/rpc/rpcproxy.dll?SERVER:PORT apart (MS-RPCH
// 2.2.2); path and query may be left out.
func parseRPCURL(rawURL string) (proxy, server string, err error) {
	u, err := url.Parse(rawURL)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "":
		return "", "", fmt.Errorf("%q is not the https URL of an RPC proxy", rawURL)
	case !slices.Contains([]string{"", "/", "/rpc", "/rpc/", "/rpc/rpcproxy.dll"}, strings.ToLower(u.Path)):
		return "", "", fmt.Errorf("%q leads to %s, and an RPC proxy is at /rpc/rpcproxy.dll", rawURL, u.Path)
	}
	server, _, _ = strings.Cut(u.RawQuery, ":")
	return strings.ToLower(u.Host), server, nil
}

// KnownRPCWay is RPCWay as far as it is known by now.
func (e *Env) KnownRPCWay() *RPCWay {
	w, _ := e.rpcWay.Peek()
	return w
}

// rpcProtocols are the protocols with an RPC proxy, the external one first: from
// inside both lead to the same place nearly always.
func rpcProtocols(s *autodiscover.Settings) (out []*autodiscover.Protocol) {
	for _, kind := range []string{"EXPR", "EXHTTP"} {
		for i := range s.Protocols {
			if p := &s.Protocols[i]; p.Is(kind) && p.Value("Server") != "" {
				out = append(out, p)
			}
		}
	}
	return out
}

func (e *Env) chooseRPC(ctx context.Context, s *autodiscover.Settings) (*RPCWay, error) {
	all := rpcProtocols(s)
	if len(all) == 0 {
		return nil, ErrNoRPC
	}
	w := &RPCWay{UserDN: s.LegacyDN, Server: rpcServer(s)}
	external := ""
	if p := s.Protocol("EXPR"); p != nil {
		external = strings.ToLower(p.Value("Server"))
	}
	for _, p := range all {
		if host := strings.ToLower(p.Value("Server")); p.SSL() && !slices.Contains(w.Proxies, host) {
			w.Proxies = append(w.Proxies, host)
		}
	}
	if len(w.Proxies) == 0 {
		return nil, ErrRPCNoTLS
	}
	for _, host := range w.Proxies {
		if e.resolves(ctx, host) {
			w.Proxy, w.Internal = host, external != "" && host != external
			break
		}
		w.Unresolved = append(w.Unresolved, host)
	}
	if w.Proxy == "" {
		return w, ErrRPCNoHost
	}
	if w.Server == "" {
		w.Server = w.Proxy
	}
	// Autodiscover, over verified TLS at a host of the domain, vouches for it.
	e.HTTP.Policy.Allow(w.Proxy)
	return w, nil
}

// rpcServer is the RPC server that EXCH names; EXPR and EXHTTP name proxies.
func rpcServer(s *autodiscover.Settings) string {
	if p := s.Protocol("EXCH"); p != nil {
		return p.Value("Server")
	}
	return ""
}

// RPCSession is how far RPC over HTTP came: one check sets what the next needs.
type RPCSession struct {
	Way    *RPCWay         // the proxy answers; nil when it does not
	Tunnel *rpchttp.Tunnel // open; nil when it is not
	Calls  *dcerpc.Client  // over the tunnel
	Ready  bool            // the mailbox service answers through it
	Server dcerpc.Words    // version that the mailbox server gives; zero when not known

	Mailbox, Book dcerpc.Handle // of the open sessions; zero when there is none
}

// goodbye ends the sessions, then the connection: they stay open until the end of
// the run because closing them answers no question.
func (s *RPCSession) goodbye(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { s.Tunnel.Close() })
	defer stop()
	defer s.Tunnel.Close()
	if s.Mailbox != (dcerpc.Handle{}) {
		s.Calls.Disconnect(s.Mailbox)
	}
	if s.Book != (dcerpc.Handle{}) {
		s.Calls.NspiUnbind(s.Book)
	}
}

// NoteRPC changes what is known of RPC over HTTP.
func (e *Env) NoteRPC(change func(*RPCSession)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(&e.rpc)
}

// RPC is what is known of RPC over HTTP.
func (e *Env) RPC() RPCSession {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rpc
}

// OpenRPC makes a connection that lives as long as the run; ctx bounds the
// opening alone.
func (e *Env) OpenRPC(ctx context.Context, c *rpchttp.Client) (*rpchttp.Tunnel, error) {
	life, cancel := context.WithCancelCause(e.run)
	stop := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	t, err := c.Open(life, rpchttp.PortMailbox)
	if !stop() && err == nil {
		t.Close()
		return nil, context.Cause(ctx)
	}
	if err != nil {
		cancel(nil)
		return nil, err
	}
	return t, nil
}
