package mapihttp

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func setCookies(lines ...string) http.Header { return http.Header{"Set-Cookie": lines} }

func TestCookies(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var j jar
	// the four of a live Connect, with their paths
	j.merge(setCookies(
		"MapiRouting=UlVN:abc=; path=/mapi/; secure; HttpOnly",
		"MapiContext=MAPIAAAAAOq7=; path=/mapi/emsmdb; secure; HttpOnly",
		"MapiSequence=1-x==; path=/mapi/emsmdb; secure; HttpOnly",
		"X-BackEndCookie=S-1-5=u56L,!; expires=Tue, 31-Mar-2026 12:00:00 GMT; path=/mapi; secure; HttpOnly"), now, false)
	if got, want := j.header(), "MapiRouting=UlVN:abc=; MapiContext=MAPIAAAAAOq7=; MapiSequence=1-x==; X-BackEndCookie=S-1-5=u56L,!"; got != want {
		t.Fatalf("after Connect: %s", got)
	}
	// new values, another path spelling, one deleted by an old date
	j.merge(setCookies("MapiSequence=2; path=/mapi/emsmdb/", "X-BackEndCookie=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/mapi"), now, false)
	if got, want := j.header(), "MapiRouting=UlVN:abc=; MapiContext=MAPIAAAAAOq7=; MapiSequence=2"; got != want {
		t.Fatalf("after Execute: %s", got)
	}
	j.merge(setCookies("MapiSequence=9", "MapiContext=new"), now, true)
	if got, want := j.header(), "MapiRouting=UlVN:abc=; MapiContext=new; MapiSequence=2"; got != want {
		t.Fatalf("after a wait that an Execute overtook: %s", got)
	}
	j.merge(setCookies("MapiContext=; Max-Age=0", "MapiRouting=x; max-age=60; expires=Thu, 01 Jan 1970 00:00:00 GMT"), now, false)
	if got, want := j.header(), "MapiRouting=x; MapiSequence=2"; got != want {
		t.Fatalf("after deletion: %s", got)
	}
}

func TestCookiesHostile(t *testing.T) {
	var j jar
	j.merge(setCookies("", "=x", "noequals", "a=b\r\nX-Evil: 1", "big="+strings.Repeat("x", maxCookieBytes)), time.Now(), false)
	if j.header() != "" {
		t.Fatalf("took %q", j.header())
	}
	for i := range 1000 {
		j.merge(setCookies(fmt.Sprintf("c%d=v", i)), time.Now(), false)
	}
	if len(j.cookies) != maxCookies {
		t.Fatalf("jar holds %d cookies", len(j.cookies))
	}
}

func TestCookiesCloneIsIndependent(t *testing.T) {
	var j jar
	j.merge(setCookies("a=1"), time.Now(), false)
	k := j.clone()
	j.merge(setCookies("a=2", "b=1"), time.Now(), false)
	if k.header() != "a=1" {
		t.Fatalf("the copy changed to %q", k.header())
	}
}

func FuzzSetCookie(f *testing.F) {
	f.Add("MapiContext=MAPIAAAA=; path=/mapi/emsmdb; secure; HttpOnly")
	f.Add("a=; expires=Thu, 01-Jan-1970 00:00:00 GMT; max-age=60")
	f.Fuzz(func(t *testing.T, line string) {
		c, _, ok := parseSetCookie(line, time.Now())
		if ok && (c.name == "" || strings.ContainsAny(c.name+c.value, ";\r\n\x00") || !strings.Contains(line, c.value)) {
			t.Fatalf("%q gave %+v", line, c)
		}
	})
}
