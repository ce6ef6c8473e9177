package webcheck

import (
	"net/http"
	"strings"
)

// product is something that answers in place of Exchange, and what it is known
// by. One mark is enough; all are lower case and public: they stand in the
// makers' own documents and in every browser that meets them.
type product struct {
	name     string
	kind     Kind
	location []string // part of the URL that a redirect leads to
	cookie   []string // beginning of the name of a cookie it sets
	server   []string // part of the Server header
	header   []string // name of a header of its own
	page     []string // part of the title, or of the page's text
}

// products: proxies that ask for a web sign-in, portals, web filters.
var products = []product{
	{name: "F5 BIG-IP APM", kind: PreAuth, location: []string{"/my.policy", "/my.logon.php3", "/my.logout.php3"}, cookie: []string{"mrhsession", "lastmrh_session"}},
	{name: "Citrix NetScaler", kind: PreAuth, location: []string{"/logon/logonpoint/", "/vpn/index.html", "/vpn/tmindex.html", "/nf/auth/"}, cookie: []string{"nsc_tmas", "nsc_aaac"}},
	{name: "AD FS or Web Application Proxy", kind: PreAuth, location: []string{"/adfs/ls"}, cookie: []string{"edgeaccesscookie", "msisauth"}},
	{name: "Microsoft Entra application proxy", kind: PreAuth, location: []string{"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"}, cookie: []string{"azureappproxy"}},
	{name: "Forefront TMG", kind: PreAuth, location: []string{"/cookieauth.dll"}, page: []string{"/cookieauth.dll"}},
	{name: "Kemp LoadMaster ESP", kind: PreAuth, location: []string{"/lm_auth_proxy"}, page: []string{"/lm_auth_proxy"}},
	{name: "Ivanti Connect Secure", kind: PreAuth, location: []string{"/dana-na/"}, cookie: []string{"dsid", "dslastaccess"}},
	{name: "Cisco ASA WebVPN", kind: PreAuth, location: []string{"/+cscoe+/"}, cookie: []string{"webvpn"}},
	{name: "GlobalProtect", kind: PreAuth, location: []string{"/global-protect/"}},
	{name: "FortiGate SSL VPN", kind: PreAuth, location: []string{"/remote/login"}, cookie: []string{"svpncookie"}},
	{name: "Cloudflare Access", kind: PreAuth, location: []string{"/cdn-cgi/access/", "cloudflareaccess.com"}, cookie: []string{"cf_authorization", "cf_appsession"}},
	{name: "Okta", kind: PreAuth, location: []string{".okta.com/", ".oktapreview.com/"}},
	{name: "Keycloak", kind: PreAuth, location: []string{"/protocol/openid-connect/auth", "/protocol/saml"}, cookie: []string{"kc_restart"}},
	{name: "oauth2-proxy", kind: PreAuth, location: []string{"/oauth2/start", "/oauth2/sign_in"}, cookie: []string{"_oauth2_proxy"}},
	{name: "Authelia", kind: PreAuth, cookie: []string{"authelia_session"}, page: []string{"login - authelia"}},
	{name: "authentik", kind: PreAuth, location: []string{"/outpost.goauthentik.io/"}, cookie: []string{"authentik_"}},
	{name: "Shibboleth", kind: PreAuth, location: []string{"/shibboleth.sso/", "/profile/saml2/"}, cookie: []string{"_shibstate"}},

	{name: "FortiGate captive portal", kind: Portal, location: []string{"/fgtauth"}, page: []string{"/fgtauth"}},
	{name: "Palo Alto captive portal", kind: Portal, location: []string{"/php/uid.php"}},
	{name: "Cisco Meraki splash page", kind: Portal, location: []string{"network-auth.com/splash"}},
	{name: "Cisco ISE portal", kind: Portal, location: []string{"/portal/gateway?sessionid", "/portal/portalsetup.action"}},
	{name: "Cisco wireless controller", kind: Portal, location: []string{"/login.html?switch_url"}},
	{name: "Aruba captive portal", kind: Portal, location: []string{"securelogin.arubanetworks.com", "/cgi-bin/login?cmd=", "/guest/captive_portal"}},
	{name: "UniFi guest portal", kind: Portal, location: []string{"/guest/s/"}},
	{name: "MikroTik hotspot", kind: Portal, location: []string{"/login?dst=http"}, page: []string{"mikrotik hotspot"}},
	{name: "pfSense captive portal", kind: Portal, location: []string{"&redirurl=", "?zone=cpzone"}},
	{name: "CoovaChilli", kind: Portal, location: []string{"res=notyet", "uamip="}},
	{name: "a hotspot that speaks WISPr", kind: Portal, page: []string{"<wispaccessgatewayparam"}},

	{name: "Zscaler", kind: Intercepting, location: []string{"gateway.zscaler", ".zscaler.net", ".zscalertwo.net", ".zscalerthree.net"}, server: []string{"zscaler"}},
	{name: "Cisco Umbrella", kind: Intercepting, location: []string{"block.opendns.com", "hit-adult.opendns.com", "gateway.id.swg.umbrella.com"}},
	{name: "Forcepoint", kind: Intercepting, location: []string{"blocked.wsp.", "/cgi-bin/blockpage.cgi"}},
	{name: "FortiGuard", kind: Intercepting, page: []string{"fortiguard intrusion prevention", "fortiguard web filtering", "web page blocked"}},
	{name: "Sophos web protection", kind: Intercepting, header: []string{"X-Sophos-Block"}, page: []string{"blocked request - sophos"}},
	{name: "Squid", kind: Intercepting, header: []string{"X-Squid-Error"}},
}

// product is the first product whose mark the answer has. An answer of Exchange
// itself is never asked: a cookie of a load balancer in front is no sign-in.
func (a Answer) product(doc *document) *product {
	if a.Status == 0 || a.Status == http.StatusUnauthorized || a.Status == http.StatusOK && doc.statusPage() {
		return nil
	}
	seen := marks{location: strings.ToLower(a.leads()), server: strings.ToLower(a.Header.Get("Server")), header: a.Header,
		page: strings.ToLower(doc.title + "\n" + string(a.Body))}
	interrupts := a.Status >= 300 && a.Status < 400 || a.Status == http.StatusForbidden || doc.password
	for _, line := range a.Header.Values("Set-Cookie") {
		name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(line)), "=")
		if interrupts { // beside an ordinary answer a cookie says only what it passed
			seen.cookies = append(seen.cookies, name)
		}
	}
	for i := range products {
		if seen.fit(&products[i]) {
			return &products[i]
		}
	}
	return nil
}

// marks are what an answer shows of the product that made it.
type marks struct {
	location, server, page string
	cookies                []string
	header                 http.Header
}

func (m *marks) fit(p *product) bool {
	if has(m.location, p.location) || has(m.server, p.server) || has(m.page, p.page) {
		return true
	}
	for _, cookie := range m.cookies {
		for _, begins := range p.cookie {
			if strings.HasPrefix(cookie, begins) {
				return true
			}
		}
	}
	for _, name := range p.header {
		if m.header.Get(name) != "" {
			return true
		}
	}
	return false
}

func has(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
