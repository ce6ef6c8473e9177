package exchangetest

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

// statusPage is what a browser shows at a MAPI URL: heading, version, directory,
// then label and value pairs. ?showdebug=yes adds the servers.
func (c *call) statusPage(endpoint string) {
	c.backEnd()
	c.set("Cache-Control", "private")
	c.set("X-ServerApplication", "Exchange/"+c.b.version().long)
	var page strings.Builder
	const title = "Exchange MAPI/HTTP Connectivity Endpoint"
	fmt.Fprintf(&page, "<html>\r\n<head>\r\n<title>%s</title>\r\n</head>\r\n<body>\r\n<p>%s<br><br>Version: %s<br>Vdir Path: /mapi/%s/<br><br>", title, title, c.b.version().short, endpoint)
	pairs := [][2]string{
		{"User", c.user.Login}, {"UPN", c.user.Address}, {"SID", sid(c.user)},
		{"Organization", c.s.names.domain}, {"Authentication", c.authn}, {"PUID", ""},
		{"Cafe", c.s.names.server}, {"Mailbox", c.s.names.server},
	}
	if c.r.URL.Query().Get("showdebug") == "yes" {
		pairs = append(pairs, [2]string{"Client Access Server", c.s.names.server}, [2]string{"Mailbox Server", c.s.names.server},
			[2]string{"Created", c.from.Format(http.TimeFormat)})
	}
	for _, p := range pairs {
		fmt.Fprintf(&page, "<b>%s:</b> %s<br>", p[0], html.EscapeString(p[1]))
	}
	page.WriteString("</p>\r\n</body>\r\n</html>\r\n")
	c.text(http.StatusOK, "text/html", page.String())
}
