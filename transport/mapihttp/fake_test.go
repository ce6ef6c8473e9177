package mapihttp

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/rop"
	"github.com/mapiscope/mapiscope/transport/wire"
)

const (
	aliceDN = "/o=Contoso/ou=Exchange Administrative Group/cn=Recipients/cn=alice"
	version = "Exchange/15.02.2562.017"
)

// fake is a scripted server on real TLS. By itself it keeps session contexts as
// Exchange does, strict about cookies and sequence; script overrides single
// requests.
type fake struct {
	t     testing.TB
	srv   *httptest.Server
	pool  *x509.CertPool
	event chan struct{} // ends a NotificationWait with an event

	mu       sync.Mutex
	script   []func(*turn) bool // first that takes the request answers it
	seen     []seen
	contexts map[string]*fakeContext
	made     int
	rops     func(*fakeContext, rop.Request) []rop.Response
	unasked  []rop.Response // sent with the next Execute
}

type fakeContext struct {
	id       string
	sequence int
	handles  uint32
}

// seen is one request as it arrived.
type seen struct {
	kind, id, clientInfo, cookie, path string
	header                             http.Header
	body                               []byte
}

// turn is one request and its answer.
type turn struct {
	w    http.ResponseWriter
	r    *http.Request
	f    *fake
	kind string
	body []byte
	ctx  *fakeContext
}

func newFake(t testing.TB) *fake {
	t.Helper()
	checkLeaks(t)
	f := &fake{t: t, event: make(chan struct{}), contexts: map[string]*fakeContext{}, rops: answerROP}
	f.srv = httptest.NewUnstartedServer(http.HandlerFunc(f.serve))
	f.srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	f.srv.StartTLS()
	f.pool = x509.NewCertPool()
	f.pool.AddCert(f.srv.Certificate())
	t.Cleanup(f.srv.Close)
	return f
}

// checkLeaks fails the test when goroutines of this package or of httpc outlive it.
func checkLeaks(t testing.TB) {
	t.Cleanup(func() {
		deadline := time.Now().Add(5 * time.Second)
		buf := make([]byte, 1<<20)
		for {
			stacks := string(buf[:runtime.Stack(buf, true)])
			if !strings.Contains(stacks, "mapihttp.(*") && !strings.Contains(stacks, "httpc.(*") {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("goroutines are left:\n%s", stacks)
				return
			}
			runtime.Gosched()
		}
	})
}

func (f *fake) config() Config {
	client := &httpc.Client{Path: &netpath.Path{RootCAs: f.pool}, UserAgent: "test"}
	f.t.Cleanup(client.Close)
	return Config{HTTP: client, URL: f.srv.URL + "/mapi/emsmdb/?MailboxId=1@contoso.test"}
}

func (f *fake) mailbox() *Mailbox { return NewMailbox(f.config(), aliceDN) }

func (f *fake) directory() *Directory {
	cfg := f.config()
	cfg.URL = f.srv.URL + "/mapi/nspi/?MailboxId=1@contoso.test"
	return NewDirectory(cfg)
}

// on overrides every request of a kind from now on; the newest override wins.
func (f *fake) on(kind string, answer func(*turn)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = append([]func(*turn) bool{func(t *turn) bool {
		if t.kind != kind {
			return false
		}
		answer(t)
		return true
	}}, f.script...)
}

// once overrides the next request of a kind.
func (f *fake) once(kind string, answer func(*turn)) {
	var used sync.Once
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = append(f.script, func(t *turn) (took bool) {
		if t.kind == kind {
			used.Do(func() { took = true; answer(t) })
		}
		return took
	})
}

func (f *fake) requests(kind string) (out []seen) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.seen {
		if s.kind == kind {
			out = append(out, s)
		}
	}
	return out
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	t := &turn{w: w, r: r, f: f, kind: r.Header.Get("X-RequestType"), body: body}
	f.mu.Lock()
	f.seen = append(f.seen, seen{kind: t.kind, id: r.Header.Get("X-RequestId"), clientInfo: r.Header.Get("X-ClientInfo"),
		cookie: r.Header.Get("Cookie"), path: r.URL.Path, header: r.Header, body: body})
	script := append([]func(*turn) bool(nil), f.script...)
	f.mu.Unlock()
	for _, s := range script {
		if s(t) {
			return
		}
	}
	t.answer()
}

// answer is what the healthy server does.
func (t *turn) answer() {
	switch t.kind {
	case "Connect", "Bind":
		t.open()
	case "PING":
		if _, err := t.r.Cookie("MapiContext"); err == nil && !t.resume(false) {
			return
		}
		t.reply(nil)
	case "NotificationWait":
		t.notificationWait()
	default:
		if t.resume(true) {
			t.reply(t.result())
		}
	}
}

// open makes a session context and destroys the one that the cookies name.
func (t *turn) open() {
	f := t.f
	f.mu.Lock()
	if c, err := t.r.Cookie("MapiContext"); err == nil {
		delete(f.contexts, c.Value)
	}
	f.made++
	t.ctx = &fakeContext{id: fmt.Sprintf("ctx%d", f.made)}
	f.contexts[t.ctx.id] = t.ctx
	f.mu.Unlock()
	t.reply(t.result())
}

// resume finds the session context, and refuses as Exchange does.
func (t *turn) resume(sequence bool) bool {
	f := t.f
	f.mu.Lock()
	defer f.mu.Unlock()
	c, err := t.r.Cookie("MapiContext")
	if err != nil {
		t.refuse(13, "no cookie")
		return false
	}
	if t.ctx = f.contexts[c.Value]; t.ctx == nil {
		t.refuse(10, "context not found")
		return false
	}
	if seq, err := t.r.Cookie("MapiSequence"); sequence && (err != nil || seq.Value != fmt.Sprint(t.ctx.sequence)) {
		t.refuse(15, "invalid sequence")
		return false
	}
	return true
}

func (t *turn) result() []byte {
	switch t.kind {
	case "Connect":
		return (&emsmdb.ConnectResponse{PollsMax: time.Minute, RetryCount: 6, RetryDelay: 10 * time.Second, DisplayName: "Alice",
			Aux: []emsmdb.Aux{&emsmdb.ServerSessionInfo{Info: "EXCH01"}, &emsmdb.ServerCapabilities{}}}).Encode()
	case "Execute":
		return t.execute()
	case "Disconnect":
		t.f.mu.Lock()
		delete(t.f.contexts, t.ctx.id)
		t.f.mu.Unlock()
		return (&emsmdb.DisconnectResponse{}).Encode()
	}
	return t.nspi()
}

func (t *turn) execute() []byte {
	q, err := emsmdb.DecodeExecuteRequest(t.body)
	if err != nil || len(q.ROPs) != 1 {
		t.f.t.Errorf("Execute: %v, %d payloads", err, len(q.ROPs))
		return nil
	}
	sent, err := rop.DecodeRequestBuffer(q.ROPs[0])
	if err != nil {
		t.f.t.Errorf("ROPs: %v", err)
		return nil
	}
	return (&emsmdb.ExecuteResponse{ROPs: [][]byte{t.run(sent)}}).Encode()
}

func (t *turn) run(sent *rop.RequestBuffer) []byte {
	t.f.mu.Lock()
	defer t.f.mu.Unlock()
	got := &rop.ResponseBuffer{Handles: sent.Handles}
	for _, q := range sent.Requests {
		answers := t.f.rops(t.ctx, q)
		got.Responses = append(got.Responses, answers...)
		if _, out := slotsOf(q); out != nil && len(answers) > 0 && answers[0].Code() == mapierr.OK {
			t.ctx.handles++
			got.Handles[*out] = 0x100 + t.ctx.handles
		}
	}
	got.Responses = append(got.Responses, t.f.unasked...)
	t.f.unasked = nil
	payload, err := got.Encode()
	if err != nil {
		t.f.t.Errorf("answer: %v", err)
	}
	return payload
}

func (t *turn) nspi() []byte {
	results := map[string]nspi.Response{
		"Bind":   &nspi.BindResponse{},
		"Unbind": &nspi.UnbindResponse{Result: nspi.Result{ErrorCode: nspi.UnbindSuccess}},
		"ResolveNames": &nspi.ResolveNamesResponse{CodePage: 1252, MIDs: []nspi.MID{nspi.Resolved}, Columns: PersonColumns,
			Rows: [][]props.Value{{{Tag: props.TagDisplayName, V: "Alice"}, {Tag: props.TagSMTPAddress, V: "alice@contoso.test"}, {Tag: props.TagEmailAddress, V: aliceDN}}}},
		"GetMatches": &nspi.GetMatchesResponse{Stat: nspi.DefaultStat(), MIDs: []nspi.MID{0x1b}},
		"QueryRows":  &nspi.QueryRowsResponse{Stat: nspi.DefaultStat()},
		"DNToMId":    &nspi.DNToMIdResponse{MIDs: []nspi.MID{0x1b, 0}},
		"GetProps":   &nspi.GetPropsResponse{Result: nspi.Result{ErrorCode: mapierr.ErrorsReturned}, CodePage: 1252, Values: []props.Value{{Tag: props.TagDisplayName, V: "Alice"}}},

		"GetSpecialTable":   &nspi.GetSpecialTableResponse{CodePage: 1252},
		"GetMailboxUrl":     &nspi.GetMailboxURLResponse{URL: "https://mail.contoso.test/mapi/emsmdb/?MailboxId=2@contoso.test"},
		"GetAddressBookUrl": &nspi.GetAddressBookURLResponse{URL: "https://mail.contoso.test/mapi/nspi/?MailboxId=2@contoso.test"},
	}
	r := results[t.kind]
	if r == nil {
		t.f.t.Errorf("request type %q", t.kind)
		return nil
	}
	body, err := r.Encode()
	if err != nil {
		t.f.t.Error(err)
	}
	return body
}

// answerROP is a mailbox with an Inbox of 7 messages and two folders.
func answerROP(_ *fakeContext, q rop.Request) []rop.Response {
	switch q := q.(type) {
	case *rop.LogonRequest:
		p := &rop.LogonResponse{Result: rop.Result{Handle: q.Output}, LogonFlags: rop.LogonPrivate, LogonTime: time.Now().UTC().Add(-time.Hour).Truncate(time.Second)}
		p.FolderIDs[rop.FolderInbox] = rop.FolderID{1, 0, 0, 0, 0, 0, 0, 0x0d}
		return []rop.Response{p}
	case *rop.GetPropertiesSpecificRequest:
		return []rop.Response{&rop.GetPropertiesSpecificResponse{Result: rop.Result{Handle: q.Input}, Columns: q.Columns, Row: rowFor(q.Columns)}}
	case *rop.GetReceiveFolderRequest:
		return []rop.Response{&rop.GetReceiveFolderResponse{Result: rop.Result{Handle: q.Input}, FolderID: rop.FolderID{1, 0, 0, 0, 0, 0, 0, 0x0d}, MessageClass: "IPM"}}
	case *rop.OpenFolderRequest:
		return []rop.Response{&rop.OpenFolderResponse{Result: rop.Result{Handle: q.Output}}}
	case *rop.GetHierarchyTableRequest:
		return []rop.Response{&rop.GetHierarchyTableResponse{Result: rop.Result{Handle: q.Output}, RowCount: 2}}
	case *rop.SetColumnsRequest:
		return []rop.Response{&rop.SetColumnsResponse{Result: rop.Result{Handle: q.Input}}}
	case *rop.QueryRowsRequest:
		return []rop.Response{&rop.QueryRowsResponse{Result: rop.Result{Handle: q.Input}, Columns: folderColumns, Origin: rop.OriginEnd,
			Rows: [][]props.Value{rowFor(folderColumns), rowFor(folderColumns)}}}
	case *rop.RegisterNotificationRequest:
		return []rop.Response{&rop.RegisterNotificationResponse{Result: rop.Result{Handle: q.Output}}}
	case *rop.GetStoreStateRequest:
		return []rop.Response{&rop.GetStoreStateResponse{Result: rop.Result{Handle: q.Input}}}
	}
	return nil
}

func rowFor(columns []props.Tag) (row []props.Value) {
	values := map[props.Tag]any{
		props.TagMailboxOwnerName: "Alice", props.TagMessageSizeExtended: int64(1 << 33), props.TagProhibitSendQuota: int32(2048),
		props.TagProhibitReceiveQuota: int32(-1), props.TagOutOfOfficeState: false, props.TagDisplayName: "Inbox",
		props.TagContentCount: int32(7), props.TagContentUnreadCount: int32(3), props.TagContainerClass: "IPF.Note",
		props.TagFolderID: int64(13), props.TagSubfolders: true,
	}
	for _, c := range columns {
		row = append(row, props.Value{Tag: c, V: values[c]})
	}
	return row
}

func (t *turn) notificationWait() {
	if !t.resume(false) {
		return
	}
	t.headers(0)
	t.write("PROCESSING\r\n")
	select {
	case <-t.f.event:
		t.write("DONE\r\nX-ElapsedTime: 5\r\n\r\n")
		t.write(string((&emsmdb.NotificationWaitResponse{EventPending: 1}).Encode()))
	case <-t.r.Context().Done():
	}
}

// headers sends the initial headers of an answer, with cookies if there is a context.
func (t *turn) headers(code int) {
	h := t.w.Header()
	set := func(k, v string) { h[k] = []string{v} }
	set("Content-Type", contentType)
	set("X-RequestType", t.kind)
	set("X-RequestId", t.r.Header.Get("X-RequestId"))
	set("X-ClientInfo", t.r.Header.Get("X-ClientInfo"))
	set("X-ServerApplication", version)
	set("X-PendingPeriod", "30000")
	set("X-ResponseCode", fmt.Sprint(code))
	set("request-id", "00000000-0000-0000-0000-000000000001")
	set("X-FEServer", "FE01")
	set("X-BEServer", "BE01")
	set("X-CalculatedBETarget", "be01.contoso.test")
	if t.ctx != nil {
		set("X-ExpirationInfo", "900000")
		if t.kind != "NotificationWait" {
			t.f.mu.Lock()
			t.ctx.sequence++
			t.f.mu.Unlock()
		}
		h["Set-Cookie"] = []string{"MapiContext=" + t.ctx.id + "; path=/mapi/emsmdb; secure; HttpOnly",
			fmt.Sprintf("MapiSequence=%d; path=/mapi/emsmdb; secure; HttpOnly", t.ctx.sequence)}
	}
	t.w.WriteHeader(200)
}

func (t *turn) write(s string) {
	io.WriteString(t.w, s)
	t.w.(http.Flusher).Flush()
}

// reply is a whole answer with tags.
func (t *turn) reply(body []byte) {
	t.headers(0)
	t.w.Write(append([]byte("PROCESSING\r\nDONE\r\nX-ElapsedTime: 12\r\nX-StartTime: Tue, 03 Mar 2026 10:00:00 GMT\r\n\r\n"), body...))
}

// refuse is an answer with an X-ResponseCode.
func (t *turn) refuse(code int, text string) {
	h := t.w.Header()
	h.Set("Content-Type", "text/html")
	h["X-ResponseCode"] = []string{fmt.Sprint(code)}
	h["X-ServerApplication"] = []string{version}
	h.Set("request-id", "1")
	io.WriteString(t.w, "<html><body><h1>Diagnostic Information</h1><p>"+text+"</p></body></html>")
}

// raw takes the connection over and writes s to it.
func (t *turn) raw(s string) {
	conn, _, err := t.w.(http.Hijacker).Hijack()
	if err != nil {
		t.f.t.Error(err)
		return
	}
	defer conn.Close()
	io.WriteString(conn, s)
}

// rawHead is the head of an answer written by hand.
func rawHead(lines ...string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: application/mapi-http\r\nX-ResponseCode: 0\r\nX-ServerApplication: " + version +
		"\r\n" + strings.Join(append(lines, "", ""), "\r\n")
}

func connected(t testing.TB, f *fake) *Mailbox {
	t.Helper()
	m := f.mailbox()
	if _, err := m.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return m
}

func loggedOn(t testing.TB, f *fake) *Mailbox {
	t.Helper()
	m := connected(t, f)
	if _, err := m.Logon(t.Context()); err != nil {
		t.Fatal(err)
	}
	return m
}

// wantFailure asserts the rung.
func wantFailure(t testing.TB, err error, phase netpath.Phase) *Failure {
	t.Helper()
	f := asFailure(err)
	if f == nil || f.Phase != phase {
		t.Fatalf("got %v (%+v), want a failure of phase %s", err, f, phase)
	}
	return f
}

func wantCode(t testing.TB, err error, phase netpath.Phase, code mapierr.Code) *Failure {
	t.Helper()
	f := wantFailure(t, err, phase)
	if f.Code == nil || *f.Code != code {
		t.Fatalf("got %v, want %v", err, code)
	}
	return f
}

func short(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// partial answers the first n operations of an Execute and hands the rest back.
func (t *turn) partial(n int) []byte {
	q, err := emsmdb.DecodeExecuteRequest(t.body)
	if err != nil {
		t.f.t.Error(err)
		return nil
	}
	sent, err := rop.DecodeRequestBuffer(q.ROPs[0])
	if err != nil {
		t.f.t.Error(err)
		return nil
	}
	n = min(n, len(sent.Requests))
	if n < len(sent.Requests) {
		var w wire.Writer
		for _, q := range sent.Requests[n:] {
			q.Encode(&w)
		}
		t.f.unasked = []rop.Response{&rop.BufferTooSmallResponse{SizeNeeded: 0x7000, Undone: w.Bytes()}}
	}
	sent.Requests = sent.Requests[:n]
	return (&emsmdb.ExecuteResponse{ROPs: [][]byte{t.run(sent)}}).Encode()
}

// payload is an Execute answer with these operations and no handles.
func (t *turn) payload(answers ...rop.Response) []byte {
	b, err := (&rop.ResponseBuffer{Responses: answers}).Encode()
	if err != nil {
		t.f.t.Error(err)
	}
	return (&emsmdb.ExecuteResponse{ROPs: [][]byte{b}}).Encode()
}
