package httpc

import (
	"crypto/tls"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
)

// begin opens the record of one request on the wire.
func (c *Client) begin(k *conn, o *outgoing) *Exchange {
	k.in = 0
	k.out.Store(0)
	ex := &Exchange{
		Seq: int(c.seq.Add(1)), Started: time.Now(), Check: o.req.Check, Method: o.req.Method, URL: o.req.URL,
		Local: k.local, Remote: k.remoteText, Reused: k.used > 0, RequestType: o.req.Kind, Authn: o.authn,
	}
	if k.np.TLS != nil {
		ex.TLS = tls.VersionName(k.np.TLS.Version)
		ex.Peer = k.np.TLS.PeerCertificates
	}
	if k.used == 0 {
		t := k.np.Timing
		ex.DNS, ex.Connect, ex.Proxy, ex.TLSTime = t.DNS, t.Connect, t.Proxy, t.TLS
	}
	if c.Trace != nil {
		ex.RequestHeader = redact(o.req.Header)
		if o.authorization != "" {
			ex.RequestHeader["Authorization"] = []string{redactField("authorization", o.authorization)}
		}
		ids(ex)
	}
	return ex
}

// ids picks the names by which a request is found in the server's logs.
func ids(ex *Exchange) {
	for name, values := range ex.RequestHeader {
		if len(values) == 0 {
			continue
		}
		switch strings.ToLower(name) {
		case "x-requestid":
			ex.RequestID = values[0]
		case "x-clientinfo":
			ex.ClientInfo = values[0]
		case "client-request-id":
			ex.ClientRequestID = values[0]
		case "x-requesttype":
			if ex.RequestType == "" {
				ex.RequestType = values[0]
			}
		}
	}
}

// answered notes the status line and headers.
func (c *Client) answered(ex *Exchange, hr *http.Response) {
	ex.Proto, ex.Status = hr.Proto, hr.StatusCode
	// The keys are in canonical spelling, so that a look-up allocates nothing.
	ex.ServerRequestID = first(hr.Header["Request-Id"])
	ex.FEServer = first(hr.Header["X-Feserver"])
	if ex.BEServer = first(hr.Header["X-Beserver"]); ex.BEServer == "" {
		ex.BEServer = first(hr.Header["X-Calculatedbetarget"])
	}
	if c.Trace != nil || hr.StatusCode == http.StatusUnauthorized {
		ex.Header = redact(hr.Header)
	}
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func (c *Client) done(ex *Exchange) {
	if c.Trace != nil && c.Trace.Done != nil {
		c.Trace.Done(ex)
	}
}

const gone = "[redacted]"

// redact copies a header without credentials: of cookies only the names stay, of
// authentication fields only the schemes and parameters.
func redact(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		kept := make([]string, len(values))
		for i, v := range values {
			kept[i] = redactField(strings.ToLower(name), v)
		}
		out[name] = kept
	}
	return out
}

func redactField(name, value string) string {
	switch name {
	case "authorization", "proxy-authorization", "authentication-info":
		scheme, _, _ := strings.Cut(value, " ")
		return scheme + " " + gone
	case "www-authenticate", "proxy-authenticate":
		return redactChallenges(value)
	case "cookie":
		parts := strings.Split(value, ";")
		for i, p := range parts {
			parts[i] = redactCookie(strings.TrimSpace(p))
		}
		return strings.Join(parts, "; ")
	case "set-cookie":
		pair, attributes, found := strings.Cut(value, ";")
		if found {
			return redactCookie(pair) + ";" + attributes
		}
		return redactCookie(pair)
	}
	return value
}

func redactCookie(pair string) string {
	name, _, ok := strings.Cut(pair, "=")
	if !ok {
		return gone // no name to tell
	}
	return name + "=" + gone
}

// redactChallenges keeps schemes and parameters such as realm="x", but no token.
func redactChallenges(value string) string {
	var out []string
	for _, c := range auth.ParseChallenges([]string{value}) {
		s := c.Scheme
		if c.Token != "" {
			s += " " + gone
		}
		sep := " "
		for _, name := range slices.Sorted(maps.Keys(c.Params)) {
			s += fmt.Sprintf("%s%s=%q", sep, name, c.Params[name])
			sep = ", "
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}
