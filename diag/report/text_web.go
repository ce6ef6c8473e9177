package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// WriteWeb writes what the web check saw, field by field, so that somebody can
// hold it against what a browser shows.
func WriteWeb(w io.Writer, r *Report, v View) error {
	out := bufio.NewWriter(w)
	t := &textWriter{w: out, view: v}
	if t.view.Width <= 0 {
		t.view.Width = 80
	}
	t.web(r)
	return out.Flush()
}

func (t *textWriter) web(r *Report) {
	if r.WebCheck == nil {
		return
	}
	if v := r.WebCheck.Mailbox(); v.URL != "" && v.Kind+v.Product != "" {
		t.title("Mailbox URL in a browser")
		t.webView(v)
	}
	if v := r.WebCheck.AddressBook; v != nil {
		t.title("Address book URL in a browser")
		t.webView(*v)
	}
	t.healthPages(r.WebCheck.Healthchecks)
}

// webField is the width of a label.
const webField = 18

func (t *textWriter) webView(v WebView) {
	t.line("  %s", clean(v.URL)) // whole, so that it can be copied
	t.webPair("shows", shows(v))
	if v.Page == nil {
		return
	}
	for _, f := range v.Page.Fields() {
		if f[1] == "" {
			continue
		}
		if f[0] == "Version" {
			f[1] += agreement(v)
		}
		t.webPair(f[0], f[1])
	}
	t.webPairs(v.Page.Other)
	if len(v.Debug) > 0 {
		t.line("  %s", t.paint(grey, "with showdebug=yes"))
		t.webPairs(v.Debug)
	}
}

func (t *textWriter) webPairs(pairs map[string]string) {
	for _, label := range slices.Sorted(maps.Keys(pairs)) {
		t.webPair(label, pairs[label])
	}
}

func (t *textWriter) webPair(label, value string) {
	t.block("  "+cell(label), grey, value, max(webField, width(label)+4))
}

// kinds are what a person sees, in a clause.
var kinds = map[string]string{
	"status-page": "the status page of Exchange", "sign-in": "a sign-in window", "no-page": "no page", "forbidden": "a refusal",
	"unavailable": "that the service is not available", "owa-login": "the sign-in form of Outlook on the web",
	"pre-auth-proxy": "a web sign-in page that is not Exchange's", "captive-portal": "the sign-in page of the network",
	"web-filter": "the page of a web filter", "iis-page": "the start page of IIS", "redirect": "a redirect elsewhere", "other-page": "another page",
}

func shows(v WebView) string {
	text := kinds[v.Kind]
	if text == "" {
		text = "nothing: no answer came"
	}
	if v.Product != "" {
		text += ", " + v.Product
	}
	if v.Status != 0 {
		text += fmt.Sprintf(" (status %d)", v.Status)
	}
	return text
}

func agreement(v WebView) string {
	switch {
	case v.VersionAgrees == nil:
		return ""
	case *v.VersionAgrees:
		return " (as the header says: " + v.HeaderVersion + ")"
	}
	return " (but the header says " + v.HeaderVersion + ")"
}

// healthPages has a line for each address.
func (t *textWriter) healthPages(rows []ServiceHealth) {
	if len(rows) == 0 {
		return
	}
	t.title("Health pages")
	var order []string
	lines := map[string][]string{}
	for _, h := range rows {
		if lines[h.Address] == nil {
			order = append(order, h.Address)
		}
		lines[h.Address] = append(lines[h.Address], h.VDir+" "+h.word())
	}
	for _, address := range order {
		t.block("  "+cell(address), grey, strings.Join(lines[address], " · "), 4+max(webField, width(address)))
	}
}

func (h *ServiceHealth) word() string {
	switch {
	case h.Healthy != nil && *h.Healthy:
		return "healthy"
	case h.Status != 0:
		return fmt.Sprint(h.Status)
	}
	return "no answer"
}
