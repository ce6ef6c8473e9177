package exchangetest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// healthVDirs are the virtual directories with a healthcheck.htm.
var healthVDirs = []string{"autodiscover", "ecp", "ews", "mapi", "microsoft-server-activesync", "oab", "owa", "rpc"}

// route finds who answers: by site and port first, then by virtual directory.
func (c *call) route() {
	switch {
	case c.conn.site.name == siteProxy:
		c.proxy()
	case c.conn.site.name == siteScript:
		c.proxyScript()
	case !c.conn.tls:
		c.plainHTTP()
	case c.conn.site.name == siteWebsite:
		c.website()
	case c.b.manner == Gromox:
		c.gromox()
	default:
		c.exchange()
	}
}

func (c *call) exchange() {
	c.frontEnd()
	path := strings.ToLower(c.r.URL.Path)
	switch {
	case c.r.Method == http.MethodPost && c.r.ContentLength == 0 && c.r.Header.Get("Content-Length") == "":
		c.lengthRequired()
	case c.vdir == "mapi" && c.b.manner == Exchange2013:
		c.iisNotFound()
	case slices.Contains(healthVDirs, c.vdir) && path == "/"+c.vdir+"/healthcheck.htm":
		c.healthcheck()
	case c.isDown():
		c.empty(http.StatusServiceUnavailable)
	case c.vdir == "mapi":
		c.mapiDirectory(path)
	case path == "/autodiscover/autodiscover.xml":
		c.signedIn(c.autodiscoverPOX)
	case strings.HasPrefix(path, "/autodiscover/autodiscover.json"):
		c.autodiscoverJSON()
	case path == rpcPath:
		c.rpcProxy()
	case c.vdir == "owa" || c.vdir == "":
		c.owa()
	default:
		c.iisNotFound()
	}
}

func (c *call) iisNotFound() {
	c.text(http.StatusNotFound, "text/html", "<h1>404 - File or directory not found.</h1>")
}

// lengthRequired is what http.sys says before anybody looks at the request.
func (c *call) lengthRequired() {
	delete(c.w.Header(), "X-FEServer")
	delete(c.w.Header(), "request-id")
	c.set("Server", "Microsoft-HTTPAPI/2.0")
	c.set("Connection", "close")
	c.text(http.StatusLengthRequired, "text/html; charset=us-ascii", "<h2>Length Required</h2><hr><p>HTTP Error 411. The request must be chunked or have a content length.</p>")
}

// isDown says that the component asked for was taken out of service.
func (c *call) isDown() bool {
	return c.b.down[c.vdir] || c.vdir == "mapi" && c.conn.site.name == c.b.mapiDownAt
}

// healthcheck is the page Managed Availability shows while a protocol is up. No
// sign-in (facts: EXDOC load balancing).
func (c *call) healthcheck() {
	if c.isDown() {
		c.empty(http.StatusServiceUnavailable)
		return
	}
	c.text(http.StatusOK, "text/html", "200 OK<br/>"+strings.ToUpper(c.s.names.server))
}

// owa is the login form that every browser of the organisation knows.
func (c *call) owa() {
	c.set("X-OWA-Version", c.b.version().short)
	if c.vdir == "" || !strings.HasPrefix(strings.ToLower(c.r.URL.Path), "/owa/auth/") {
		c.redirect(http.StatusFound, fmt.Sprintf("https://%s/owa/auth/logon.aspx?url=https%%3a%%2f%%2f%s%%2fowa%%2f&reason=0", c.r.Host, c.r.Host))
		return
	}
	c.text(http.StatusOK, "text/html; charset=utf-8", "<html><head><title>Outlook</title></head><body><form action=\"/owa/auth.owa\" method=\"POST\"><input name=\"username\"/><input name=\"password\" type=\"password\"/></form></body></html>")
}

// plainHTTP is port 80: everything is sent to https; Autodiscover to where it is.
func (c *call) plainHTTP() {
	if c.r.URL.Path == revocationPath {
		c.revocationList()
		return
	}
	c.set("Server", "Microsoft-IIS/10.0")
	host := c.r.Host
	switch c.conn.site.name {
	case siteRedirector:
		host = cmp.Or(c.b.redirector, c.s.names.mail)
	case siteWebsite:
		c.set("Server", "Website")
	}
	c.redirect(http.StatusFound, "https://"+host+c.r.URL.RequestURI())
}

// website is the organisation's public site on the bare domain: no Exchange.
func (c *call) website() {
	c.set("Server", "Website")
	if c.r.URL.Path != "/" {
		c.text(http.StatusNotFound, "text/html; charset=utf-8", "<html><head><title>Not found</title></head><body>Contoso has no such page.</body></html>")
		return
	}
	c.text(http.StatusOK, "text/html; charset=utf-8", "<html><head><title>Contoso</title></head><body>Welcome to Contoso.</body></html>")
}
