package certs

import (
	"context"
	"crypto/tls"
	"slices"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Offer is whether the server speaks one version of TLS.
type Offer struct {
	Version  uint16
	Accepted bool
	Known    bool     // false: the try broke off, which says nothing
	Suite    uint16   // what the server chose
	Suites   []uint16 // all that it accepts in the order in which it prefers them, when asked one by one
	Took     time.Duration
}

// versions are those that a client can meet, the oldest first.
var versions = []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13}

// offers tries every version by itself, at the same time.
func (in *Inspector) offers(ctx context.Context, d door, e Endpoint) []Offer {
	out := make([]Offer, len(versions))
	var wg sync.WaitGroup
	for i, v := range versions {
		wg.Go(func() { out[i] = in.offer(ctx, d, e, v) })
	}
	wg.Wait()
	return out
}

func (in *Inspector) offer(ctx context.Context, d door, e Endpoint, version uint16) Offer {
	o := Offer{Version: version}
	suites := everySuite()
	for {
		suite, known, err := in.try(ctx, d, e, version, suites, &o.Took)
		if err != nil {
			o.Known = o.Accepted || known
			return o
		}
		if !o.Accepted {
			o.Accepted, o.Known, o.Suite = true, true, suite
		}
		o.Suites = append(o.Suites, suite)
		// TLS 1.3 has three suites, all of them sound, and the library offers all.
		at := slices.Index(suites, suite)
		if !in.Suites || version == tls.VersionTLS13 || at < 0 || len(suites) == 1 {
			return o
		}
		suites = slices.Delete(suites, at, at+1)
	}
}

// try makes one handshake. known says that a failure was the server's answer.
func (in *Inspector) try(ctx context.Context, d door, e Endpoint, version uint16, suites []uint16, took *time.Duration) (suite uint16, known bool, err error) {
	conn, err := d.dial(ctx)
	if err != nil {
		return 0, false, err
	}
	config := open(e.Host, span{version, version})
	config.CipherSuites = suites
	// The chosen suite is known before the certificate is judged by the library,
	// which some keys do not survive; the version was accepted all the same.
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &tls.Certificate{}, nil }
	met := false
	config.VerifyConnection = func(s tls.ConnectionState) error {
		suite, met = s.CipherSuite, true
		return nil
	}
	var spent time.Duration
	_, err = in.shake(ctx, conn, config, &spent)
	if *took == 0 {
		*took = spent
	}
	if met {
		return suite, true, nil
	}
	return 0, refusedByServer(err), err
}

// refusedByServer tells an alert, or a server that hangs up, from a network that
// lost something.
func refusedByServer(err error) bool {
	switch netpath.KindOf(err) {
	case netpath.KindTimeout, netpath.KindCanceled, netpath.KindUnreachable:
		return false
	}
	return true
}
