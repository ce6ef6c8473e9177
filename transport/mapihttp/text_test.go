package mapihttp

import (
	"net/http"
	"strings"
	"testing"
)

func TestDiagnosticText(t *testing.T) {
	for _, c := range []struct{ name, kind, failure, body, want string }{
		{"gromox", "text/html", "", "<!DOCTYPE HTML><html><head>\r\n<title>MAPI OVER HTTP ERROR</title>\r\n</head><body>\r\n<h1>Diagnostic Information</h1>\r\n<p>The request has an invalid session context cookie.</p></body></html>",
			"MAPI OVER HTTP ERROR Diagnostic Information The request has an invalid session context cookie."},
		{"script and style", "text/html", "", "<style>b{}</style>one<script>evil()</script> &amp; two", "one & two"},
		{"plain", "text/plain", "", "Not\tFound\r\n\x1b[31m", "Not Found [31m"},
		{"binary", "application/mapi-http", "", "\x00\x00\x01", ""},
		{"front end", "text/html", "FrontEnd;401;VW5hdXRob3JpemVk;;", "", "FrontEnd answered 401 Unauthorized"},
		{"front end, not base64", "text/html", "BackEnd;500;!!;", "oops", "BackEnd answered 500 !!: oops"},
		{"unclosed", "text/html", "", "<p>a<b", "a"},
	} {
		h := http.Header{"Content-Type": {c.kind}}
		if c.failure != "" {
			h.Set("X-FailureContext", c.failure)
		}
		if got := diagnostics(h, []byte(c.body)); got != strings.TrimSpace(c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDiagnosticTextIsBounded(t *testing.T) {
	for _, body := range []string{strings.Repeat("word ", 1<<20), "<p>" + strings.Repeat("<b>x</b>", 1<<18), strings.Repeat("é", 1<<20)} {
		if got := plainText("text/html", []byte(body)); len([]rune(got)) > maxText+2 || got == "" {
			t.Errorf("%d characters", len([]rune(got)))
		}
	}
}

func FuzzPlainText(f *testing.F) {
	f.Add("text/html", []byte("<html><script>x</script>y"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		got := plainText(kind, body)
		if len([]rune(got)) > maxText+2 || strings.ContainsAny(got, "\r\n\x00\x1b") {
			t.Fatalf("%q", got)
		}
	})
}
