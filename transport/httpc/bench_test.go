package httpc

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"testing"
)

// The floor is net/http with the same connection settings against the same
// server. Compare ns/op and allocs/op of the pairs:
//
//	go test -run - -bench . -benchmem ./transport/httpc

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
	for name, size := range map[string]int{"1KiB": 1 << 10, "64KiB": 64 << 10} {
		addr, body := benchServer(b, size), make([]byte, 1<<10)
		b.Run(name+"/httpc", func(b *testing.B) { benchOurs(b, addr, body) })
		b.Run(name+"/nethttp", func(b *testing.B) { benchTheirs(b, addr, body) })
	}
}

func benchOurs(b *testing.B, addr string, body []byte) {
	c := &Client{Path: pathTo(addr), UserAgent: "bench"}
	defer c.Close()
	h := benchHeader()
	b.ReportAllocs()
	for b.Loop() {
		r, err := c.Do(b.Context(), &Request{Method: "POST", URL: "https://" + testHost + "/mapi/emsmdb/", Header: h, Body: body})
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
}

func benchTheirs(b *testing.B, addr string, body []byte) {
	tr := &http.Transport{DisableCompression: true, TLSClientConfig: pathTo(addr).TLSConfig(testHost)}
	tr.DialTLS = func(string, string) (net.Conn, error) { return tls.Dial("tcp", addr, tr.TLSClientConfig) }
	defer tr.CloseIdleConnections()
	c := &http.Client{Transport: tr}
	h := benchHeader()
	b.ReportAllocs()
	for b.Loop() {
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
