package window

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/mapiscope/mapiscope/diag/report"
)

// connectionRow is one connection as the table shows it.
func connectionRow(c report.Connection) row {
	protocol := c.Protocol
	if protocol == "HTTP" {
		protocol = "MAPI/HTTP"
	}
	figures := ""
	if c.Requests > 0 {
		figures = fmt.Sprintf("%d / %d", c.Requests, c.Failures)
	}
	return row{status: connectionStatus(c.Status), cells: []string{
		serviceWord(c.Service), protocol, connectionWord(c.Status), c.Authn, c.Encrypt, figures, millis(c.AvgResponse), c.Server,
	}}
}

// connectionPairs are the rest of the columns of Outlook's dialog, and more.
func connectionPairs(c report.Connection) []pair {
	auth := c.Authn
	if c.RPCAuthn != "" {
		auth += " [" + c.RPCAuthn + "]"
	}
	encrypt := c.Encrypt
	if c.RPCEncrypt != "" {
		encrypt += " [" + c.RPCEncrypt + "]"
	}
	port := ""
	if c.RPCPort > 0 {
		port = fmt.Sprint(c.RPCPort)
	}
	return []pair{
		{L("URL"), c.URL}, {L("Server"), joined(c.Server, c.ServerProduct, c.ServerVersion)},
		{L("Sign-in"), auth}, {L("Encryption"), encrypt}, {L("Notification"), notificationWord(c.Notification)},
		{L("Processing at the server"), millis(c.AvgProcessing)}, {L("Proxy server"), c.ProxyServer}, {L("RPC port"), port},
		{L("Interface"), c.Interface}, {L("Last error"), c.LastError},
	}
}

func notificationWord(n string) string {
	switch n {
	case "async":
		return L("held open by the server")
	case "poll":
		return L("asked for now and then")
	case "none":
		return L("none")
	}
	return n
}

// exchangesOf are the last requests of a connection, newest first.
func exchangesOf(r *report.Report, c report.Connection, most int) []report.Exchange {
	if r == nil {
		return nil
	}
	var out []report.Exchange
	for i := len(r.Exchanges) - 1; i >= 0 && len(out) < most; i-- {
		if belongs(r.Exchanges[i], c) {
			out = append(out, r.Exchanges[i])
		}
	}
	return out
}

// belongs says whether x was sent on c: the same URL, or the RPC proxy of it.
func belongs(x report.Exchange, c report.Connection) bool {
	path := func(u string) string { before, _, _ := strings.Cut(u, "?"); return strings.ToLower(before) }
	switch c.Protocol {
	case "HTTP":
		return c.URL != "" && path(x.URL) == path(c.URL) && x.Method == "POST"
	case "RPC/HTTP":
		return strings.HasPrefix(x.Method, "RPC_") && strings.Contains(strings.ToLower(x.URL), "rpcproxy.dll")
	}
	return false
}

const shownExchanges = 12

// connections is the connection status table of Outlook, for both transports.
type connections struct {
	state    State
	rows     []report.Connection
	table    *table
	requests *table
	details  swap
	protocol swap
	below    swap // the last requests
	chosen   int
	box      fyne.CanvasObject
}

func newConnections() *connections {
	c := &connections{details: newSwap(), protocol: newSwap(), below: newSwap()}
	c.table = newTable(true, func(i int) { c.chosen = i; c.showDetails() },
		column{title: L("Service"), width: 96, share: 1}, column{title: L("Protocol"), width: 104},
		column{title: L("Status"), width: 110, share: 1}, column{title: L("Sign-in"), width: 110, share: 2},
		column{title: L("TLS"), width: 66}, column{title: L("Req./fail."), width: 100, number: true},
		column{title: L("Average"), width: 78, number: true}, column{title: L("Server"), width: 80, share: 3})
	c.requests = newTable(false, nil, exchangeColumns()...)
	below := container.NewBorder(container.NewVBox(c.details.Container, heading(L("Last requests"))), nil, nil, nil, c.below.Container)
	split := container.NewVSplit(panelFilled(c.table.box), panelFilled(below))
	split.SetOffset(0.36)
	c.box = container.NewBorder(container.NewVBox(head(L("Connections")), c.protocol.Container), nil, nil, nil, split)
	return c
}

func (c *connections) content() fyne.CanvasObject { return c.box }

func (c *connections) show(s State) {
	c.state, c.rows = s, s.connections()
	rows := make([]row, len(c.rows))
	for i, r := range c.rows {
		rows[i] = connectionRow(r)
	}
	c.table.set(rows)
	c.showProtocol()
	c.showDetails()
}

// showProtocol is the sentence that Outlook's dialog lacks.
func (c *connections) showProtocol() {
	if c.state.Report == nil || c.state.Report.Protocol == nil {
		c.protocol.set(note(L("Both transports, as Outlook's dialog “Connection Status” shows them.")))
		return
	}
	c.protocol.set(text(c.state.Report.Protocol.Why))
}

func (c *connections) showDetails() {
	if c.chosen >= len(c.rows) {
		c.chosen = 0
	}
	if len(c.rows) == 0 {
		c.details.set(empty(L("No connection has been tried yet.")))
		c.requests.set(nil)
		return
	}
	chosen := c.rows[c.chosen]
	c.details.set(container.NewVBox(heading(serviceWord(chosen.Service)+" · "+connectionRow(chosen).cells[1]),
		pairs(connectionPairs(chosen)...)))
	sent := exchangeRows(exchangesOf(c.state.Report, chosen, shownExchanges))
	c.requests.set(sent)
	if len(sent) == 0 {
		c.below.set(empty(L("The last run sent no request here.")))
	} else {
		c.below.set(c.requests.box)
	}
	c.requests.list.UnselectAll()
	c.table.choose(c.chosen)
}

// exchangeColumns are those of every table of requests.
func exchangeColumns() []column {
	return []column{{title: L("No."), width: 44, number: true}, {title: L("Request"), width: 124},
		{title: L("Answer"), width: 96}, {title: L("Time"), width: 70, number: true},
		{title: L("URL"), width: 120, share: 6}, {title: L("Server's id"), width: 90, share: 2}}
}

func exchangeRows(all []report.Exchange) []row {
	rows := make([]row, len(all))
	for i, x := range all {
		rows[i] = row{status: exchangeStatus(x), cells: []string{
			fmt.Sprint(x.Seq), exchangeName(x), exchangeAnswer(x), millis(x.Total), shortURL(x.URL), x.ServerRequestID}}
	}
	return rows
}

// shortURL leaves out what nearly every URL begins with, for the end says more.
func shortURL(u string) string { return strings.TrimPrefix(u, "https://") }

func exchangeName(x report.Exchange) string {
	if x.RequestType != "" {
		return x.RequestType
	}
	return x.Method
}

// exchangeAnswer is the rung that failed, or the HTTP status.
func exchangeAnswer(x report.Exchange) string {
	switch {
	case x.Status == 0 && x.Error != "":
		return L("no answer")
	case x.ErrorCode != nil && *x.ErrorCode != 0:
		return fmt.Sprintf("%d · 0x%08X", x.Status, uint32(*x.ErrorCode))
	case x.ResponseCode != nil && *x.ResponseCode != 0:
		return fmt.Sprintf("%d · X-ResponseCode %d", x.Status, *x.ResponseCode)
	case x.Status == 0:
		return ""
	}
	return fmt.Sprint(x.Status)
}

// exchangeStatus: a 401 on the way to a sign-in is no failure.
func exchangeStatus(x report.Exchange) report.Status {
	switch {
	case x.Error != "" && x.Status == 0:
		return report.Fail
	case x.ErrorCode != nil && *x.ErrorCode != 0, x.ResponseCode != nil && *x.ResponseCode != 0, x.Status >= 500, x.Status == 403:
		return report.Fail
	case x.Status == 401, x.Status >= 300:
		return report.Skip
	}
	return report.Pass
}
