package certificates

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/mapiscope/mapiscope/diag/report"
)

// WriteJSON writes r as one indented document.
func WriteJSON(w io.Writer, r *Result) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText writes r for a terminal: the verdict, each host with its chain, the
// names, what to do. Nothing that a server sent can move the cursor.
func WriteText(w io.Writer, r *Result, v report.View) error {
	if v.Width <= 0 {
		v.Width = 100
	}
	out := bufio.NewWriter(w)
	t := &writer{out, v}
	t.verdict(r.Verdict)
	for _, h := range r.Hosts {
		t.host(r, h)
	}
	t.names(r)
	t.steps(r)
	t.line("")
	t.line("%s", t.paint("90", fmt.Sprintf("looked at %s in %s; no request and no password was sent", plural(len(r.Hosts), "host"), report.Spell(r.Duration))))
	return out.Flush()
}

type writer struct {
	w    *bufio.Writer
	view report.View
}

func (t *writer) paint(color, s string) string {
	if !t.view.Color || color == "" {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

var colors = map[string]string{"pass": "32", "ok": "32", "good": "32", "warn": "33", "fail": "31", "revoked": "31", "info": "36", "unreachable": "33"}

// word paints one of the words above and pads it.
func (t *writer) word(s string, columns int) string {
	return t.paint(colors[s], s) + strings.Repeat(" ", max(columns-utf8.RuneCountInString(s), 0))
}

func (t *writer) line(format string, args ...any) {
	fmt.Fprintln(t.w, strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

// block writes text behind a lead that is as wide as indent, wrapped.
func (t *writer) block(lead, text string, indent int) {
	for i, l := range report.Wrap(report.Clean(text), max(t.view.Width-indent, 20)) {
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		t.line("%s%s", lead, l)
	}
}

func (t *writer) verdict(v report.Verdict) {
	status := strings.ToUpper(string(v.Status))
	t.block(t.paint(colors[string(v.Status)], status)+"  ", v.Headline, len(status)+2)
}

func (t *writer) host(r *Result, h Host) {
	name := h.Host
	if h.Port != "443" {
		name += ":" + h.Port
	}
	t.line("")
	t.line("%s  %s", t.paint("1", name), t.word(string(h.Status), 0))
	if h.Error != "" {
		t.block("  ", h.Error, 2)
		return
	}
	rows := r.rowsOf(h)
	for _, d := range allDetails(rows) {
		t.block("  "+t.word(d.Severity, 6), d.Text, 8)
	}
	t.chain(h.Chain)
	if len(rows) == 0 {
		return
	}
	t.greeting(h, rows)
	t.revocation(rows[0])
}

func (r *Result) rowsOf(h Host) (out []report.Certificate) {
	for _, c := range r.Certificates {
		for _, a := range h.Addresses {
			if c.Host == h.Host && c.Address == a {
				out = append(out, c)
			}
		}
		if c.Host == h.Host && c.Address == "" {
			out = append(out, c)
		}
	}
	return out
}

// allDetails are the problems of all addresses, each once.
func allDetails(rows []report.Certificate) (out []report.CertDetail) {
	seen := map[report.CertDetail]bool{}
	for _, row := range rows {
		for _, d := range row.Details {
			if !seen[d] {
				seen[d] = true
				out = append(out, d)
			}
		}
	}
	return out
}

// chain draws the way from the leaf to the root.
func (t *writer) chain(links []Link) {
	for i, l := range links {
		lead, pad := "  chain  ", ""
		if i > 0 {
			lead, pad = "         ", strings.Repeat("   ", i-1)+"└─ "
		}
		left := fmt.Sprintf("%d days left", l.DaysLeft)
		switch {
		case l.DaysLeft < 0:
			left = t.paint("31", fmt.Sprintf("ended %d days ago", -l.DaysLeft))
		case l.DaysLeft < 30:
			left = t.paint("33", left)
		}
		from := map[string]string{"sent": "sent", "fetched": "not sent, fetched from its issuer", "system": "not sent"}[l.From]
		if l.Root {
			from = "root that this computer trusts"
		}
		t.line("%s%s%s", lead, pad, report.Clean(l.Subject))
		t.line("         %s%s", strings.Repeat(" ", utf8.RuneCountInString(pad)), t.paint("90", fmt.Sprintf("%s, %s, until %s, ", l.Key, l.Signed, l.NotAfter.Format("2006-01-02")))+left+t.paint("90", ", "+from))
	}
}

func (t *writer) greeting(h Host, rows []report.Certificate) {
	row := rows[0]
	var offers []string
	for i := len(row.Offers) - 1; i >= 0; i-- {
		o := row.Offers[i]
		word := "not known"
		switch {
		case o.Accepted == nil:
		case *o.Accepted:
			word = "yes"
		default:
			word = "no"
		}
		offers = append(offers, strings.TrimPrefix(o.Version, "TLS ")+" "+word)
	}
	if len(offers) > 0 {
		t.block("  TLS    ", strings.Join(offers, ", ")+"; chooses "+row.TLSVersion+" with "+row.Cipher, 9)
	}
	for _, o := range row.Offers {
		if len(o.Ciphers) > 0 {
			t.block("         ", o.Version+" accepts, in its own order: "+strings.Join(o.Ciphers, ", "), 9)
		}
	}
	where := strings.Join(h.Addresses, ", ")
	if len(rows) > 1 && sameLeaf(rows) {
		where += " (the same certificate on all)"
	}
	if h.Handshake > 0 {
		where += fmt.Sprintf(", TCP and TLS in %s", report.Spell(h.Handshake))
	}
	t.block("  at     ", where, 9)
	if row.WithoutSNI != "" && row.WithoutSNI != "same" {
		t.block("  SNI    ", "a client that does not name the host gets: "+map[string]string{"other": "another certificate", "refused": "no certificate"}[row.WithoutSNI], 9)
	}
	t.block("  SHA-1  ", h.Thumbprint+" (the thumbprint of Exchange and Windows)", 9)
}

func sameLeaf(rows []report.Certificate) bool {
	for _, r := range rows {
		if len(r.Chain) == 0 || len(rows[0].Chain) == 0 || r.Chain[0].SHA256 != rows[0].Chain[0].SHA256 {
			return false
		}
	}
	return true
}

func (t *writer) revocation(row report.Certificate) {
	lead := "  revoc. "
	if len(row.Revocations) == 0 && row.Revocation != "" {
		why := map[string]string{"not-asked": "not asked", "no-source": "the certificates name nobody to ask"}[row.Revocation]
		if row.Trusted != nil && !*row.Trusted {
			why = "not asked: the chain is not trusted"
		}
		t.block(lead, why, 9)
	}
	for _, a := range row.Revocations {
		text := a.Subject + ": " + strings.ToUpper(a.Source)
		if a.Source == "stapled" {
			text = a.Subject + ": stapled to the handshake"
		}
		if a.URL != "" {
			text += " " + a.URL
		}
		if a.Took != nil {
			text += ", " + report.Spell(*a.Took)
		}
		if a.Error != "" {
			text += " (" + a.Error + ")"
		}
		t.block(lead+t.word(a.Status, 12), text, 21)
		lead = "         "
	}
}

// names is the table of names wanted and carried.
func (t *writer) names(r *Result) {
	t.line("")
	t.line("%s", t.paint("1", "Names wanted and carried"))
	wide := 0
	for _, n := range r.Names {
		wide = max(wide, utf8.RuneCountInString(n.Name))
	}
	for _, n := range r.Names {
		status, text := "ok", ""
		switch {
		case n.Match == "exact":
			text = "in its list of names"
		case n.Match == "wildcard":
			text = "by a wildcard"
		case n.Match == "common-name":
			status, text = "warn", "as the common name alone, which only Outlook for Windows accepts"
		case n.Shown:
			status, text = "fail", "not carried by the certificate shown there"
		case len(n.CarriedBy) > 0:
			text = "carried by the certificate of " + strings.Join(n.CarriedBy, ", ")
		default:
			status, text = "fail", "not carried by any certificate shown"
		}
		name := report.Clean(n.Name)
		t.block("  "+t.word(status, 6)+name+strings.Repeat(" ", wide-utf8.RuneCountInString(name)+2), text, 8+wide+2)
	}
	for _, h := range r.Hosts {
		if rows := r.rowsOf(h); len(rows) > 0 && len(rows[0].Chain) > 0 {
			carried := strings.Join(rows[0].Chain[0].SANs, ", ")
			if carried == "" {
				carried = "no list of names"
			}
			t.block("        ", "the certificate of "+h.Host+" carries: "+carried, 8)
		}
	}
}

// steps are what to do, each action once.
func (t *writer) steps(r *Result) {
	seen := map[report.Action]bool{}
	for _, f := range r.Findings {
		for _, a := range f.Actions {
			if seen[a] {
				continue
			}
			if len(seen) == 0 {
				t.line("")
				t.line("%s", t.paint("1", "Next steps"))
			}
			seen[a] = true
			t.block(fmt.Sprintf("  %-10s", a.Who), a.Text, 12)
			if a.Command != "" {
				t.line("              %s", t.paint("36", report.Clean(a.Command)))
			}
		}
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
