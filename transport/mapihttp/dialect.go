package mapihttp

import (
	"bytes"
	"net/http"
	"strings"
)

// Dialect is whose manners a server has. It decides how X-ResponseCode is
// numbered and in which unit X-ElapsedTime counts.
type Dialect int

// The zero Dialect means that no answer has told yet; it is read as Exchange.
const (
	UnknownDialect Dialect = iota
	Exchange
	Gromox
)

func (d Dialect) String() string {
	switch d {
	case Exchange:
		return "Exchange"
	case Gromox:
		return "gromox"
	}
	return "unknown"
}

// gromoxTitle is the title of gromox's error page.
var gromoxTitle = []byte("MAPI OVER HTTP ERROR")

// detectDialect judges one answer. The signs, strongest first: the names of the
// session cookies, the version, gromox's error page, and ids that only an
// Exchange front end adds. UnknownDialect when nothing tells.
func detectDialect(h http.Header, body []byte) Dialect {
	for _, line := range h.Values("Set-Cookie") {
		switch name, _, _ := strings.Cut(line, "="); strings.TrimSpace(name) {
		case "MapiContext", "MapiSequence", "MapiRouting":
			return Exchange
		case "sid", "sequence":
			return Gromox
		}
	}
	v, known := ParseVersion(h.Get("X-ServerApplication"))
	switch {
	case known && v[3] == gromoxRevision, bytes.Contains(body, gromoxTitle):
		return Gromox
	case h.Get("request-id") != "" || h.Get("X-FEServer") != "" || h.Get("X-DiagInfo") != "":
		return Exchange
	}
	return UnknownDialect
}
