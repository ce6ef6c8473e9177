package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// benchRTT is the simulated round trip of BenchmarkDiagnosis: a branch office.
const benchRTT = 50 * time.Millisecond

// BenchmarkDiagnosis times a whole diagnosis next to its critical path: what
// must happen one after the other to prove that mail arrives and that the session
// outlives its connection, done by the same engine and nothing else. Aim: a ratio
// of 1.25.
func BenchmarkDiagnosis(b *testing.B) {
	server := startExchange(b, exchangetest.Options{RTT: benchRTT})
	var floor, whole time.Duration
	for b.Loop() {
		start := time.Now()
		criticalPath(b, server)
		floor += time.Since(start)

		start = time.Now()
		diagnose(b, server)
		whole += time.Since(start)
	}
	b.ReportMetric(float64(floor.Milliseconds())/float64(b.N), "floor-ms")
	b.ReportMetric(float64(whole.Milliseconds())/float64(b.N), "diagnosis-ms")
	b.ReportMetric(float64(whole)/float64(floor), "ratio")
	b.ReportMetric(0, "ns/op") // the sum of both says nothing
}

func startExchange(b *testing.B, o exchangetest.Options) *exchangetest.Server {
	b.Helper()
	server, err := exchangetest.Start(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(server.Close)
	return server
}

func diagnose(b *testing.B, server *exchangetest.Server) {
	b.Helper()
	user := server.User(0)
	r, err := diag.Diagnose(context.Background(), diag.Options{
		Address: user.Address, User: user.Login, Password: auth.NewSecret(user.Password), Path: server.Path(),
		Deliver: func(context.Context) error { server.Deliver(user.Address, "bench"); return nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	if r.Verdict.Status != report.Pass {
		b.Fatalf("the diagnosis of a healthy server says %q", r.Verdict.Headline)
	}
}

// criticalPath finds the mailbox, opens it, has a notification arrive, and comes
// back on a new connection.
func criticalPath(b *testing.B, server *exchangetest.Server) {
	b.Helper()
	user := server.User(0)
	policy := &auth.Policy{}
	client := &httpc.Client{
		Path: server.Path(), Policy: policy, Budget: &auth.Budget{},
		Mechanisms: []auth.Mechanism{auth.NTLM(auth.Credential{User: user.Login, Password: auth.NewSecret(user.Password)}, auth.NTLMOptions{})},
	}
	defer client.Close()
	ctx := context.Background()
	found := (&autodiscover.Client{HTTP: client, Policy: policy, Steps: []autodiscover.Step{autodiscover.StepAutodiscover}}).Lookup(ctx, user.Address)
	best := found.BestMAPI()
	if best == nil {
		b.Fatalf("Autodiscover found nothing: %+v", found)
	}
	policy.Allow(server.MailHost()) // the host that the answer names
	m := mapihttp.NewMailbox(mapihttp.Config{HTTP: client, URL: server.MailStoreURL(user)}, best.Settings.LegacyDN)
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	_, err := m.Connect(ctx)
	must(err)
	_, err = m.Logon(ctx)
	must(err)
	must(m.RegisterNotification(ctx, rop.NewMail))
	server.Deliver(user.Address, "bench")
	_, err = m.NotificationWait(ctx)
	must(err)
	_, err = m.Poll(ctx)
	must(err)
	m.Pause()
	must(m.Resume(ctx).Err)
	must(m.Disconnect(ctx))
}

// BenchmarkProcess times "mapiscope check" as a user starts it: the static
// binary against an Exchange on loopback. Aim: 150 ms.
func BenchmarkProcess(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "mapiscope")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	server := startExchange(b, exchangetest.Options{})
	args := append([]string{"check", server.User(0).Address, "--format", "json"}, server.Flags()...)
	for b.Loop() {
		cmd := exec.Command(binary, args...)
		cmd.Env = append(os.Environ(), server.Env()...)
		cmd.Stdout = io.Discard
		var log strings.Builder
		cmd.Stderr = &log
		if err := cmd.Run(); err != nil {
			b.Fatalf("%v\n%s", err, log.String())
		}
	}
}
