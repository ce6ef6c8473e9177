package httpc

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"golang.org/x/net/http/httpguts"
)

// target is a request that was checked, and where it goes.
type target struct {
	req      *Request
	url      *url.URL
	host     string // value of the Host field
	endpoint auth.Endpoint
	upload   int64 // Content-Length of an Upload; 0 is an ordinary request
}

func newTarget(req *Request) (*target, error) {
	u, err := url.Parse(req.URL)
	if err != nil {
		// The error of url.Parse repeats the whole URL; nobody needs it twice.
		return nil, badRequest("", fmt.Errorf("%q is not a URL", cut(req.URL)))
	}
	if err := checkURL(u); err != nil {
		return nil, badRequest(u.Hostname(), err)
	}
	if err := checkRequest(req); err != nil {
		return nil, badRequest(u.Hostname(), err)
	}
	return &target{req: req, url: u, host: hostField(u), endpoint: auth.EndpointOf(u)}, nil
}

func badRequest(host string, err error) error {
	return &netpath.Error{Phase: netpath.PhaseHTTP, Kind: netpath.KindMalformed, Host: host,
		Err: &sendError{err: fmt.Errorf("bad request: %w", err)}}
}

func checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("the URL must begin with https:// or http://, not %q", cut(u.Scheme))
	case u.Hostname() == "":
		return errors.New("the URL names no host")
	case u.User != nil:
		return errors.New("the URL carries a user name; credentials do not belong there")
	case !httpguts.ValidHostHeader(u.Host):
		return errors.New("the host of the URL has characters that no host name has")
	}
	return nil
}

func checkRequest(req *Request) error {
	if !httpguts.ValidHeaderFieldName(req.Method) {
		return fmt.Errorf("%q is not a method", cut(req.Method))
	}
	for name, values := range req.Header {
		if !httpguts.ValidHeaderFieldName(name) {
			return fmt.Errorf("%q is not a header name", cut(name))
		}
		if reserved(name, values) {
			return fmt.Errorf("the header %s is set by the client itself", name)
		}
		for _, v := range values {
			if !httpguts.ValidHeaderFieldValue(v) {
				return fmt.Errorf("the value of the header %s has characters that are not allowed", name)
			}
		}
	}
	return nil
}

// reserved headers decide over framing and credentials. A bare "Bearer" is no
// credential: it asks Exchange for its full challenge.
func reserved(name string, values []string) bool {
	switch strings.ToLower(name) {
	case "host", "content-length", "transfer-encoding", "connection", "proxy-authorization":
		return true
	case "authorization":
		return len(values) != 1 || strings.TrimSpace(values[0]) != "Bearer"
	}
	return false
}

// hostField leaves the default port out, as browsers and Outlook do.
func hostField(u *url.URL) string {
	host, port := u.Hostname(), u.Port()
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, port)
}

// cut keeps quoted input short in messages.
func cut(s string) string {
	if len(s) > 100 {
		return s[:100] + "..."
	}
	return s
}
