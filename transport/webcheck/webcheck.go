// Package webcheck sees what a person sees who opens the MAPI URLs in a web
// browser: the status page of the mailbox or address book endpoint, signed in,
// and the health page of every virtual directory at every address of the server.
//
// Whatever answers instead is recognised for what it is: a proxy that wants a
// web sign-in, the portal of a hotspot, a plain IIS page, the login form of
// Outlook on the web, a server that has no such page.
package webcheck

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

const (
	// maxBody bounds a page. The status page has half a KiB; login pages that are
	// only to be recognised have what matters in their first part.
	maxBody = 64 << 10
	// pageLimit is how long a page may take: a status page comes from a worker
	// that is running, a health page is made in memory.
	pageLimit = 10 * time.Second
)

// View is what one URL shows.
type View struct {
	URL    string
	Status int    // HTTP status; 0 when no answer came
	Sight  Sight  // what it is
	Title  string // of the page, "" when it has none

	Authn   string   // how the request was signed in, "" when it was not
	Offered []string // schemes that the server asks for, as it spells them

	HeaderVersion      string // X-ServerApplication, or X-OWA-Version
	FEServer, BEServer string // X-FEServer, X-BEServer
	Page               *Page  // nil unless it is the status page

	Err error // no answer, or no sign-in (*httpc.AuthError)
}

// Look asks for rawURL as a browser does, signed in as client is. check is the id
// under which the request is traced. It never fails as a whole: see View.Err.
func Look(ctx context.Context, client *httpc.Client, rawURL, check string) *View {
	v := &View{URL: rawURL}
	resp, err := client.Do(ctx, &httpc.Request{Method: http.MethodGet, URL: rawURL, Header: browserHeader(), FirstByte: pageLimit, Check: check})
	if err != nil {
		v.refused(err)
		return v
	}
	defer resp.Body.Close()
	v.Status, v.Authn, v.Offered = resp.Status, resp.Authn, schemes(resp.Offered)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		v.Err = err
	}
	v.HeaderVersion = cmp.Or(resp.Header.Get("X-ServerApplication"), resp.Header.Get("X-OWA-Version"))
	v.FEServer, v.BEServer = resp.Header.Get("X-FEServer"), resp.Header.Get("X-BEServer")
	v.Sight = Recognise(Answer{URL: rawURL, Status: resp.Status, Header: resp.Header, Body: body})
	doc := read(body)
	v.Title = doc.title
	if v.Sight.Kind == StatusPage {
		v.Page = doc.page()
	}
	return v
}

// browserHeader asks for a page; some proxies decide by it between a form and a
// bare 401.
func browserHeader() http.Header {
	return http.Header{"Accept": {"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}}
}

// refused notes an error; a sign-in that did not come about is a 401 too.
func (v *View) refused(err error) {
	v.Err = err
	var a *httpc.AuthError
	if errors.As(err, &a) {
		v.Status, v.Offered, v.Sight = http.StatusUnauthorized, schemes(a.Offered), Sight{Kind: SignIn}
	}
}

// DebugURL is rawURL with showdebug=yes, with which Exchange names the servers
// on its status page.
func DebugURL(rawURL string) string {
	separator := "?"
	if strings.Contains(rawURL, "?") {
		separator = "&"
	}
	return rawURL + separator + "showdebug=yes"
}

// Added are the pairs of the page of debug that plain does not have.
func Added(plain, debug *Page) []Pair {
	if plain == nil || debug == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(debug.Pairs), func(p Pair) bool {
		return slices.ContainsFunc(plain.Pairs, func(o Pair) bool { return strings.EqualFold(o.Label, p.Label) })
	})
}

// SameVersion compares two spellings of a version: the page says 15.1.2176.9, the
// header Exchange/15.01.2176.009. known is false when one of them is no version.
func SameVersion(page, header string) (same, known bool) {
	a, okA := mapihttp.ParseVersion(page)
	b, okB := mapihttp.ParseVersion(header)
	return a == b, okA && okB
}

func schemes(offered []auth.Challenge) []string {
	var out []string
	for _, c := range offered {
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, c.Scheme) }) {
			out = append(out, c.Scheme)
		}
	}
	return out
}
