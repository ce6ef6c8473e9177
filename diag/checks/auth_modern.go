package checks

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/httpc"
)

var authModern = suite.Check{
	ID: "auth.modern", Group: "auth", Title: "Modern authentication", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"}, Beside: []string{"dns.mailbox", "network.mailbox", "tls.mailbox"}, Behind: []string{"auth.offered", "discovery.answer"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		urls := []string{t.MailboxURL}
		if !e.SkipsDiscovery() { // else asking for the answer would begin a search
			if a, err := e.Answer(ctx); err == nil && a.FinalURL != "" {
				urls = append(urls, a.FinalURL)
			}
		}
		if !slices.ContainsFunc(urls, func(u string) bool { return offersBearer(e, u) }) {
			return suite.Skip("no server offers it")
		}
		var asked []bearerAt
		for _, u := range urls {
			b, err := askBearer(ctx, e, u)
			if err != nil {
				return failed(err, suite.HostOf(u))
			}
			if b.status != http.StatusUnauthorized {
				return suite.Skip(fmt.Sprintf("something else answers at /%s of %s (status %d) than what people sign in to", b.Dir, b.Host, b.status))
			}
			asked = append(asked, b)
		}
		return judgeModern(asked)
	},
}

// offersBearer says that an answer to an ordinary request named Bearer there.
func offersBearer(e *suite.Env, rawURL string) bool {
	for _, x := range e.Exchanges() {
		if suite.HostOf(x.URL) == suite.HostOf(rawURL) && firstDir(x.URL) == firstDir(rawURL) &&
			auth.FindBearer(auth.ParseChallenges(x.Header.Values("Www-Authenticate"))) != nil {
			return true
		}
	}
	return false
}

// bearerAt is what one virtual directory says about modern authentication.
type bearerAt struct {
	Host    string            `json:"host"`
	Dir     string            `json:"dir"`
	Offer   *auth.BearerOffer `json:"offer"`
	Schemes []string          `json:"schemes"` // the others, as spelled there
	status  int
}

// askBearer asks with an empty Bearer, which is no credential: that makes Exchange
// name the address where people sign in, if there is one.
func askBearer(ctx context.Context, e *suite.Env, rawURL string) (bearerAt, error) {
	resp, err := e.HTTP.Do(ctx, &httpc.Request{Method: "GET", URL: rawURL, Header: http.Header{"Authorization": {"Bearer"}},
		Anonymous: true, NoReuse: true, Check: "auth.modern"})
	if err != nil {
		return bearerAt{}, err
	}
	defer resp.Body.Close()
	b := bearerAt{Host: suite.HostOf(rawURL), Dir: firstDir(rawURL), Offer: auth.FindBearer(resp.Offered), status: resp.Status}
	b.Schemes = slices.DeleteFunc(schemes(resp.Offered), func(s string) bool { return strings.EqualFold(s, "Bearer") })
	return b, nil
}

// judgeModern compares the virtual directories: a client that was told to sign in
// with a token at one of them needs it at the other, too.
func judgeModern(asked []bearerAt) suite.Outcome {
	var on, off []bearerAt
	for _, b := range asked {
		if b.Offer.Modern() {
			on = append(on, b)
		} else {
			off = append(off, b)
		}
	}
	switch {
	case len(off) == 0:
		return suite.Pass("people sign in at "+suite.HostOf(on[0].Offer.AuthorizationURI)).With("offers", asked)
	case len(on) == 0:
		return judgeNoModern(off).With("offers", asked)
	}
	text := fmt.Sprintf("modern authentication is on at /%s of %s and off at /%s of %s", on[0].Dir, on[0].Host, off[0].Dir, off[0].Host)
	out := suite.Warn(text)
	if off[0].Offer != nil && len(off[0].Schemes) == 0 { // a directory that offers nothing at all has another cause
		out = suite.Fail(text + ", which accepts nothing else")
	}
	return out.Saw(signal(suite.ModernHalfSet, off[0].Host, "dir", off[0].Dir, "url", on[0].Offer.AuthorizationURI)).With("offers", asked)
}

// judgeNoModern is OAuth between servers, which is no sign-in for people.
func judgeNoModern(off []bearerAt) suite.Outcome {
	for _, b := range off {
		if b.Offer != nil && len(b.Schemes) == 0 {
			return suite.Fail(fmt.Sprintf("/%s of %s accepts tokens alone and does not say where people get one", b.Dir, b.Host)).
				Saw(signal(suite.ModernHalfSet, b.Host, "dir", b.Dir))
		}
	}
	return suite.Pass("tokens are for other servers; people sign in with their password")
}
