package redact

import (
	"regexp"
	"strings"
	"unicode"
)

// gone stands where a secret stood.
const gone = "[secret]"

// Scrub removes secrets from a text: the given values, and whatever has the form
// of a credential header, a session cookie or a token.
func Scrub(text string, secrets ...string) string { return scrubber{secrets: secrets}.text(text) }

type scrubber struct{ secrets []string }

// forms are the shapes that secrets have; the first group is kept.
var forms = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b((?:proxy-)?authorization\s*:\s*)[^\r\n]+`),
	regexp.MustCompile(`(?i)\b((?:set-)?cookie\s*:\s*)[^\r\n]+`),
	regexp.MustCompile(`(?i)\b((?:MapiContext|MapiSequence|MapiRouting|X-BackEndCookie|cadata\w*|sid|sequence)\s*=\s*)[A-Za-z0-9+/=_.~%-]{8,}`),
	regexp.MustCompile(`(?i)\b((?:access_token|refresh_token|id_token|client_secret|password|passwd|pwd)["']?\s*[=:]\s*["']?)[^\s"'&,;]+`),
	regexp.MustCompile(`([a-z][a-z0-9+.-]*://[^\s/@:]*:)[^\s/@]+@`),                        // user:password@ in a URL
	regexp.MustCompile(`()\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`), // a JSON web token
	regexp.MustCompile(`()TlRMTVNTUA[A-Za-z0-9+/=]*`),                                      // an NTLM message
	regexp.MustCompile(`()\bYI[A-Z][A-Za-z0-9+/]{24,}=*`),                                  // a SPNEGO token
}

// schemed is a scheme and what may be its token.
var schemed = regexp.MustCompile(`\b(Basic|Bearer|NTLM|Negotiate)\s+([A-Za-z0-9+/._~=-]{8,})`)

func (s scrubber) text(t string) string {
	if t == "" {
		return t
	}
	for _, secret := range s.secrets {
		t = withoutSecret(t, secret)
	}
	for _, f := range forms {
		keep := "${1}" + gone
		if strings.HasSuffix(f.String(), "@") {
			keep += "@"
		}
		t = f.ReplaceAllString(t, keep)
	}
	return schemed.ReplaceAllStringFunc(t, func(m string) string {
		g := schemed.FindStringSubmatch(m)
		if !looksEncoded(g[2]) {
			return m // "NTLM handshake"
		}
		return g[1] + " " + gone
	})
}

// looksEncoded tells base64 from a word: digits, padding, or capitals inside.
func looksEncoded(s string) bool {
	return strings.ContainsAny(s, "0123456789=+/") || strings.IndexFunc(s[1:], unicode.IsUpper) >= 0
}

// shortSecret is a length below which a secret is looked for as a whole word
// only: "a" removed everywhere would leave no report.
const shortSecret = 5

func withoutSecret(t, secret string) string {
	switch {
	case secret == "" || !strings.Contains(t, secret):
		return t
	case len(secret) >= shortSecret:
		return strings.ReplaceAll(t, secret, gone)
	}
	word := regexp.MustCompile(`(^|[^\pL\pN])` + regexp.QuoteMeta(strings.ToValidUTF8(secret, "\uFFFD")) + `($|[^\pL\pN])`)
	return word.ReplaceAllString(t, "${1}"+gone+"${2}")
}
