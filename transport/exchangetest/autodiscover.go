package exchangetest

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"
)

// Namespaces of Autodiscover (MS-OXDSCLI 2.2.4). The requests are matched
// exactly, as real servers do.
const (
	requestNamespace  = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
	outlookNamespace  = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
	responseNamespace = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
)

// Error codes of Autodiscover (MS-OXDSCLI 2.2.4.1.1.3.2).
const (
	poxNoSuchAddress  = 500
	poxInvalidRequest = 600
	poxNoProvider     = 601
	poxServerError    = 603
)

type poxRequest struct {
	XMLName xml.Name
	Request struct {
		EMailAddress             string
		LegacyDN                 string
		AcceptableResponseSchema string
	}
}

// autodiscoverPOX answers a signed-in request for settings (MS-OXDSCLI 3.2.5).
func (c *call) autodiscoverPOX() {
	var q poxRequest
	if err := xml.Unmarshal(c.body, &q); c.r.Method != http.MethodPost || err != nil || q.XMLName.Space != requestNamespace {
		c.poxError(poxInvalidRequest, "Invalid Request")
		return
	}
	if q.Request.AcceptableResponseSchema != outlookNamespace {
		c.poxError(poxNoProvider, "Provider is not available")
		return
	}
	address := strings.TrimSpace(q.Request.EMailAddress)
	for _, f := range c.b.pox {
		if f(c, address) {
			return
		}
	}
	u := c.s.userNamed(address)
	if q.Request.LegacyDN != "" { // the server must prefer it (MS-OXDSCLI 3.2.5)
		u = c.s.userByDN(q.Request.LegacyDN)
	}
	if u == nil {
		c.poxError(poxNoSuchAddress, "The email address can't be found.")
		return
	}
	c.poxSettings(u, c.b.publish(u))
}

func (c *call) poxError(code int, message string) {
	h := fnv.New32a()
	h.Write([]byte(c.s.names.server))
	c.pox(group("Response", element{name: "Error", attrs: fmt.Sprintf(` Time="%s" Id="%d"`, c.from.Format("15:04:05.0000000"), h.Sum32()),
		children: []element{leaf("ErrorCode", fmt.Sprint(code)), leaf("Message", message), leaf("DebugData", "")}}))
}

// pox answers with the envelope around response.
func (c *call) pox(response element) {
	indent := "  "
	if c.b.manner == Gromox {
		indent = "    "
	}
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n")
	root := group("Autodiscover", response)
	root.attrs = ` xmlns="` + responseNamespace + `"`
	root.write(&b, indent, 0)
	if c.b.manner == Gromox {
		c.set("Date") // gromox sends none here
		c.text(http.StatusOK, "text/xml", b.String())
		return
	}
	c.set("Cache-Control", "private")
	c.backEnd()
	c.text(http.StatusOK, "text/xml; charset=utf-8", b.String())
}

// redirectTo answers with another address or URL to ask.
func (c *call) redirectTo(action, target string) {
	name := strings.ToUpper(action[:1]) + action[1:] // redirectAddr is told in RedirectAddr
	response := group("Response", group("Account", leaf("AccountType", "email"), leaf("Action", action), leaf(name, target)))
	response.attrs = ` xmlns="` + outlookNamespace + `"`
	c.pox(response)
}

func (c *call) poxSettings(u *User, p published) {
	switch {
	case p.redirectAddr != "":
		c.redirectTo("redirectAddr", p.redirectAddr)
		return
	case p.redirectURL != "":
		c.redirectTo("redirectUrl", p.redirectURL)
		return
	}
	c.pox(c.settings(u, p))
}

// deploymentID is that of the organisation.
const deploymentID = "5f3b1f7a-58ac-4b18-9d5c-6d1f0c0e9a01"

// settings is the Response element with p.
func (c *call) settings(u *User, p published) element {
	if p.deployment == "" {
		p.deployment = deploymentID
	}
	user := group("User", leaf("DisplayName", u.DisplayName), leaf("LegacyDN", p.dn(u)),
		leaf("AutoDiscoverSMTPAddress", cmp.Or(p.smtp, u.Address)), leaf("DeploymentId", p.deployment))
	account := group("Account", leaf("AccountType", "email"), leaf("Action", "settings"), leaf("MicrosoftOnline", map[bool]string{true: "True", false: "False"}[p.online]))
	account.children = append(account.children, c.protocols(u, p)...)
	response := group("Response", user, account)
	response.attrs = ` xmlns="` + outlookNamespace + `"`
	return response
}

// protocols lists the Protocol elements. With X-MapiHttpCapability Exchange gives
// mapiHttp and neither EXCH nor EXPR (MS-OXDSCLI 3.2.5.1).
func (c *call) protocols(u *User, p published) (out []element) {
	if c.b.manner == Gromox {
		return c.gromoxProtocols(u, p)
	}
	mapi := p.mapiHTTP && c.r.Header.Get("X-MapiHttpCapability") == "1"
	outlook := strings.Contains(c.r.UserAgent(), "Microsoft Office/") || strings.Contains(c.r.Header.Get("X-ClientCanHandle"), "ExHttpInfo")
	if mapi {
		out = append(out, c.protocolMapiHTTP(u, p))
	}
	if p.exch && !mapi {
		out = append(out, c.protocolEXCH(u, p))
	}
	if p.expr && !mapi && p.external != "" {
		out = append(out, c.protocolRPC("EXPR", p.external, p))
	}
	if p.exhttp && !mapi && outlook {
		for _, host := range []string{p.internal, p.external} { // internal first
			if host != "" {
				out = append(out, c.protocolRPC("EXHTTP", host, p))
			}
		}
	}
	if p.noWeb {
		return out
	}
	return append(out, c.protocolWEB(p))
}

func (c *call) protocolMapiHTTP(u *User, p published) element {
	id := p.mailboxID
	if id == "" {
		id = c.s.mailboxID(*u)
	}
	urls := func(name, endpoint string) element {
		e := group(name)
		if p.internal != "" {
			e.children = append(e.children, leaf("InternalUrl", mapiURL(p.internal, endpoint, id)))
		}
		if p.external != "" {
			e.children = append(e.children, leaf("ExternalUrl", mapiURL(p.external, endpoint, id)))
		}
		return e
	}
	e := group("Protocol", urls("MailStore", "emsmdb"), urls("AddressBook", "nspi"))
	e.attrs = ` Type="mapiHttp" Version="1"`
	return e
}

func (c *call) protocolEXCH(u *User, p published) element {
	dn := c.s.serverDN(*u)
	e := group("Protocol", leaf("Type", "EXCH"), leaf("Server", c.s.mailboxID(*u)), leaf("ServerDN", dn),
		leaf("ServerVersion", c.b.version().hex), leaf("MdbDN", dn+"/cn=Microsoft Private MDB"),
		leaf("PublicFolderServer", c.s.names.mail), leaf("AD", "dc01.corp."+c.s.names.domain), leaf("AuthPackage", "Ntlm"))
	e.children = append(e.children, webServices(p.internal)...)
	e.children = append(e.children, leaf("ServerExclusiveConnect", "off"))
	return e
}

func (c *call) protocolRPC(kind, host string, p published) element {
	if p.basicOutside && kind != "EXPR" {
		p.authPackage = ""
	}
	e := group("Protocol", leaf("Type", kind), leaf("Server", host), leaf("SSL", "On"), leaf("AuthPackage", cmp.Or(p.authPackage, "Ntlm")))
	if p.principal != "" {
		e.children = append(e.children, leaf("CertPrincipalName", p.principal))
	}
	e.children = append(e.children, webServices(host)...)
	e.children = append(e.children, leaf("ServerExclusiveConnect", "On"))
	return e
}

func webServices(host string) []element {
	if host == "" {
		return nil
	}
	ews := "https://" + host + "/EWS/Exchange.asmx"
	return []element{leaf("ASUrl", ews), leaf("EwsUrl", ews), leaf("EmwsUrl", ews),
		leaf("EcpUrl", "https://"+host+"/owa/"), leaf("OOFUrl", ews), leaf("OABUrl", "https://"+host+"/OAB/")}
}

func (c *call) protocolWEB(p published) element {
	side := func(name, host, kind string) element {
		url := leaf("OWAUrl", "https://"+host+"/owa/")
		url.attrs = ` AuthenticationMethod="Basic, Fba"`
		return group(name, url, group("Protocol", leaf("Type", kind), leaf("ASUrl", "https://"+host+"/EWS/Exchange.asmx")))
	}
	e := group("Protocol", leaf("Type", "WEB"))
	if p.internal != "" {
		e.children = append(e.children, side("Internal", p.internal, "EXCH"))
	}
	if p.external != "" {
		e.children = append(e.children, side("External", p.external, "EXPR"))
	}
	return e
}
