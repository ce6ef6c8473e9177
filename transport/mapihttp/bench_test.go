package mapihttp

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// benchServer answers every Execute with the same bytes, as fast as it can.
func benchServer(b *testing.B) (f *fake, m *Mailbox) {
	f = newFake(b)
	m = loggedOn(b, f)
	payload, err := (&rop.ResponseBuffer{Responses: []rop.Response{&rop.GetStoreStateResponse{}}, Handles: []uint32{1}}).Encode()
	if err != nil {
		b.Fatal(err)
	}
	body := (&emsmdb.ExecuteResponse{ROPs: [][]byte{payload}}).Encode()
	f.srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		t := &turn{w: w, r: r, f: f, kind: "Execute", ctx: &fakeContext{id: "ctx1"}}
		t.reply(body)
	})
	return f, m
}

// plainPOST is the floor: the same bytes to the same server by net/http, on one
// kept connection, answer read whole.
func plainPOST(b *testing.B, f *fake) func() {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: f.pool}, DisableCompression: true}
	b.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	last := f.seen[len(f.seen)-1]
	return func() {
		req, _ := http.NewRequest(http.MethodPost, f.srv.URL+"/mapi/emsmdb/?MailboxId=1@contoso.test", bytes.NewReader(last.body))
		for _, name := range []string{"Accept", "Content-Type", "X-Requesttype", "X-Requestid", "X-Clientinfo", "X-Clientapplication", "Client-Request-Id", "Cookie", "User-Agent"} {
			req.Header[name] = last.header[name]
		}
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

func BenchmarkPlainPOST(b *testing.B) {
	f, _ := benchServer(b)
	post := plainPOST(b, f)
	post()
	b.ReportAllocs()
	for b.Loop() {
		post()
	}
}

// BenchmarkExecute is one Execute round trip. The metric "ratio" is its time
// against that of PlainPOST, the two taken in turns in the same run.
func BenchmarkExecute(b *testing.B) {
	f, m := benchServer(b)
	post := plainPOST(b, f)
	execute := func() {
		if err := m.Verify(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	execute()
	against := ratio(execute, post)
	b.ReportAllocs()
	for b.Loop() {
		execute()
	}
	b.ReportMetric(against, "ratio")
}

// ratio is the median time of f over the median time of floor. They run in turns,
// so that what disturbs the machine disturbs both, and in blocks, so that the
// goroutines one leaves busy do not count against the other.
func ratio(f, floor func()) float64 {
	const rounds = 25
	a, b := make([]time.Duration, rounds), make([]time.Duration, rounds)
	for i := range rounds {
		a[i], b[i] = block(f), block(floor)
	}
	slices.Sort(a)
	slices.Sort(b)
	return float64(a[rounds/2]) / float64(b[rounds/2])
}

func block(f func()) time.Duration {
	f() // wakes what the other put to sleep
	start := time.Now()
	for range 40 {
		f()
	}
	return time.Since(start)
}
