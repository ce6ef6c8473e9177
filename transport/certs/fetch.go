package certs

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The bounds of what is fetched for a certificate. The addresses come from the
// certificate, so from whoever made it: plain http alone, few of them, little of
// each, nothing of ours sent along.
const (
	fetchLimit     = 5 * time.Second // Windows gives up on the first address after 15 s
	maxSources     = 3               // addresses per certificate and kind
	maxRedirects   = 2
	maxOCSP        = 64 << 10
	maxCRL         = 16 << 20 // the largest public lists have about 10 MiB
	maxCertificate = 256 << 10
	maxIssuers     = 3 // certificates fetched upwards: real chains are no longer
)

// errNotHTTP says that an address is of a kind that is not fetched: ldap is for
// members of the domain.
var errNotHTTP = errors.New("only http addresses are asked")

// fetch asks for url, with GET or, when there is a body, POST.
func (in *Inspector) fetch(ctx context.Context, address, kind string, body []byte, bound int64) ([]byte, error) {
	if !isHTTP(address) {
		return nil, errNotHTTP
	}
	ctx, cancel := context.WithTimeout(ctx, in.fetchLimit())
	defer cancel()
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := in.client().Do(req)
	if err != nil {
		return nil, in.plain(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered with status %d", resp.StatusCode)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, bound+1))
	if err == nil && int64(len(b)) > bound {
		err = fmt.Errorf("sent more than %d KiB", bound>>10)
	}
	return b, in.plain(err)
}

func isHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.EqualFold(u.Scheme, "http") && u.Host != "" && u.User == nil
}

// client takes the same way to the network as everything else, and none of its
// connections is kept.
func (in *Inspector) client() *http.Client {
	p := in.path()
	t := &http.Transport{
		DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10,
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			return p.DialTCP(ctx, host, port)
		},
	}
	if p.Proxy != nil {
		t.Proxy = func(r *http.Request) (*url.URL, error) { return p.Proxy(r.URL) }
	}
	return &http.Client{Transport: t, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects || !isHTTP(r.URL.String()) {
			return errors.New("redirected once too often, or away from http")
		}
		return nil
	}}
}

// plain takes method and address off an error of the HTTP client: whoever
// reports it names them.
func (in *Inspector) plain(err error) error {
	var u *url.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("no answer within %s", in.fetchLimit())
	case errors.As(err, &u):
		return u.Err
	}
	return err
}

func (in *Inspector) fetchLimit() time.Duration {
	if in.limit > 0 {
		return in.limit
	}
	return fetchLimit
}

// fetchIssuers gets the issuer of c from the address that c names (RFC 5280
// 4.2.2.1), and that one's issuer, until one is its own.
func (in *Inspector) fetchIssuers(ctx context.Context, c *x509.Certificate) (found []*x509.Certificate, failed []error) {
	for len(found) < maxIssuers && !selfSigned(c) {
		next, errs := in.fetchIssuer(ctx, c)
		failed = append(failed, errs...)
		if next == nil {
			break
		}
		found = append(found, next)
		c = next
	}
	return found, failed
}

func (in *Inspector) fetchIssuer(ctx context.Context, c *x509.Certificate) (*x509.Certificate, []error) {
	var failed []error
	for _, address := range c.IssuingCertificateURL[:min(len(c.IssuingCertificateURL), maxSources)] {
		b, err := in.fetch(ctx, address, "", nil, maxCertificate)
		if err == nil {
			if issuer := issuerIn(c, parseCertificates(b), nil); issuer != nil {
				return issuer, failed
			}
			err = errors.New("holds no certificate that issued this one")
		}
		failed = append(failed, fmt.Errorf("%s: %w", address, err))
	}
	return nil, failed
}

// maxBundle bounds how many certificates of one file are looked at.
const maxBundle = 32

// parseCertificates reads what is found behind issuer addresses: one certificate
// in DER or PEM, or a bundle (PKCS #7).
func parseCertificates(b []byte) (out []*x509.Certificate) {
	if c, err := x509.ParseCertificate(b); err == nil {
		return []*x509.Certificate{c}
	}
	for rest := b; len(out) < maxBundle; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			out = append(out, c)
		} else if strings.HasPrefix(block.Type, "PKCS") {
			out = append(out, parseBundle(block.Bytes)...)
		}
	}
	if len(out) > 0 {
		return out
	}
	return parseBundle(b)
}
