package mapihttp

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// plainText makes a sentence or two of a diagnostic body: markup, scripts and
// control characters go, white space shrinks to single blanks, length is bounded.
func plainText(contentType string, body []byte) string {
	body = body[:min(len(body), MaxDiagnostics)]
	if looksBinary(body) {
		return ""
	}
	if strings.Contains(contentType, "html") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return squeeze(stripMarkup(body))
	}
	return squeeze(string(body))
}

// looksBinary keeps MAPI structures out of sentences.
func looksBinary(b []byte) bool { return bytes.IndexByte(b, 0) >= 0 }

func stripMarkup(body []byte) string {
	var out strings.Builder
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(MaxDiagnostics)
	skip := "" // the element whose text nobody is meant to read
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.StartTagToken:
			if name, _ := z.TagName(); skip == "" && (string(name) == "script" || string(name) == "style") {
				skip = string(name)
			}
			out.WriteByte(' ')
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == skip {
				skip = ""
			}
			out.WriteByte(' ')
		case html.TextToken:
			if skip == "" {
				out.Write(z.Text())
			}
		}
	}
}

// squeeze shrinks white space, drops what does not print, and cuts at maxText.
func squeeze(s string) string {
	var out strings.Builder
	n, blank := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			blank = n > 0
			continue
		case !unicode.IsPrint(r):
			continue
		case n >= maxText:
			return out.String() + "…"
		case blank:
			out.WriteByte(' ')
			n++
		}
		blank = false
		out.WriteRune(r)
		n++
	}
	return out.String()
}

// diagnostics is what the server says about a refusal: the text of the body and
// the X-FailureContext of a front end, which names the side that refused
// ("FrontEnd;401;VW5hdXRob3JpemVk;…", the third field in base64).
func diagnostics(h http.Header, body []byte) string {
	text := plainText(h.Get("Content-Type"), body)
	fields := strings.Split(h.Get("X-FailureContext"), ";")
	if len(fields) < 3 {
		return text
	}
	reason, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, strings.NewReader(fields[2])))
	if err != nil {
		reason = []byte(fields[2])
	}
	side := squeeze(fields[0] + " answered " + fields[1] + " " + string(reason))
	if text == "" {
		return side
	}
	return side + ": " + text
}
