package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// withRevocation is a server whose certificate names a revocation list.
func withRevocation(b *testing.B, rtt time.Duration) *exchangetest.Server {
	return startExchange(b, exchangetest.Options{RTT: rtt, Faults: []exchangetest.Fault{{Name: "cert-invalid", Variant: "revoked"}}})
}

// BenchmarkCertificate times the whole inspection of a host (every version of
// TLS, without a name, revocation) next to what nobody can do without: one
// handshake, then one question whether the certificate is revoked.
func BenchmarkCertificate(b *testing.B) {
	server := withRevocation(b, benchRTT)
	in := &certs.Inspector{Path: server.Path(), Revocation: true}
	var floor, whole time.Duration
	for b.Loop() {
		start := time.Now()
		handshakeAndRevocation(b, server)
		floor += time.Since(start)

		start = time.Now()
		if h := in.Inspect(b.Context(), certs.Endpoint{Host: server.MailHost()}); h.Worst() != certs.Fail {
			b.Fatalf("%v %+v", h.Err, h.Problems)
		}
		whole += time.Since(start)
	}
	b.ReportMetric(float64(floor.Milliseconds())/float64(b.N), "floor-ms")
	b.ReportMetric(float64(whole.Milliseconds())/float64(b.N), "inspect-ms")
	b.ReportMetric(float64(whole)/float64(floor), "ratio")
	b.ReportMetric(0, "ns/op") // the sum of both says nothing
}

func handshakeAndRevocation(b *testing.B, server *exchangetest.Server) {
	c, err := server.Path().DialTLS(b.Context(), server.MailHost(), "443")
	if err != nil {
		b.Fatal(err)
	}
	list := c.TLS.PeerCertificates[0].CRLDistributionPoints[0]
	c.Close()
	r, err := server.Client().Get(list)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCertCommand times "mapiscope cert" as a process next to "openssl
// s_client" on the same host, which makes one handshake and asks nobody.
func BenchmarkCertCommand(b *testing.B) {
	if _, err := exec.LookPath("openssl"); err != nil {
		b.Skip("openssl is not installed")
	}
	binary := filepath.Join(b.TempDir(), "mapiscope")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	server := withRevocation(b, 0)
	host := server.MailHost()
	args := append([]string{"cert", host}, server.Flags()...)
	var theirs, ours time.Duration
	for b.Loop() {
		start := time.Now()
		if err := exec.Command("openssl", "s_client", "-connect", realAddress(b, server), "-servername", host, "-CAfile", server.CAFile()).Run(); err != nil {
			b.Fatal(err) // its input is empty, so it ends after the handshake
		}
		theirs += time.Since(start)

		start = time.Now()
		err := exec.Command(binary, args...).Run()
		if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 { // revoked
			b.Fatal(err)
		}
		ours += time.Since(start)
	}
	b.ReportMetric(float64(theirs.Microseconds())/1000/float64(b.N), "s_client-ms")
	b.ReportMetric(float64(ours.Microseconds())/1000/float64(b.N), "cert-ms")
	b.ReportMetric(0, "ns/op")
}

// realAddress is where the mail host really listens.
func realAddress(b *testing.B, server *exchangetest.Server) string {
	b.Helper()
	p := server.Path()
	addrs, err := p.Addresses(context.Background(), server.MailHost(), "443")
	if err != nil {
		b.Fatal(err)
	}
	return p.ConnectTo[addrs[0].String()]
}
