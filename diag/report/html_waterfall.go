package report

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// fallRow is one request in the picture of the timeline.
type fallRow struct {
	Seq                         int
	Label, Result, Took, Spoken string
	Bad                         bool
	Parts                       []fallPart
	Pairs                       [][2]string
}

// fallPart is a phase of a request; X and Width are percents of the whole.
type fallPart struct{ Phase, X, Width string }

// tick is a mark of the axis; At is in percent.
type tick struct {
	At, Label    string
	Middle, Last bool
}

// leastWidth, in percent, is what a phase is drawn with at least, so that a
// short one is still seen.
const leastWidth = 0.25

// waterfall draws the requests against one axis. Name, connection and TLS of a
// request lie before its start, which is when it was written to the server.
func waterfall(list []Exchange) ([]fallRow, []tick) {
	if len(list) == 0 {
		return nil, nil
	}
	from, to := math.Inf(1), math.Inf(-1)
	for i := range list {
		begin, end := list[i].span()
		from, to = min(from, begin), max(to, end)
	}
	length := max(to-from, 0.001)
	refused := map[int]bool{} // a 401 that was the last word
	for _, x := range lastOfEach(list) {
		refused[x.Seq] = x.failedOnServer()
	}
	var rows []fallRow
	for i := range list {
		row := list[i].row(from, length)
		row.Bad = row.Bad || refused[row.Seq]
		rows = append(rows, row)
	}
	var ticks []tick
	for i := range 5 {
		ticks = append(ticks, tick{At: strconv.Itoa(i * 25), Label: spell(Milliseconds(from + length*float64(i)/4)), Middle: i > 0 && i < 4, Last: i == 4})
	}
	return rows, ticks
}

func value(m *Milliseconds) float64 {
	if m == nil || math.IsNaN(float64(*m)) || *m < 0 {
		return 0
	}
	return float64(*m)
}

// phase is a part of a request, in milliseconds since the run started.
type phase struct {
	name, words string
	at, took    float64
}

func (x *Exchange) phases() []phase {
	dns, connect, tls := value(x.DNS), value(x.Connect), value(x.TLSTime)
	at := float64(x.Started) - dns - connect - tls
	wait := value(x.FirstByte)
	receive := max(value(x.Total)-wait, 0)
	if x.FirstByte == nil { // no answer came: all of it was waiting
		wait, receive = value(x.Total), 0
	}
	var out []phase
	for _, p := range []phase{{"dns", "DNS", 0, dns}, {"connect", "connect", 0, connect}, {"tls", "TLS", 0, tls}, {"wait", "waiting", 0, wait}, {"receive", "receiving", 0, receive}} {
		if p.took > 0 {
			p.at = at
			out = append(out, p)
		}
		at += p.took
	}
	return out
}

func (x *Exchange) span() (begin, end float64) {
	begin, end = float64(x.Started), float64(x.Started)
	for _, p := range x.phases() {
		begin, end = min(begin, p.at), max(end, p.at+p.took)
	}
	return begin, end
}

func (x *Exchange) row(from, length float64) fallRow {
	row := fallRow{Seq: x.Seq, Label: x.label(), Result: x.result(), Bad: x.bad(), Took: spellAny(x.Total), Pairs: x.pairs()}
	spoken := []string{"starts at " + spell(x.Started)}
	for _, p := range x.phases() {
		row.Parts = append(row.Parts, fallPart{p.name, percent((p.at - from) / length * 100), percent(max(p.took/length*100, leastWidth))})
		spoken = append(spoken, p.words+" "+spell(Milliseconds(p.took)))
	}
	row.Spoken = strings.Join(spoken, ", ")
	return row
}

func percent(f float64) string { return strconv.FormatFloat(min(max(f, 0), 100), 'f', 2, 64) }

// label is what was asked for, short: the request type, or the method, and the
// path; of Autodiscover, which has one path at many hosts, the host.
func (x *Exchange) label() string {
	u, err := url.Parse(x.URL)
	switch {
	case err != nil || u.Host == "":
		return joined(" ", cmp.Or(x.RequestType, x.Method), x.URL)
	case strings.HasPrefix(x.RequestType, "Autodiscover"):
		return x.RequestType + " " + u.Hostname()
	}
	return cmp.Or(x.RequestType, x.Method) + " " + cmp.Or(strings.TrimSuffix(u.Path, "/"), u.Hostname())
}

func (x *Exchange) result() string {
	switch {
	case x.ResponseCode != nil && *x.ResponseCode != 0:
		return fmt.Sprintf("%d/%d", x.Status, *x.ResponseCode)
	case x.Status != 0:
		return strconv.Itoa(x.Status)
	}
	return "none"
}

// bad says that the answer is no. A 401 to a request that carried no credential
// asks for one, and that is how sign-in begins.
func (x *Exchange) bad() bool {
	switch {
	case x.Status == 0:
		return !x.dropped()
	case x.Status == 401:
		return false
	}
	return x.Status >= 400 || x.ResponseCode != nil && *x.ResponseCode != 0
}

// dropped says that we ended the request ourselves.
func (x *Exchange) dropped() bool { return strings.HasSuffix(x.Error, "canceled") }

func (x *Exchange) pairs() [][2]string {
	code := func(c *int64) string {
		if c == nil || *c == 0 {
			return ""
		}
		return fmt.Sprintf("%d (0x%08X)", *c, uint32(*c))
	}
	return [][2]string{{"URL", x.URL}, {"Check", x.Check}, {"Error", x.Error}, {"X-ResponseCode", code(x.ResponseCode)}, {"Error code", code(x.ErrorCode)},
		{"request-id", x.ServerRequestID}, {"X-RequestId", x.RequestID}, {"X-ClientInfo", x.ClientInfo}, {"client-request-id", x.ClientRequestID},
		{"Front end", x.FEServer}, {"Back end", x.BEServer}, {"Sign-in", x.Authn}, {"Connection", joined(" · ", x.Remote, x.Proto, x.TLS)},
		{"Bytes", fmt.Sprintf("%d out, %d in", x.BytesOut, x.BytesIn)}}
}

// joined joins those that are not empty.
func joined(by string, list ...string) string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, by)
}
