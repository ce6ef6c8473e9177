package report

import (
	"fmt"
	"strings"
)

// connections is the table that Outlook's Connection Status dialog shows, in two
// lines a row so that it fits 80 columns.
func (t *textWriter) connections(r *Report) {
	if len(r.Connections) == 0 {
		return
	}
	t.title("Connections")
	t.line("%s", t.paint(grey, fmt.Sprintf("  %-3s %-9s %-8s %-12s %-16s %-7s %8s %7s", "CID", "Service", "Protocol", "Status", "Authn", "TLS", "Req/Fail", "Avg")))
	for _, c := range r.Connections {
		avg := "-"
		if c.AvgResponse != nil {
			avg = spell(*c.AvgResponse)
		}
		t.line("  %-3d %-9s %-8s %s %-16s %-7s %8s %7s", c.CID, cell(c.Service), cell(c.Protocol),
			t.paint(connColor(c.Status), fmt.Sprintf("%-12s", c.Status)), cell(c.Authn), cell(strings.TrimPrefix(c.Encrypt, "TLS ")),
			fmt.Sprintf("%d/%d", c.Requests, c.Failures), avg)
		if more := c.details(); more != "" {
			t.block("", "", more, 6)
		}
	}
}

func connColor(s ConnStatus) string {
	switch s {
	case Established:
		return green
	case Refused, Unreachable:
		return red
	}
	return grey
}

func (c *Connection) details() string {
	var parts []string
	for _, s := range []string{c.Server, c.ServerProduct} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if c.ServerProduct == "" && c.ServerVersion != "" {
		parts = append(parts, c.ServerVersion)
	}
	if c.Status == Established {
		parts = append(parts, "notification: "+c.Notification)
	}
	if c.RPCAuthn != "" { // as Outlook shows the two layers
		parts = append(parts, fmt.Sprintf("sign-in %s [%s], encryption %s [%s]", c.Authn, c.RPCAuthn, c.Encrypt, c.RPCEncrypt))
	}
	if c.ProxyServer != "" {
		parts = append(parts, "proxy "+c.ProxyServer)
	}
	if c.LastError != "" {
		parts = append(parts, c.LastError)
	}
	return strings.Join(parts, " · ")
}

// cell is a value of a table: clean, and a dash when not known.
func cell(s string) string {
	if s == "" {
		return "-"
	}
	return clean(s)
}

func (t *textWriter) certificates(r *Report) {
	if len(r.Certificates) == 0 {
		return
	}
	t.title("Certificates")
	for _, c := range r.Certificates {
		t.line("  %s %s %s", t.paint(bold, cell(c.Host)), clean(c.Address), cell(c.TLSVersion))
		for i, link := range c.Chain {
			t.block("", "", fmt.Sprintf("%d  %s, issued by %s, valid %s to %s, %s", i, link.Subject, link.Issuer,
				link.NotBefore.Format("2006-01-02"), link.NotAfter.Format("2006-01-02"), link.Key), 4)
		}
		if len(c.Problems) > 0 {
			t.block("", red, "problems: "+strings.Join(c.Problems, ", "), 4)
		}
		for _, d := range c.Details {
			t.block("", "", d.Severity+": "+d.Text, 4)
		}
		if len(c.NamesMissing) > 0 {
			t.block("", "", "names missing: "+strings.Join(c.NamesMissing, ", "), 4)
		}
		if c.Revocation != "" {
			t.block("", "", "revocation: "+c.Revocation, 4)
		}
	}
}

// exchanges lists every request, with the ids that the server's logs carry.
func (t *textWriter) exchanges(r *Report) {
	t.title("Requests")
	for _, x := range r.Exchanges {
		result := "no answer"
		if x.Status != 0 {
			result = fmt.Sprint(x.Status)
		}
		if x.ResponseCode != nil {
			result += fmt.Sprintf(" code %d", *x.ResponseCode)
		}
		took := ""
		if x.Total != nil {
			took = spell(*x.Total)
		}
		t.line("  %3d %8s %-5s%s %s %s", x.Seq, spell(x.Started), clean(x.Method), pad(clean(x.RequestType)), result, took)
		t.line("      %s", clean(x.URL))
		ids := named("request-id", x.ServerRequestID) + named("X-RequestId", x.RequestID) + named("server", x.FEServer) +
			named("backend", x.BEServer) + named("authn", x.Authn) + named("check", x.Check) + named("error", x.Error)
		if ids != "" {
			t.block("", grey, strings.TrimSpace(ids), 6)
		}
	}
}

func pad(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

func named(name, value string) string {
	if value == "" {
		return ""
	}
	return name + "=" + value + " "
}
