package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// BenchmarkExecute times the smallest Execute of the engine next to a bare
// net/http POST of the same body to the same server, in sessions of their own.
// The server is in this process, so allocations count its own too, the same on
// both sides. Aim: a ratio of 1.05.
func BenchmarkExecute(b *testing.B) {
	server := startExchange(b, exchangetest.Options{Schemes: []string{"Basic"}})
	mailbox, bare := openMailbox(b, server), openBare(b, server)
	engine := func() {
		if err := mailbox.Verify(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	floor := func() { bare.execute(&rop.GetStoreStateRequest{}) }
	b.Run("engine", func(b *testing.B) { repeat(b, engine) })
	b.Run("net-http", func(b *testing.B) { repeat(b, floor) })
	b.Run("ratio", func(b *testing.B) {
		var ours, theirs []time.Duration
		for b.Loop() { // turn and turn about, so that both meet the same weather
			ours, theirs = append(ours, timed(engine)), append(theirs, timed(floor))
		}
		b.ReportMetric(float64(median(ours))/float64(median(theirs)), "ratio")
		b.ReportMetric(0, "ns/op")
	})
}

func repeat(b *testing.B, f func()) {
	b.ReportAllocs()
	for b.Loop() {
		f()
	}
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func openMailbox(b *testing.B, server *exchangetest.Server) *mapihttp.Mailbox {
	b.Helper()
	user, policy := server.User(0), &auth.Policy{}
	policy.Allow(server.MailHost())
	client := &httpc.Client{Path: server.Path(), Policy: policy,
		Mechanisms: []auth.Mechanism{auth.Basic(auth.Credential{User: user.Login, Password: auth.NewSecret(user.Password)})}}
	b.Cleanup(client.Close)
	m := mapihttp.NewMailbox(mapihttp.Config{HTTP: client, URL: server.MailStoreURL(user)}, user.LegacyDN)
	if _, err := m.Connect(context.Background()); err != nil {
		b.Fatal(err)
	}
	if _, err := m.Logon(context.Background()); err != nil {
		b.Fatal(err)
	}
	return m
}

// bareClient speaks MAPI/HTTP with nothing but net/http: cookies, request
// numbers and bodies, no judgement of the answers.
type bareClient struct {
	b       *testing.B
	client  *http.Client
	url     string
	user    exchangetest.User
	cookies map[string]string
	sent    int
	handle  uint32 // of the logon
}

func openBare(b *testing.B, server *exchangetest.Server) *bareClient {
	b.Helper()
	user := server.User(0)
	c := &bareClient{b: b, client: server.Client(), url: server.MailStoreURL(user), user: user, cookies: map[string]string{}, handle: rop.NoHandle}
	c.post("Connect", (&emsmdb.ConnectRequest{UserDN: user.LegacyDN, CodePage: 1252, LcidSort: 0x409, LcidString: 0x409}).Encode())
	logon := rop.PrivateLogon(user.LegacyDN)
	answer, err := emsmdb.DecodeExecuteResponse(c.execute(logon))
	if err != nil || len(answer.ROPs) != 1 {
		b.Fatalf("logon: %v %+v", err, answer)
	}
	got, err := rop.DecodeResponseBuffer(answer.ROPs[0], &rop.RequestBuffer{Requests: []rop.Request{logon}, Handles: []uint32{rop.NoHandle}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	c.handle, _ = got.Handle(0)
	return c
}

// execute sends one operation on slot 0 and returns the response body.
func (c *bareClient) execute(q rop.Request) []byte {
	payload, err := (&rop.RequestBuffer{Requests: []rop.Request{q}, Handles: []uint32{c.handle}}).Encode()
	if err != nil {
		c.b.Fatal(err)
	}
	return c.post("Execute", (&emsmdb.ExecuteRequest{
		Flags: emsmdb.ExecuteNoCompression | emsmdb.ExecuteNoXorMagic,
		ROPs:  [][]byte{payload}, MaxRopOut: emsmdb.DefaultMaxRopOut,
	}).Encode())
}

const bareClientID = "{6A3E2C44-1D22-4E0B-9A65-0B1D5E1F7A01}"

func (c *bareClient) post(kind string, body []byte) []byte {
	req, err := http.NewRequest("POST", c.url, bytes.NewReader(body))
	if err != nil {
		c.b.Fatal(err)
	}
	c.sent++
	req.SetBasicAuth(c.user.Login, c.user.Password)
	req.Header.Set("Content-Type", "application/mapi-http")
	req.Header.Set("X-RequestType", kind)
	req.Header.Set("X-RequestId", fmt.Sprintf("%s:%d", bareClientID, c.sent))
	req.Header.Set("X-ClientInfo", bareClientID+":1")
	req.Header.Set("X-ClientApplication", mapihttp.DefaultApplication)
	for name, value := range c.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, err := c.client.Do(req)
	if err != nil {
		c.b.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		c.b.Fatal(err)
	}
	if code := resp.Header.Get("X-ResponseCode"); resp.StatusCode != 200 || code != "0" {
		c.b.Fatalf("%s: %s, X-ResponseCode %s: %s", kind, resp.Status, code, answer)
	}
	for _, cookie := range resp.Cookies() {
		c.cookies[cookie.Name] = cookie.Value
	}
	_, rest, _ := strings.Cut(string(answer), "\r\n\r\n")
	return []byte(rest)
}
