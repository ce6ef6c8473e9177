package autodiscover

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"
)

// sniffLen is how much of an answer is looked at to tell a web page.
const sniffLen = 4096

var titlePattern = regexp.MustCompile(`(?is)<title[^>]*>(.{0,200}?)</title`)

// webPage says that b is an HTML page, and which one: a website that lives where
// Autodiscover was looked for, a login page of a proxy, an error page.
func webPage(b []byte) (string, bool) {
	head := bytes.TrimSpace(b[:min(len(b), sniffLen)])
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	lower := bytes.ToLower(head)
	isHTML := bytes.HasPrefix(lower, []byte("<!doctype html")) || bytes.Contains(lower, []byte("<html"))
	if !isHTML || bytes.Contains(lower, []byte("<autodiscover")) {
		return "", false
	}
	what := "a web page"
	if bytes.Contains(lower, []byte(`type="password"`)) || bytes.Contains(lower, []byte(`type='password'`)) {
		what = "a login page"
	}
	if m := titlePattern.FindSubmatch(head); m != nil {
		if title := strings.Join(strings.Fields(html.UnescapeString(string(m[1]))), " "); title != "" {
			what += fmt.Sprintf(" titled %q", title)
		}
	}
	return what, true
}
