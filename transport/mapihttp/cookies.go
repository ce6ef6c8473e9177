package mapihttp

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// jar holds the cookies of one session context. It is no browser's jar: names
// and values are opaque and go back byte for byte (MS-OXCMAPIHTTP 3.2.5.1),
// every cookie goes back with every request of the context (3.1.5.1), and since
// a context lives at one URL, Path and Domain decide nothing. Exchange itself
// uses several spellings of the path for one cookie.
type jar struct {
	cookies []cookie // in the order of arrival
}

type cookie struct{ name, value string }

// isSequence knows the cookies that change with every answer on the main lane.
func isSequence(name string) bool {
	return strings.EqualFold(name, "MapiSequence") || strings.EqualFold(name, "sequence")
}

// merge takes the Set-Cookie lines of an answer. keepSequence leaves the sequence
// cookies as they are (see the sequence rule in session.go).
func (j *jar) merge(h http.Header, now time.Time, keepSequence bool) {
	for _, line := range h.Values("Set-Cookie") {
		c, expired, ok := parseSetCookie(line, now)
		if !ok || keepSequence && isSequence(c.name) {
			continue
		}
		j.set(c, expired)
	}
}

func (j *jar) set(c cookie, expired bool) {
	for i := range j.cookies {
		if j.cookies[i].name == c.name {
			if expired {
				j.cookies = append(j.cookies[:i:i], j.cookies[i+1:]...)
			} else {
				j.cookies[i].value = c.value
			}
			return
		}
	}
	if !expired && len(j.cookies) < maxCookies {
		j.cookies = append(j.cookies, c)
	}
}

// header is the Cookie header, "" for an empty jar.
func (j *jar) header() string {
	var b strings.Builder
	for i, c := range j.cookies {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(c.name + "=" + c.value)
	}
	return b.String()
}

func (j *jar) clone() jar { return jar{cookies: append([]cookie(nil), j.cookies...)} }

// parseSetCookie reads one Set-Cookie line (RFC 6265 5.2).
func parseSetCookie(line string, now time.Time) (c cookie, expired, ok bool) {
	if len(line) > maxCookieBytes {
		return c, false, false
	}
	pair, attrs, _ := strings.Cut(line, ";")
	name, value, ok := strings.Cut(pair, "=")
	c = cookie{strings.TrimSpace(name), strings.TrimSpace(value)}
	if !ok || c.name == "" || !printable(c.name) || !printable(c.value) {
		return cookie{}, false, false
	}
	return c, cookieExpired(attrs, now), true
}

// cookieExpired reads Max-Age, which goes before Expires (RFC 6265 5.3).
func cookieExpired(attrs string, now time.Time) bool {
	expired := false
	for attr := range strings.SplitSeq(attrs, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(attr), "=")
		switch strings.ToLower(name) {
		case "max-age":
			if n, err := strconv.Atoi(value); err == nil {
				return n <= 0
			}
		case "expires":
			if t, err := cookieTime(value); err == nil {
				expired = !t.After(now)
			}
		}
	}
	return expired
}

// cookieTime reads both spellings in use: IIS and ASP.NET put dashes into the date.
func cookieTime(s string) (time.Time, error) {
	if t, err := time.Parse("Mon, 02-Jan-2006 15:04:05 MST", s); err == nil {
		return t, nil
	}
	return http.ParseTime(s)
}

// printable keeps control characters out of the Cookie header.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}
