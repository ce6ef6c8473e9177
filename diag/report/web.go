package report

// WebCheck is what a browser would see at the mailbox URL, and beside it at the
// address book URL and the health pages.
type WebCheck struct {
	URL           string            `json:"url,omitempty"`
	Status        int               `json:"status,omitempty"`
	Kind          string            `json:"kind,omitempty"`    // "status-page", "sign-in", "no-page", "pre-auth-proxy", …
	Product       string            `json:"product,omitempty"` // what answers in front of Exchange, or instead
	HeaderVersion string            `json:"header_version,omitempty"`
	VersionAgrees *bool             `json:"version_agrees,omitempty"` // page and header; absent when one is missing
	Page          *Page             `json:"page,omitempty"`
	Debug         map[string]string `json:"debug,omitempty"` // what showdebug=yes adds to the page
	AddressBook   *WebView          `json:"address_book,omitempty"`
	Healthcheck   *Healthcheck      `json:"healthcheck,omitempty"`
	Healthchecks  []ServiceHealth   `json:"healthchecks,omitempty"`
}

// WebView is what a browser would see at one URL.
type WebView struct {
	URL           string            `json:"url,omitempty"`
	Status        int               `json:"status,omitempty"`
	Kind          string            `json:"kind,omitempty"`
	Product       string            `json:"product,omitempty"`
	HeaderVersion string            `json:"header_version,omitempty"`
	VersionAgrees *bool             `json:"version_agrees,omitempty"`
	Page          *Page             `json:"page,omitempty"`
	Debug         map[string]string `json:"debug,omitempty"`
}

// Mailbox is the part of the web check that is about the mailbox URL.
func (w *WebCheck) Mailbox() WebView {
	return WebView{w.URL, w.Status, w.Kind, w.Product, w.HeaderVersion, w.VersionAgrees, w.Page, w.Debug}
}

// SetMailbox puts what was seen at the mailbox URL.
func (w *WebCheck) SetMailbox(v WebView) {
	w.URL, w.Status, w.Kind, w.Product, w.HeaderVersion = v.URL, v.Status, v.Kind, v.Product, v.HeaderVersion
	w.VersionAgrees, w.Page, w.Debug = v.VersionAgrees, v.Page, v.Debug
}

// Page is the status page of the virtual directory, as parsed.
type Page struct {
	Version        string            `json:"version,omitempty"`
	VDir           string            `json:"vdir,omitempty"`
	User           string            `json:"user,omitempty"`
	UPN            string            `json:"upn,omitempty"`
	SID            string            `json:"sid,omitempty"`
	Organization   string            `json:"organization,omitempty"`
	Authentication string            `json:"authentication,omitempty"`
	Server         string            `json:"server,omitempty"`
	Other          map[string]string `json:"other,omitempty"`
}

// Fields are the named fields of a page in the order in which it shows them, with
// the labels that Exchange gives them.
func (p *Page) Fields() [][2]string {
	return [][2]string{{"Version", p.Version}, {"Vdir Path", p.VDir}, {"User", p.User}, {"UPN", p.UPN}, {"SID", p.SID},
		{"Organization", p.Organization}, {"Authentication", p.Authentication}, {"Mailbox", p.Server}}
}

// Healthcheck is the answer of healthcheck.htm.
type Healthcheck struct {
	Status int    `json:"status"`
	Server string `json:"server,omitempty"`
}

// ServiceHealth is the health page of one virtual directory at one address.
type ServiceHealth struct {
	VDir    string        `json:"vdir"`
	Address string        `json:"address,omitempty"`
	Status  int           `json:"status,omitempty"`
	Healthy *bool         `json:"healthy,omitempty"` // absent: the answer says nothing about health
	Server  string        `json:"server,omitempty"`
	Took    *Milliseconds `json:"took_ms,omitempty"`
	Error   string        `json:"error,omitempty"`
}
