package mapihttp

import (
	"net/http"
	"testing"
)

func TestDetectDialect(t *testing.T) {
	for _, c := range []struct {
		name string
		h    http.Header
		body string
		want Dialect
	}{
		{"exchange cookies", http.Header{"Set-Cookie": {"MapiRouting=x; path=/mapi/"}}, "", Exchange},
		{"gromox cookies", http.Header{"Set-Cookie": {"sid=alz6"}}, "", Gromox},
		{"a balancer's cookie first", http.Header{"Set-Cookie": {"BIGip=1", "sequence=2"}}, "", Gromox},
		{"gromox version", http.Header{"X-Serverapplication": {"Exchange/15.00.0847.4040"}}, "", Gromox},
		{"gromox page, other version", http.Header{"X-Serverapplication": {"Exchange/15.00.0847.030"}}, "<title>MAPI OVER HTTP ERROR</title>", Gromox},
		{"exchange ids", http.Header{"Request-Id": {"x"}, "X-Serverapplication": {"Exchange/15.02.2562.045"}}, "", Exchange},
		{"nothing", http.Header{"X-Serverapplication": {"Exchange/15.02.2562.045"}}, "", UnknownDialect},
	} {
		if got := detectDialect(c.h, []byte(c.body)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestResponseCodeNumberings(t *testing.T) {
	for _, c := range []struct {
		d    Dialect
		raw  int
		want ResponseCode
		name string
	}{
		{Exchange, 10, ResponseContextNotFound, "Context Not Found"},
		{UnknownDialect, 15, ResponseInvalidSequence, "Invalid Sequence"},
		{Exchange, 99, 99, ""},
		{Exchange, -1, -1, ""},
		{Gromox, GromoxInvalidContextCookie, ResponseInvalidContextCookie, "Invalid Context Cookie"},
		{Gromox, GromoxInvalidSequence, ResponseInvalidSequence, "Invalid Sequence"},
		{Gromox, GromoxOutOfMemory, ResponseUnknownFailure, "Out Of Memory"},
		{Gromox, 42, 42, ""},
	} {
		if got := c.d.Normalize(c.raw); got != c.want || c.d.ResponseName(c.raw) != c.name {
			t.Errorf("%v %d: %v %q", c.d, c.raw, got, c.d.ResponseName(c.raw))
		}
	}
}
