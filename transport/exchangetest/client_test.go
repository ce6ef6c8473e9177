package exchangetest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/rop"
)

func start(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// client is a MAPI/HTTP client made of net/http alone: Basic, one session context.
type client struct {
	t       *testing.T
	s       *Server
	http    *http.Client
	user    User
	url     string
	cookies map[string]string
	count   int
	header  http.Header // added to the next requests
	objects rop.Columns
}

func newClient(t *testing.T, s *Server, user User, url string) *client {
	c := &client{t: t, s: s, http: s.Client(), user: user, url: url, cookies: map[string]string{}, header: http.Header{}, objects: rop.Columns{}}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

type response struct {
	status int
	header http.Header
	raw    string // the inner stream
	tags   []string
	extra  http.Header // additional headers
	body   []byte
}

func (r *response) code() string {
	if v := r.extra.Get("X-ResponseCode"); v != "" {
		return v
	}
	return r.header.Get("X-ResponseCode")
}

func (c *client) request(kind string, body []byte) *http.Request {
	c.t.Helper()
	c.count++
	req, err := http.NewRequest("POST", c.url, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if len(body) == 0 { // net/http would leave the length out
		req.Body = http.NoBody
	}
	req.Header.Set("Content-Type", "application/mapi-http")
	req.Header["X-RequestType"] = []string{kind}
	req.Header["X-RequestId"] = []string{fmt.Sprintf("{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:%d", c.count)}
	req.Header["X-ClientInfo"] = []string{"{2F94A2BF-A2E6-4CCC-BF98-B5F22C542226}:1"}
	for _, name := range []string{"sid", "sequence", "MapiContext", "MapiSequence", "MapiRouting", "X-BackEndCookie"} {
		if v, ok := c.cookies[name]; ok {
			req.AddCookie(&http.Cookie{Name: name, Value: v})
		}
	}
	if c.user.Login != "" {
		req.SetBasicAuth(c.user.Login, c.user.Password)
	}
	for name, values := range c.header {
		if req.Header[name] = values; values == nil {
			delete(req.Header, name)
		}
	}
	return req
}

func (c *client) do(kind string, body []byte) *response {
	c.t.Helper()
	resp, err := c.http.Do(c.request(kind, body))
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, k := range resp.Cookies() {
		c.cookies[k.Name] = k.Value
	}
	return parse(resp, raw)
}

func parse(resp *http.Response, raw []byte) *response {
	r := &response{status: resp.StatusCode, header: resp.Header, raw: string(raw), extra: http.Header{}, body: raw}
	if resp.Header.Get("Content-Type") != "application/mapi-http" {
		return r
	}
	head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	r.body = []byte(body)
	for _, line := range strings.Split(head, "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			r.extra.Add(name, value)
		} else {
			r.tags = append(r.tags, line)
		}
	}
	return r
}

func (c *client) connect() *emsmdb.ConnectResponse {
	c.t.Helper()
	q := &emsmdb.ConnectRequest{UserDN: c.user.LegacyDN, CodePage: 1252, LcidSort: 0x409, LcidString: 0x409}
	r := c.do("Connect", q.Encode())
	if r.status != 200 || r.code() != "0" {
		c.t.Fatalf("Connect: HTTP %d, X-ResponseCode %q, %s", r.status, r.code(), r.raw)
	}
	p, err := emsmdb.DecodeConnectResponse(r.body)
	if err != nil {
		c.t.Fatal(err)
	}
	return p
}

func executeBody(t *testing.T, q *rop.RequestBuffer, flags uint32) []byte {
	t.Helper()
	payload, err := q.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return (&emsmdb.ExecuteRequest{Flags: flags, ROPs: [][]byte{payload}, MaxRopOut: emsmdb.DefaultMaxRopOut}).Encode()
}

const plainAnswer = emsmdb.ExecuteNoCompression | emsmdb.ExecuteNoXorMagic

func (c *client) execute(handles []uint32, requests ...rop.Request) *rop.ResponseBuffer {
	c.t.Helper()
	return c.executeFlags(plainAnswer, handles, requests...)
}

func (c *client) executeFlags(flags uint32, handles []uint32, requests ...rop.Request) *rop.ResponseBuffer {
	c.t.Helper()
	q := &rop.RequestBuffer{Requests: requests, Handles: handles}
	r := c.do("Execute", executeBody(c.t, q, flags))
	if r.code() != "0" {
		c.t.Fatalf("Execute: X-ResponseCode %q: %s", r.code(), r.raw)
	}
	p, err := emsmdb.DecodeExecuteResponse(r.body)
	if err != nil {
		c.t.Fatal(err)
	}
	if p.StatusCode != mapierr.OK || p.ErrorCode != mapierr.OK || len(p.ROPs) != 1 {
		c.t.Fatalf("Execute: status %v, error %v, %d payloads", p.StatusCode, p.ErrorCode, len(p.ROPs))
	}
	out, err := rop.DecodeResponseBuffer(p.ROPs[0], q, c.objects)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// logon gives the logon's handle and response.
func (c *client) logon() (uint32, *rop.LogonResponse) {
	c.t.Helper()
	out := c.execute([]uint32{rop.NoHandle}, rop.PrivateLogon(c.user.LegacyDN))
	p := out.Responses[0].(*rop.LogonResponse)
	if p.Code() != mapierr.OK {
		c.t.Fatalf("RopLogon: %v", p.Code())
	}
	return out.Handles[0], p
}

// opened is a client after Connect and RopLogon.
func opened(t *testing.T, s *Server, i int) (*client, uint32, *rop.LogonResponse) {
	t.Helper()
	c := newClient(t, s, s.User(i), s.MailStoreURL(s.User(i)))
	c.connect()
	h, p := c.logon()
	return c, h, p
}
