package window

import (
	"encoding/json"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/report"
)

// findExchanges are those with all the words in what is known of them.
func findExchanges(all []report.Exchange, words string) []report.Exchange {
	wanted := strings.Fields(strings.ToLower(words))
	var out []report.Exchange
next:
	for _, x := range all {
		known, err := json.Marshal(x)
		if err != nil {
			continue // cannot be: an exchange is plain data
		}
		in := strings.ToLower(string(known))
		for _, w := range wanted {
			if !strings.Contains(in, w) {
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}

// exchangePairs is all that is known of one request, the ids first: they are what
// the server's own logs carry.
func exchangePairs(x report.Exchange) []pair {
	code := func(n *int64) string {
		if n == nil {
			return ""
		}
		return fmt.Sprintf("%d (0x%08X)", *n, uint32(*n))
	}
	return []pair{
		{"X-RequestId", x.RequestID}, {"X-ClientInfo", x.ClientInfo}, {"client-request-id", x.ClientRequestID}, {"request-id", x.ServerRequestID},
		{L("Request"), joined(x.Method, x.RequestType)}, {L("URL"), x.URL}, {L("Check"), x.Check},
		{L("Answer"), exchangeAnswer(x)}, {"X-ResponseCode", code(x.ResponseCode)}, {L("Error code"), code(x.ErrorCode)},
		{L("Error"), x.Error}, {L("Sign-in"), x.Authn}, {L("Front end"), x.FEServer}, {L("Mailbox server"), x.BEServer},
		{L("From"), x.Local}, {L("To"), x.Remote}, {L("Protocol"), joined(x.Proto, x.TLS)},
		{L("Began after"), spell(x.Started.Duration())},
		{L("Times"), times(x)}, {L("Bytes"), L("{{.Out}} out, {{.In}} in", args{"Out": x.BytesOut, "In": x.BytesIn})},
	}
}

func times(x report.Exchange) string {
	part := func(name string, m *report.Milliseconds) string {
		if m == nil {
			return ""
		}
		return name + " " + millis(m)
	}
	return joined(part(L("name"), x.DNS), part(L("connect"), x.Connect), part("TLS", x.TLSTime), part(L("first byte"), x.FirstByte), part(L("all"), x.Total))
}

// copiedExchange is a request as text, for a mail to whoever reads the server's log.
func copiedExchange(x report.Exchange) string {
	var b strings.Builder
	for _, p := range exchangePairs(x) {
		if p.value != "" {
			fmt.Fprintf(&b, "%s: %s\n", p.name, p.value)
		}
	}
	return b.String()
}

// requests is the list of every exchange of the last run.
type requests struct {
	all, shown []report.Exchange
	run        string
	search     *widget.Entry
	count      *widget.Label
	table      *table
	details    swap
	box        fyne.CanvasObject
}

func newRequests(*Window) *requests {
	r := &requests{details: newSwap(), search: widget.NewEntry(), count: muted("")}
	r.search.SetPlaceHolder(L("Search in URLs, ids, servers, answers"))
	r.search.OnChanged = func(string) { r.refill() }
	r.table = newTable(true, r.showDetails, exchangeColumns()...)
	r.details.set(empty(L("Choose a request to see its ids and times.")))
	split := container.NewVSplit(panelFilled(r.table.box), panelFilled(container.NewVScroll(r.details.Container)))
	split.SetOffset(0.6)
	bar := container.NewBorder(nil, nil, nil, r.count, r.search)
	r.box = container.NewBorder(container.NewVBox(head(L("Requests")), bar), nil, nil, nil, split)
	return r
}

func (r *requests) content() fyne.CanvasObject { return r.box }
func (r *requests) searchEntry() *widget.Entry { return r.search }

func (r *requests) show(s State) {
	if s.Report == nil {
		r.all, r.run = nil, ""
		r.refill()
		r.details.set(noReport())
		return
	}
	if s.Report.Run.ID == r.run {
		return
	}
	r.all, r.run = s.Report.Exchanges, s.Report.Run.ID
	r.table.list.UnselectAll()
	r.details.set(empty(L("Choose a request to see its ids and times.")))
	r.refill()
}

func (r *requests) refill() {
	r.shown = findExchanges(r.all, r.search.Text)
	r.count.SetText(L("{{.Shown}} of {{.All}}", args{"Shown": len(r.shown), "All": len(r.all)}))
	r.table.set(exchangeRows(r.shown))
}

func (r *requests) showDetails(i int) {
	if i >= len(r.shown) {
		return
	}
	x := r.shown[i]
	r.details.set(container.NewVBox(
		container.NewBorder(nil, nil, nil, copyButton(L("Copy all"), copiedExchange(x)), heading(joined(exchangeName(x), exchangeAnswer(x)))),
		pairs(exchangePairs(x)...)))
}
