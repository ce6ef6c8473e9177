package exchangetest

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/rpchttp"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// maxBody bounds a request body. The largest legal Execute is 256 KiB of ROPs
// (MS-OXCRPC 3.1.4.2); more is answered with X-ResponseCode 9.
const maxBody = 1 << 20

// call is one HTTP request and all that belongs to its answer.
type call struct {
	s     *Server
	b     *behaviour
	w     *answer
	r     *http.Request
	rec   *Record
	conn  *conn
	vdir  string // first path element, lower case
	body  []byte
	big   bool  // the body was larger than maxBody
	user  *User // who signed in; nil while nobody has
	authn string
	id    string // request-id of the front end
	from  time.Time
}

// answer notes status and X-ResponseCode as they go out.
type answer struct {
	http.ResponseWriter
	c *call
}

func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	a.c.s.seen.update(func() { a.c.rec.Status = status })
	a.ResponseWriter.WriteHeader(status)
}

// ServeHTTP answers a request on any site.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := s.newCall(w, r)
	defer s.seen.done(c.rec)
	c.set("Date", c.from.Format(http.TimeFormat))
	for _, f := range c.b.front {
		if f(c) {
			return
		}
	}
	c.route()
}

func (s *Server) newCall(w http.ResponseWriter, r *http.Request) *call {
	c := &call{s: s, b: s.behaviour(), r: r, conn: r.Context().Value(connKey{}).(*conn), id: strings.ToLower(wire.NewGUID().String())}
	c.from = c.b.clock()
	c.w = &answer{w, c}
	c.vdir, _, _ = strings.Cut(strings.TrimPrefix(strings.ToLower(r.URL.Path), "/"), "/")
	c.rec = &Record{
		Time: c.from, Conn: c.conn.id, TLS: c.conn.tls, From: r.RemoteAddr, Host: r.Host, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
		VDir: c.vdir, RequestType: r.Header.Get("X-RequestType"), RequestID: r.Header.Get("X-RequestId"),
		ClientInfo: r.Header.Get("X-ClientInfo"), ClientRequestID: r.Header.Get("client-request-id"),
		UserAgent: r.UserAgent(), Scheme: schemeOf(r), ResponseCode: -1,
	}
	for _, cookie := range r.Cookies() {
		c.rec.Cookies = append(c.rec.Cookies, cookie.Name)
	}
	s.seen.add(c.rec)
	c.readBody()
	return c
}

func (c *call) readBody() {
	if c.r.Method == rpchttp.In.Method() && c.r.ContentLength > maxBody {
		return // a channel: read as it comes
	}
	c.body, _ = io.ReadAll(io.LimitReader(c.r.Body, maxBody+1)) // what is cut short fails to decode
	c.big = len(c.body) > maxBody
	c.s.seen.update(func() { c.rec.BytesIn = int64(len(c.body)) })
}

// set puts a header with exactly this spelling of its name.
func (c *call) set(name string, values ...string) { c.w.Header()[name] = values }

// text answers with a whole body.
func (c *call) text(status int, kind, body string) {
	c.set("Content-Type", kind)
	c.set("Content-Length", fmt.Sprint(len(body)))
	c.w.WriteHeader(status)
	io.WriteString(c.w, body)
}

// empty answers without a body.
func (c *call) empty(status int) {
	c.set("Content-Length", "0")
	c.w.WriteHeader(status)
}

func (c *call) redirect(status int, to string) {
	c.set("Location", to)
	page := fmt.Sprintf("<html><head><title>Object moved</title></head><body>\r\n<h2>Object moved to <a href=\"%s\">here</a>.</h2>\r\n</body></html>\r\n", to)
	c.text(status, "text/html; charset=utf-8", page)
}

// frontEnd puts the headers that IIS and the Exchange front end add to every
// answer.
func (c *call) frontEnd() {
	c.set("Server", "Microsoft-IIS/10.0")
	c.set("request-id", c.id)
	c.set("X-Powered-By", "ASP.NET")
	c.set("X-FEServer", c.s.names.machine)
}

// backEnd puts the headers that come with an answer of the mailbox server.
func (c *call) backEnd() {
	c.set("X-CalculatedBETarget", c.s.names.server)
	c.set("X-DiagInfo", c.s.names.machine)
	c.set("X-BEServer", c.s.names.machine)
	c.set("X-AspNet-Version", "4.0.30319")
}

// hold keeps the request open until the client or the server goes.
func (c *call) hold() { <-c.r.Context().Done() }

// pause waits; false when the client or the server has gone.
func (c *call) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.r.Context().Done():
		return false
	}
}

// mailboxID is the MailboxId of the URL, in either spelling of its name, whatever
// stands around it.
func (c *call) mailboxID() string {
	values, _ := url.ParseQuery(c.r.URL.RawQuery)
	for name, v := range values {
		if strings.EqualFold(name, "MailboxId") {
			return v[0]
		}
	}
	return ""
}

// sid is a security identifier that depends on the account alone.
func sid(u *User) string {
	h := sha256.Sum256([]byte(u.Login))
	return fmt.Sprintf("S-1-5-21-1111111111-2222222222-3333333333-%d", 1100+int(h[0])<<8+int(h[1]))
}
