package mapihttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// endless writes what next gives until the client hangs up.
func endless(head string, every time.Duration, next func() string) func(*turn) {
	return func(t *turn) {
		conn, _, err := t.w.(http.Hijacker).Hijack()
		if err != nil {
			t.f.t.Error(err)
			return
		}
		defer conn.Close()
		gone := hungUp(conn)
		if _, err := io.WriteString(conn, head); err != nil {
			return
		}
		if every == 0 {
			for err == nil {
				_, err = io.WriteString(conn, next())
			}
			return
		}
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-gone:
				return
			case <-tick.C:
				if _, err := io.WriteString(conn, next()); err != nil {
					return
				}
			}
		}
	}
}

// hungUp is closed when the client closes its end.
func hungUp(conn net.Conn) chan struct{} {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		io.Copy(io.Discard, conn)
	}()
	return gone
}

func always(s string) func() string { return func() string { return s } }

// A hostile server is cut off at a stated bound, in time and in memory.
func TestHostileServer(t *testing.T) {
	plain := rawHead("Connection: close")
	// A flood meets the bounds on size, a trickle those on time.
	flood := Limits{Tags: 50}
	trickle := Limits{Gap: 150 * time.Millisecond, BodyTime: 150 * time.Millisecond, CallTime: 400 * time.Millisecond, Tags: 50}
	pages := func() func() string {
		n := 0
		return func() string { n++; return fmt.Sprintf("X-%d: y\r\n", n) }
	}
	for _, c := range []struct {
		name   string
		answer func(*turn)
		want   error
		phase  netpath.Phase
	}{
		{"endless PENDING at once", endless(plain+"PROCESSING\r\n", 0, always("PENDING\r\n")), ErrTooLarge, netpath.PhaseBody},
		{"endless PENDING in rhythm", endless(plain+"PROCESSING\r\n", 50*time.Millisecond, always("PENDING\r\n")), context.DeadlineExceeded, netpath.PhaseBody},
		{"silence after PROCESSING", endless(plain+"PROCESSING\r\n", time.Hour, always("")), context.DeadlineExceeded, netpath.PhaseBody},
		{"silence after the headers", endless(plain, time.Hour, always("")), context.DeadlineExceeded, netpath.PhaseBody},
		{"one byte at a time, no tag", endless(plain, 20*time.Millisecond, always("x")), context.DeadlineExceeded, netpath.PhaseBody},
		{"one byte at a time between tags", endless(plain+"PROCESSING", 20*time.Millisecond, always("\n")), context.DeadlineExceeded, netpath.PhaseBody},
		{"one byte at a time in the body", endless(plain+"PROCESSING\r\nDONE\r\n\r\n", 20*time.Millisecond, always("x")), context.DeadlineExceeded, netpath.PhaseBody},
		{"10 GiB announced", endless(rawHead("Content-Length: 10737418240"), 0, always(strings.Repeat("x", 1<<16))), ErrTooLarge, netpath.PhaseBody},
		{"body without end", endless(plain+"PROCESSING\r\nDONE\r\n\r\n", 0, always(strings.Repeat("x", 1<<16))), ErrTooLarge, netpath.PhaseBody},
		{"tag line without end", endless(plain+"PROCESSING\r\n", 0, always("PROCESSINGX")), ErrMalformed, netpath.PhaseBody},
		{"DONE line without end", endless(plain+"PROCESSING\r\nDONE", 0, always("    ")), ErrTooLarge, netpath.PhaseBody},
		{"thousands of additional headers", endless(plain+"DONE\r\n", 0, pages()), ErrTooLarge, netpath.PhaseBody},
		{"additional header without end", endless(plain+"DONE\r\nX-A: ", 0, always("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")), ErrTooLarge, netpath.PhaseBody},
		{"page without end", endless("HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\n", 0, always(strings.Repeat("x", 1<<16))), nil, netpath.PhaseHTTP},
		{"page that drips", endless("HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\n", 20*time.Millisecond, always("x")), nil, netpath.PhaseHTTP},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.on("Connect", c.answer)
			cfg := f.config()
			cfg.Limits = flood
			if c.want == context.DeadlineExceeded || c.name == "page that drips" {
				cfg.Limits = trickle
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := NewMailbox(cfg, aliceDN).Connect(t.Context())
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			fail := wantFailure(t, err, c.phase)
			if c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if netpath.Timeout(err) != errors.Is(c.want, context.DeadlineExceeded) {
				t.Errorf("timeout is %v: %+v", netpath.Timeout(err), fail)
			}
			// the limits are 0.4 s; the rest is for a busy machine
			if took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if cost := int64(after.TotalAlloc - before.TotalAlloc); cost > 64<<20 {
				t.Errorf("cost %d bytes", cost)
			}
		})
	}
}

// What a hostile server puts into its headers must not become a limit or a clock.
func TestHostileHeaders(t *testing.T) {
	f := newFake(t)
	for _, c := range []struct {
		pending, expiration string
		period, life        time.Duration
	}{
		{"0", "0", minPendingPeriod, 0},
		{"4294967295", "4294967295", maxPendingPeriod, maxExpiration},
		{"99999999999999999999", "-1", defaultPendingPeriod, 0},
		{"abc", "", defaultPendingPeriod, 0},
		{"15000", "300000", 15 * time.Second, 5 * time.Minute},
	} {
		f.once("Connect", func(t *turn) {
			t.w.Header().Set("X-PendingPeriod", c.pending)
			t.w.Header().Set("X-ExpirationInfo", c.expiration)
			t.w.Header().Set("X-ResponseCode", "0")
			t.w.Header().Set("X-ServerApplication", "Exchange/"+strings.Repeat("9", 4000))
			io.WriteString(t.w, "PROCESSING\r\nDONE\r\nX-ElapsedTime: 18446744073709551615\r\n\r\n"+connectOK())
		})
		m := f.mailbox()
		if _, err := m.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		i := m.Info()
		if i.PendingPeriod != c.period || i.Expiration != c.life || i.AvgProcessing < 0 || len(i.ServerVersion) > 1000 {
			t.Errorf("%s %s: %+v", c.pending, c.expiration, i)
		}
	}
}

func TestResponseCodeSpellings(t *testing.T) {
	for value, want := range map[string]int{"0": 0, " 10 ": 10, "0,10": 10, "0, 16": 16} {
		if got, ok := responseCode(http.Header{"X-Responsecode": {value}}); !ok || got != want {
			t.Errorf("%q: %d %v", value, got, ok)
		}
	}
	for _, value := range []string{"", "x", "-1", "1.5", "99999999999"} {
		if _, ok := responseCode(http.Header{"X-Responsecode": {value}}); ok {
			t.Errorf("%q is no code", value)
		}
	}
	if got, ok := responseCode(http.Header{"X-Responsecode": {"0", "12"}}); !ok || got != 12 {
		t.Errorf("two headers: %d", got)
	}
}

// Every body of an answer, cut anywhere and with every counted field at its
// largest: an error, never a panic, never a hang, never a huge allocation.
func TestState20TruncatedAndOversizedLengths(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	var body []byte
	f.on("Execute", func(t *turn) { t.resume(true); body = t.result(); t.reply(body) })
	if _, err := m.Folders(t.Context()); err != nil {
		t.Fatal(err)
	}
	reqs := []rop.Request{&rop.OpenFolderRequest{Output: 1}, &rop.GetHierarchyTableRequest{Input: 1, Output: 2},
		&rop.SetColumnsRequest{Input: 2, Columns: folderColumns}, &rop.QueryRowsRequest{Input: 2, Forward: true, RowCount: 100}}
	try := func(b []byte) error {
		a := &answer{Status: 200, Header: http.Header{}, HasResponseCode: true, Body: b, op: "Execute", host: "h", exchange: &httpc.Exchange{}}
		return m.readExecute(a, m.objectsFor(reqs), &batch{})
	}
	if err := try(body); err != nil {
		t.Fatalf("the whole body: %v", err)
	}
	for n := range body {
		if err := try(body[:n]); err == nil {
			t.Errorf("%d of %d bytes passed", n, len(body))
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range len(body) - 3 {
		for _, fill := range []byte{0xFF, 0x7F, 0x00} {
			b := append([]byte(nil), body...)
			for j := range 4 {
				b[i+j] = fill
			}
			try(b) // many of these are values, so it may pass
		}
	}
	runtime.ReadMemStats(&after)
	if per := (after.TotalAlloc - before.TotalAlloc) / uint64(3*len(body)); per > 1<<20 {
		t.Errorf("%d bytes per hostile answer", per)
	}
}

func TestState21CompressedAndXored(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	f.once("Execute", func(t *turn) {
		t.resume(true)
		p, err := emsmdb.DecodeExecuteResponse(t.result())
		if err != nil {
			t.f.t.Error(err)
		}
		p.Packing = emsmdb.Compress | emsmdb.XorMagic
		t.reply(p.Encode())
	})
	folders, err := m.Folders(t.Context())
	if err != nil || len(folders) != 2 || folders[1].Name != "Inbox" {
		t.Errorf("%+v, %v", folders, err)
	}
}

func TestState22OddAuxBlocks(t *testing.T) {
	f := newFake(t)
	blocks := [][]byte{
		{},
		{8, 0, 1, 0x77, 1, 2, 3, 4},          // unknown type
		{0, 0, 1, 0x4B},                      // Size 0: must not loop
		{3, 0, 1, 0x4B},                      // Size smaller than its header
		{0xFF, 0xFF, 1, 0x4B, 1, 2},          // Size beyond the buffer
		{6, 0, 1, 0x4B, 0xFF, 0xFF, 4, 0, 9}, // offset beyond the block, then leftovers
	}
	for _, b := range blocks {
		aux := append([]byte{0, 0, 4, 0, byte(len(b)), 0, byte(len(b)), 0}, b...)
		for _, wrapped := range [][]byte{aux, b} { // early builds leave the extended buffer out
			body := []byte(connectOK())
			body = append(body[:len(body)-4], byte(len(wrapped)), 0, 0, 0)
			body = append(body, wrapped...)
			f.once("Connect", func(t *turn) { t.reply(body) })
			if p, err := f.mailbox().Connect(t.Context()); err != nil || p.DisplayName != "Alice" {
				t.Errorf("% x: %+v, %v", wrapped, p, err)
			}
		}
	}
}
