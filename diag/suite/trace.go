package suite

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/httpc"
)

// maxExchanges bounds the list of a report: a run makes some fifty requests, and
// a server that provokes thousands must not fill the memory.
const maxExchanges = 2000

// trace collects every exchange on the wire.
type trace struct {
	mu   sync.Mutex
	list []*httpc.Exchange
}

func (t *trace) done(x *httpc.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.list) < maxExchanges {
		t.list = append(t.list, x)
	}
}

// Exchanges is every exchange so far, in order of start. Several clients make them,
// each of which numbers its own.
func (e *Env) Exchanges() []*httpc.Exchange {
	e.trace.mu.Lock()
	defer e.trace.mu.Unlock()
	out := slices.Clone(e.trace.list)
	slices.SortFunc(out, func(a, b *httpc.Exchange) int { return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Seq, b.Seq)) })
	return out
}

// ReportExchanges is the same as the report has it.
func (e *Env) ReportExchanges() []report.Exchange {
	out := []report.Exchange{}
	for i, x := range e.Exchanges() {
		row := report.Exchange{
			Seq: i + 1, Started: report.MS(max(x.Started.Sub(e.started), 0)), Check: x.Check, Method: x.Method, URL: x.URL,
			Local: x.Local, Remote: x.Remote, Proto: x.Proto, TLS: x.TLS, Status: x.Status, RequestType: x.RequestType,
			RequestID: x.RequestID, ClientInfo: x.ClientInfo, ClientRequestID: x.ClientRequestID, ServerRequestID: x.ServerRequestID,
			ResponseCode: number(x.ResponseCode), ErrorCode: number(x.ErrorCode), DNS: report.MSPtr(x.DNS), Connect: report.MSPtr(x.Connect),
			TLSTime: report.MSPtr(x.TLSTime), FirstByte: report.MSPtr(x.FirstByte), Total: report.MSPtr(x.Total),
			BytesOut: x.BytesOut, BytesIn: x.BytesIn, Authn: x.Authn, FEServer: x.FEServer, BEServer: x.BEServer,
		}
		if x.Err != nil {
			row.Error = x.Err.Error()
		}
		out = append(out, row)
	}
	return out
}

func number(n *uint32) *int64 {
	if n == nil {
		return nil
	}
	v := int64(*n)
	return &v
}

// Clock is how far a server's clock is from ours, as its answers told.
type Clock struct {
	Host   string
	Offset time.Duration // ours minus the server's
}

// Clocks compares our clock with every host that sent a Date header, by the
// answer that travelled fastest: it says most exactly when the header was made.
func (e *Env) Clocks() []Clock {
	best := map[string]*httpc.Exchange{}
	for _, x := range e.Exchanges() {
		if host := HostOf(x.URL); x.Header.Get("Date") != "" && x.Total > 0 && (best[host] == nil || x.Total < best[host].Total) {
			best[host] = x
		}
	}
	var out []Clock
	for host, x := range best {
		if date, err := time.Parse(time.RFC1123, x.Header.Get("Date")); err == nil {
			// The header has whole seconds: on average it is half a second old.
			middle := x.Started.Add(x.Total / 2)
			out = append(out, Clock{Host: host, Offset: middle.Sub(date.Add(time.Second / 2))})
		}
	}
	slices.SortFunc(out, func(a, b Clock) int { return cmp.Compare(a.Host, b.Host) })
	return out
}
