package redact

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// vault holds the stand-ins of one report. They are numbered by first
// appearance, so that they tell nothing about what they replace.
type vault struct {
	standIns map[string]string // lower case → stand-in
	count    map[string]int    // by kind of stand-in
	domains  []string          // registered domains, longest first once settled
	words    []string          // names without a form that a pattern could find
	kept     map[string]bool   // values of Keep fields: versions look like addresses
	names    *regexp.Regexp    // words and domains, built by settle
}

func newVault() *vault {
	return &vault{standIns: map[string]string{}, count: map[string]int{}, kept: map[string]bool{}}
}

// learn notes what a field says about names, before anything is replaced.
func (v *vault) learn(c Class, s string) {
	if s == "" {
		return
	}
	s = unescaped(c, s)
	switch c {
	case Keep:
		v.kept[s] = true
	case Address:
		v.address(s)
	case User:
		v.user(s)
	case Person:
		v.word(s, "person")
	case Host:
		v.host(s)
	case URL:
		if u, err := url.Parse(s); err == nil {
			v.host(u.Host)
		}
	}
	if c == Keep {
		return
	}
	for _, m := range emailForm.FindAllString(s, -1) {
		v.address(m)
	}
	for _, m := range hostForm.FindAllString(s, -1) {
		if looksLikeHost(m) {
			v.host(m)
		}
	}
}

// unescaped gives an address in the query of a URL its @ back, without which it
// would look like a name of its own.
func unescaped(c Class, s string) string {
	if c == Keep {
		return s
	}
	return strings.ReplaceAll(s, "%40", "@")
}

// hostForm is a name of two or more labels in a text.
var hostForm = regexp.MustCompile(`[\pL\pN_-]+(?:\.[\pL\pN_-]+)*\.\pL{2,}`)

// inner are the top-level names that organisations use inside.
var inner = []string{"local", "lan", "corp", "internal", "intern", "intra", "home", "localdomain", "test", "example"}

// looksLikeHost tells mail.contoso.com from healthcheck.htm: by the end.
func looksLikeHost(s string) bool {
	suffix, known := publicsuffix.PublicSuffix(strings.ToLower(s))
	return known && suffix != strings.ToLower(s) || slices.Contains(inner, suffix)
}

func (v *vault) address(s string) {
	local, domain, ok := strings.Cut(s, "@")
	if !ok {
		v.user(s)
		return
	}
	v.host(domain)
	if _, err := netip.ParseAddr(local); err == nil || guidForm.MatchString(local) {
		return // a MailboxId: the patterns know it
	}
	v.word(local, "user")
}

func (v *vault) user(s string) {
	if domain, name, ok := strings.Cut(s, `\`); ok {
		v.word(domain, "DOMAIN")
		v.word(name, "user")
		return
	}
	if strings.Contains(s, "@") {
		v.address(s)
		return
	}
	v.word(s, "user")
}

// host notes the registered domain of a name; a name of one label, such as a
// server's NetBIOS name, is a word.
func (v *vault) host(s string) {
	if h, _, err := net.SplitHostPort(s); err == nil {
		s = h
	}
	s = strings.ToLower(strings.Trim(s, "[]. "))
	s = strings.TrimPrefix(s, "*.")
	if _, err := netip.ParseAddr(s); err == nil || s == "" {
		return
	}
	if !strings.Contains(s, ".") {
		v.word(s, "host")
		return
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(s)
	if err != nil {
		domain = s
	}
	if !slices.Contains(v.domains, domain) {
		v.domains = append(v.domains, domain)
	}
	// The first label alone is how people and banners speak of a server.
	if label, _, _ := strings.Cut(s, "."); s != domain && !generic[label] {
		v.word(label, "host")
	}
	if label, _, _ := strings.Cut(domain, "."); !generic[label] {
		v.word(label, "org")
	}
}

// generic labels say what a host does, not whose it is.
var generic = map[string]bool{"autodiscover": true, "mail": true, "www": true, "owa": true, "webmail": true, "_autodiscover": true,
	"_tcp": true, "exchange": true, "outlook": true, "localhost": true, "proxy": true, "wpad": true, "dns": true}

// minWord is the length below which a word is left alone: a user called "a"
// would otherwise empty every sentence.
const minWord = 2

func (v *vault) word(s, kind string) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) < minWord || generic[s] || v.standIns[s] != "" {
		return
	}
	v.words = append(v.words, s)
	v.standIn(s, kind+"%d")
}

// standIn is the stand-in of s, a new one by format if it has none.
func (v *vault) standIn(s, format string) string {
	return v.numbered(s, format, func(n int) string { return fmt.Sprintf(format, n) })
}

// numbered is the stand-in of s; a new one is made from its number in the series.
func (v *vault) numbered(s, series string, make func(n int) string) string {
	key := strings.ToLower(s)
	if have, ok := v.standIns[key]; ok {
		return have
	}
	v.count[series]++
	v.standIns[key] = make(v.count[series])
	return v.standIns[key]
}

// settle builds the pattern of all names; longer ones win over their parts.
func (v *vault) settle() {
	byLength := func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) }
	slices.SortFunc(v.domains, byLength)
	slices.SortFunc(v.words, byLength)
	var parts []string
	for _, d := range v.domains {
		parts = append(parts, `(?:[\pL\pN_*-]+\.)*`+regexp.QuoteMeta(d))
	}
	for _, w := range v.words {
		parts = append(parts, regexp.QuoteMeta(w))
	}
	if len(parts) > 0 {
		v.names = regexp.MustCompile(`(?i)(^|[^\pL\pN])(` + strings.Join(parts, "|") + `)($|[^\pL\pN])`)
	}
}
