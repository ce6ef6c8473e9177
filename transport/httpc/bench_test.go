package httpc

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"
)

// The floor is net/http with the same settings against the same server. Both are
// run in turn, so that a busy machine slows both alike; "ratio" is our median
// time over theirs.
//
//	go test -run - -bench . ./transport/httpc

func benchHeader() http.Header {
	return http.Header{
		"Content-Type": {"application/mapi-http"}, "X-RequestType": {"Execute"}, "X-RequestId": {"{C715155F-2BE8-44E0-BD34-2960065754C8}:1"},
		"X-ClientInfo": {"{2F94A2BF-A2E6-4CCC-BF98-B5F22C542226}:1"}, "X-ClientApplication": {"Outlook/15.00.0856.000"}, "Cookie": {"sid=ABCDEFGH"},
	}
}

func benchServer(b *testing.B, size int) string {
	answer := bytes.Repeat([]byte("x"), size)
	addr, _ := serve(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("X-ResponseCode", "0")
		w.Write(answer)
	}))
	return addr
}

func BenchmarkPost(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			addr, body := benchServer(b, size), make([]byte, 1<<10)
			ours, theirs := ourPost(b, addr, body), theirPost(b, addr, body)
			var our, their []time.Duration
			for b.Loop() {
				our = append(our, timeOf(ours))
				their = append(their, timeOf(theirs))
			}
			b.ReportMetric(float64(median(our))/float64(median(their)), "ratio")
			b.ReportMetric(testing.AllocsPerRun(100, ours), "our-allocs")
			b.ReportMetric(testing.AllocsPerRun(100, theirs), "their-allocs")
		})
	}
}

func timeOf(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func ourPost(b *testing.B, addr string, body []byte) func() {
	c := &Client{Path: pathTo(addr), UserAgent: "bench"}
	b.Cleanup(c.Close)
	h := benchHeader()
	return func() {
		r, err := c.Do(b.Context(), &Request{Method: "POST", URL: "https://" + testHost + "/mapi/emsmdb/", Header: h, Body: body})
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
}

func theirPost(b *testing.B, addr string, body []byte) func() {
	tr := &http.Transport{DisableCompression: true, TLSClientConfig: pathTo(addr).TLSConfig(testHost)}
	dialer := &tls.Dialer{Config: tr.TLSClientConfig}
	tr.DialTLSContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return dialer.DialContext(ctx, "tcp", addr) }
	b.Cleanup(tr.CloseIdleConnections)
	c := &http.Client{Transport: tr}
	h := benchHeader()
	return func() {
		q, err := http.NewRequestWithContext(b.Context(), "POST", "https://"+testHost+"/mapi/emsmdb/", bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		q.Header = h
		r, err := c.Do(q)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
}
