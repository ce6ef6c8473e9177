package exchangetest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// jsonProtocols are what Autodiscover v2 can be asked for; there is no value for
// MAPI over HTTP.
var jsonProtocols = []string{"ActiveSync", "AutodiscoverV1", "Ews", "Rest"}

// autodiscoverJSON answers Autodiscover v2, which asks nobody to sign in. Both
// forms of the URL carry the address, one in the path, one in the query.
func (c *call) autodiscoverJSON() {
	query := c.r.URL.Query()
	address, protocol := query.Get("Email"), query.Get("Protocol")
	if rest, ok := strings.CutPrefix(strings.ToLower(c.r.URL.Path), "/autodiscover/autodiscover.json/v1.0/"); ok {
		address = rest
	}
	i := slices.IndexFunc(jsonProtocols, func(p string) bool { return strings.EqualFold(p, protocol) })
	u := c.s.userNamed(address)
	switch {
	case address == "":
		c.jsonError(http.StatusBadRequest, "MandatoryParameterMissing", "The mandatory parameter 'Email' is missing.")
	case protocol == "":
		c.jsonError(http.StatusBadRequest, "MandatoryParameterMissing", "The mandatory parameter 'Protocol' is missing.")
	case i < 0:
		c.jsonError(http.StatusBadRequest, "ProtocolNotSupported", "The given protocol value '"+protocol+"' is invalid. Supported values are '"+strings.Join(jsonProtocols, ", ")+"'")
	case u == nil:
		c.jsonError(http.StatusNotFound, "UserNotFound", "The given user is not found")
	default:
		c.json(http.StatusOK, map[string]string{"Protocol": jsonProtocols[i], "Url": c.jsonURL(jsonProtocols[i], u)})
	}
}

func (c *call) jsonURL(protocol string, u *User) string {
	host := c.b.publish(u).external
	if host == "" {
		host = c.s.names.mail
	}
	switch protocol {
	case "AutodiscoverV1":
		return "https://" + c.r.Host + "/autodiscover/autodiscover.xml"
	case "ActiveSync":
		return "https://" + host + "/Microsoft-Server-ActiveSync"
	case "Rest":
		return "https://" + host + "/api"
	}
	return "https://" + host + "/EWS/Exchange.asmx"
}

func (c *call) jsonError(status int, code, message string) {
	c.json(status, map[string]string{"ErrorCode": code, "ErrorMessage": message})
}

func (c *call) json(status int, v map[string]string) {
	body, _ := json.Marshal(v) // strings cannot fail
	c.set("Cache-Control", "private")
	c.text(status, "application/json; charset=utf-8", string(body))
}
