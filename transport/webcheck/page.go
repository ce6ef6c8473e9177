package webcheck

import (
	"strings"
	"unicode/utf8"
)

// Page is the status page of a MAPI endpoint, "Exchange MAPI/HTTP Connectivity
// Endpoint". Microsoft does not document it; labels come and go between versions,
// so it is read as labels and values, and the known ones are given names.
type Page struct {
	Version        string // "15.2.2562.17"
	VDir           string // "/mapi/emsmdb/"
	User           string // sign-in name, "CONTOSO\alice"
	UPN            string
	SID            string
	Organization   string
	Authentication string // scheme of this request, in the server's words
	Server         string // mailbox server
	Pairs          []Pair // everything, in the order of the page
	Other          []Pair // what has no field above
}

// Pair is a label of a page, without its colon, and what stands behind it.
type Pair struct{ Label, Value string }

const (
	// maxPairs bounds what is taken from a page: the longest one known has 14.
	maxPairs = 64
	maxLabel = 64  // bytes
	maxValue = 512 // bytes
)

// heading is on the page in every version since Exchange 2013.
const heading = "mapi/http connectivity"

// ParsePage reads a status page. ok is false for any other page.
func ParsePage(body []byte) (page *Page, ok bool) {
	doc := read(body)
	if !doc.statusPage() {
		return nil, false
	}
	return doc.page(), true
}

// statusPage says whether the document is the status page, by its title or heading.
func (d *document) statusPage() bool {
	if strings.Contains(strings.ToLower(d.title), heading) {
		return true
	}
	for _, l := range d.lines {
		if strings.Contains(strings.ToLower(l.text()), heading) {
			return true
		}
	}
	return false
}

func (d *document) page() *Page {
	p := &Page{}
	for _, l := range d.lines {
		for _, pair := range l.pairs() {
			if len(p.Pairs) < maxPairs && pair.Label != "" && len(pair.Label) <= maxLabel {
				pair.Value = cut(pair.Value, maxValue)
				p.take(pair)
			}
		}
	}
	return p
}

// take files a pair: in the field that its label names, if that is still empty.
func (p *Page) take(pair Pair) {
	p.Pairs = append(p.Pairs, pair)
	field := p.field(pair.Label)
	if field == nil || *field != "" {
		p.Other = append(p.Other, pair)
		return
	}
	*field = pair.Value
}

func (p *Page) field(label string) *string {
	switch strings.ToLower(label) {
	case "version":
		return &p.Version
	case "vdir path", "vdir", "virtual directory":
		return &p.VDir
	case "user", "user name":
		return &p.User
	case "upn", "user principal name":
		return &p.UPN
	case "sid":
		return &p.SID
	case "organization", "organisation":
		return &p.Organization
	case "authentication", "authentication type", "authentication scheme":
		return &p.Authentication
	case "mailbox", "mailbox server", "server":
		return &p.Server
	}
	return nil
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
