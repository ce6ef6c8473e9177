package checks

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/webcheck"
)

func stepTrouble(e *autodiscover.Error) []suite.Signal {
	switch e.Cause {
	case autodiscover.CauseLoop:
		return []suite.Signal{signal(suite.AutodiscoverLoop, e.Host)}
	case autodiscover.CauseServerError:
		var server *autodiscover.ServerError
		if errors.As(e.Err, &server) {
			code := suite.AutodiscoverError
			if server.Code == 500 || server.Code == 501 || server.Code == 404 {
				code = suite.AddressUnknown
			}
			return []suite.Signal{signal(code, e.Host, "code", server.Code, "message", server.Message)}
		}
	case autodiscover.CauseNotAutodiscover:
		return []suite.Signal{signal(suite.NotExchange, e.Host)}
	case autodiscover.CauseRedirectRefused, autodiscover.CausePolicy:
		return []suite.Signal{redirectTrouble(e)}
	case autodiscover.CauseAuth, autodiscover.CauseForbidden, autodiscover.CauseStatus:
		return []suite.Signal{httpTrouble(e.Status, e.Host)}
	}
	var path *netpath.Error
	if errors.As(e.Err, &path) {
		return []suite.Signal{pathTrouble(path)}
	}
	return nil
}

// redirectTrouble tells three redirects apart that were not followed: to an
// Autodiscover that nobody confirmed, from the plain http request to some page (a
// hotspot does that), and from Autodiscover itself to a page (a sign-in form).
func redirectTrouble(e *autodiscover.Error) suite.Signal {
	u, err := url.Parse(e.URL)
	sight := webcheck.Recognise(webcheck.Answer{URL: e.URL, Status: http.StatusFound, Header: http.Header{"Location": {e.URL}}})
	switch {
	case err == nil && u.Scheme == "https" && strings.Contains(strings.ToLower(u.Path), "/autodiscover/"):
		return signal(suite.RedirectUnconfirmed, e.Host, "url", e.URL)
	case sight.Kind == webcheck.Portal:
		return signal(suite.PortalPage, e.Host, "url", e.URL, "product", sight.Product)
	case e.Step == autodiscover.StepHTTPRedirect:
		return signal(suite.PortalAnswer, e.Host, "url", e.URL)
	case e.Status >= 300 && e.Status < 400:
		return signal(suite.LoginPage, e.Host, "url", e.URL, "status", e.Status, "product", sight.Product)
	}
	return signal(suite.RedirectRefused, e.Host, "url", e.URL)
}
