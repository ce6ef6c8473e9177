package report

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/mapiscope/mapiscope/assets"
)

// WriteHTML writes r as one page that needs nothing else: no script, no file
// beside it, no network. What came from the network is text in it, never markup,
// and no link.
func WriteHTML(w io.Writer, r *Report) error {
	t, err := pageTemplate()
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := t.Execute(&page, newPage(r)); err != nil {
		return err
	}
	_, err = io.WriteString(w, strings.Map(harmless, page.String()))
	return err
}

// harmless marks what could hide or turn around the text that follows.
func harmless(c rune) rune {
	if c == '\n' {
		return c
	}
	return cleanRune(c)
}

var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("report").Funcs(template.FuncMap{
		"statusWord": func(s string) string { return cmp.Or(words[Status(s)], "not known") },
		"severity":   func(s Severity) string { return map[Severity]string{SeverityFail: "fail", SeverityWarn: "warn"}[s] },
		"who":        doer, "when": func(t Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
		"spell": spellAny, "dash": func(s string) string { return cmp.Or(s, "–") },
		"checkText": (*Check).said, "evidence": evidencePairs, "outcome": (*Outage).end,
	}).Parse(assets.ReportPage)
})

// spellAny is spell for a field that may be absent.
func spellAny(v any) string {
	switch v := v.(type) {
	case Milliseconds:
		return spell(v)
	case *Milliseconds:
		if v != nil {
			return spell(*v)
		}
	}
	return ""
}

// page is what the template shows.
type page struct {
	Report       *Report
	Style        template.CSS
	Word, Code   string
	Tally        string
	Cause        *Finding
	Others       []*Finding
	Groups       []checkGroup
	Searches     []LogSearch
	Fall         []fallRow
	Ticks        []tick
	Certificates []hostPicture
	Web          []titledPairs
	Machine      [][2]string
	Redaction    string
}

type checkGroup struct {
	Title, Tally string
	Open         bool
	Checks       []*Check
}

type titledPairs struct {
	Title string
	Pairs [][2]string
}

func newPage(r *Report) *page {
	p := &page{Report: r, Style: template.CSS(assets.ReportStyle), Word: r.word(), Code: ShortCode(r).String(), Tally: tally(r.Checks),
		Cause: r.cause(), Groups: groups(r.Checks), Searches: LogSearches(r), Certificates: hostPictures(r), Web: webPairs(r.WebCheck),
		Machine: machinePairs(r), Redaction: redactionNote(r.Run.Redaction)}
	p.Fall, p.Ticks = waterfall(r.Exchanges)
	for i := range r.Findings {
		if f := &r.Findings[i]; f != p.Cause {
			p.Others = append(p.Others, f)
		}
	}
	return p
}

// groupTitles are the groups of checks, in words.
var groupTitles = map[string]string{"machine": "This computer", "dns": "Names (DNS)", "discovery": "Discovery (Autodiscover)", "network": "Network",
	"tls": "Encryption and certificates", "web": "Web pages of Exchange", "auth": "Sign-in", "mapi": "Mailbox (MAPI over HTTP)",
	"directory": "Address book", "rpc": "Outlook Anywhere (RPC over HTTP)", "resume": "Resuming the session"}

// groups puts the checks under their groups; those with trouble stand open.
func groups(checks []Check) []checkGroup {
	var out []checkGroup
	for i := range checks {
		c := &checks[i]
		title := cmp.Or(groupTitles[c.Group], c.Group)
		if len(out) == 0 || out[len(out)-1].Title != title {
			out = append(out, checkGroup{Title: title})
		}
		g := &out[len(out)-1]
		g.Checks = append(g.Checks, c)
		g.Open = g.Open || c.Status == Fail || c.Status == Warn
	}
	for i := range out {
		var list []Check
		for _, c := range out[i].Checks {
			list = append(list, *c)
		}
		out[i].Tally = tally(list)
	}
	return out
}

// said is what a check has to say in one line.
func (c *Check) said() string {
	if c.Status == Skip {
		return c.SkippedBecause
	}
	return c.Summary
}

func evidencePairs(c *Check) [][2]string {
	var out [][2]string
	for _, key := range slices.Sorted(maps.Keys(c.Evidence)) {
		out = append(out, [2]string{key, plain(c.Evidence[key])})
	}
	for _, s := range c.Signals {
		out = append(out, [2]string{"saw", strings.TrimSpace(s.Code + " " + s.Subject)})
	}
	return out
}

func webPairs(w *WebCheck) []titledPairs {
	if w == nil {
		return nil
	}
	var out []titledPairs
	view := func(title string, v WebView) {
		pairs := [][2]string{{"URL", v.URL}, {"Shows", shows(v)}}
		if v.Page != nil {
			pairs = append(pairs, v.Page.Fields()...)
			pairs = append(pairs, sortedPairs(v.Page.Other)...)
		}
		out = append(out, titledPairs{title, append(pairs, sortedPairs(v.Debug)...)})
	}
	if v := w.Mailbox(); v.URL != "" && v.Kind+v.Product != "" {
		view("Mailbox URL", v)
	}
	if w.AddressBook != nil {
		view("Address book URL", *w.AddressBook)
	}
	if len(w.Healthchecks) > 0 {
		var pairs [][2]string
		for _, h := range w.Healthchecks {
			pairs = append(pairs, [2]string{"/" + h.VDir, strings.TrimSpace(h.word() + " " + h.Address)})
		}
		out = append(out, titledPairs{"Health pages", pairs})
	}
	return out
}

func sortedPairs(m map[string]string) [][2]string {
	var out [][2]string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, [2]string{k, m[k]})
	}
	return out
}

func machinePairs(r *Report) [][2]string {
	m := r.Machine
	pairs := [][2]string{{"Name", m.Hostname}, {"System", cmp.Or(m.OS, r.Tool.OS) + " " + r.Tool.Arch}, {"Signed in as", r.Account.User},
		{"DNS servers", strings.Join(m.DNS, ", ")}}
	if m.Proxy != nil {
		pairs = append(pairs, [2]string{"Proxy", strings.TrimSpace(m.Proxy.Mode + " " + m.Proxy.URL + " " + m.Proxy.PAC)})
	}
	if m.ClockOffset != nil {
		pairs = append(pairs, [2]string{"Clock", fmt.Sprintf("%+.1f s against the server's", float64(*m.ClockOffset)/1000)})
	}
	for _, i := range m.Interfaces {
		pairs = append(pairs, [2]string{"Network " + i.Name, strings.Join(i.Addresses, ", ")})
	}
	for _, o := range m.Outlook {
		pairs = append(pairs, [2]string{"Outlook", strings.TrimSpace(o.Version + " " + o.Build)})
		for _, kv := range sortedPairs(o.Registry) {
			pairs = append(pairs, [2]string{"Registry", kv[0] + " = " + kv[1]})
		}
	}
	return pairs
}

// redactionNote says what was taken out of this copy.
func redactionNote(level string) string {
	switch level {
	case "strict":
		return "names, addresses and ids are replaced by stand-ins (strict)"
	case "none", "normal":
		return "no passwords, tickets, tokens or cookies; names and addresses are as they are (" + level + ")"
	}
	return "redaction not known"
}
