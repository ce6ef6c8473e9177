package autodiscover

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// The namespaces of a request. They start with http on the wire, whatever the
// documentation's links say.
const (
	requestSchema  = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
	responseSchema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
)

// Request is the body of a POX request (MS-OXDSCLI 2.2.3.1). When both are
// given the server uses LegacyDN.
type Request struct {
	Address  string // SMTP address, or <mailbox GUID>@<domain>
	LegacyDN string
	Schema   string // AcceptableResponseSchema, "" = Outlook's 2006a when encoded
}

// Encode writes the request as UTF-8 XML.
func (q Request) Encode() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n")
	b.WriteString(`<Autodiscover xmlns="` + requestSchema + `"><Request>`)
	write := func(name, value string) {
		if value == "" {
			return
		}
		b.WriteString("<" + name + ">")
		xml.EscapeText(&b, []byte(value)) //nolint:errcheck // a bytes.Buffer does not fail
		b.WriteString("</" + name + ">")
	}
	write("EMailAddress", q.Address)
	write("LegacyDN", q.LegacyDN)
	schema := q.Schema
	if schema == "" {
		schema = responseSchema
	}
	write("AcceptableResponseSchema", schema)
	b.WriteString("</Request></Autodiscover>")
	return b.Bytes()
}

// ParseRequest reads a request: the server's side of Encode. The namespace of
// the root must be the one of the wire; a server answers 600 otherwise.
func ParseRequest(b []byte) (Request, error) {
	root, err := parseXML(b)
	if err != nil {
		return Request{}, fmt.Errorf("the Autodiscover request is not XML: %w", err)
	}
	req := root.child("Request")
	if !strings.EqualFold(root.name, "Autodiscover") || req == nil {
		return Request{}, errors.New("the XML is not an Autodiscover request")
	}
	q := Request{Address: req.value("EMailAddress"), LegacyDN: req.raw("LegacyDN"), Schema: req.value("AcceptableResponseSchema")}
	if q.Address == "" && q.LegacyDN == "" {
		return q, errors.New("the Autodiscover request names no mailbox")
	}
	return q, nil
}

// ErrNotAutodiscover is what ParsePOX wraps when the bytes are something else:
// a web page, a login form, another kind of XML.
var ErrNotAutodiscover = errors.New("not an Autodiscover answer")

// ParsePOX reads an answer, an error answer included (Settings.ServerError).
// Namespaces are ignored. Errors wrap ErrNotAutodiscover and say what it is
// instead. Input of any content is safe: size, depth and number are bounded.
func ParsePOX(b []byte) (*Settings, error) {
	if page, ok := webPage(b); ok {
		return nil, fmt.Errorf("%w: %s", ErrNotAutodiscover, page)
	}
	root, err := parseXML(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAutodiscover, err)
	}
	resp := root.child("Response")
	if !strings.EqualFold(root.name, "Autodiscover") || resp == nil {
		return nil, fmt.Errorf("%w: XML with the root element %.64q", ErrNotAutodiscover, root.name)
	}
	if e := resp.child("Error"); e != nil {
		return &Settings{ServerError: readServerError(e)}, nil
	}
	account := resp.child("Account")
	if account == nil {
		return nil, fmt.Errorf("%w: its Response has neither Account nor Error", ErrNotAutodiscover)
	}
	return readSettings(resp.child("User"), account), nil
}

func readSettings(user, account *element) *Settings {
	s := &Settings{
		DisplayName:         user.value("DisplayName"),
		LegacyDN:            user.raw("LegacyDN"),
		SMTPAddress:         user.value("AutoDiscoverSMTPAddress"),
		DeploymentID:        user.value("DeploymentId"),
		AccountType:         account.value("AccountType"),
		Action:              account.value("Action"),
		RedirectAddr:        account.value("RedirectAddr"),
		RedirectURL:         account.value("RedirectUrl"),
		MicrosoftOnline:     account.value("MicrosoftOnline"),
		PublicFolderAddress: account.child("PublicFolderInformation").value("SmtpAddress"),
	}
	// Only direct children: the Protocol inside WEB/Internal is a part of that WEB.
	for _, e := range account.all("Protocol") {
		p := readProtocol(e)
		if p.Is("mapiHttp") && s.MapiHTTP == nil {
			s.MapiHTTP = &MapiHTTP{Version: p.Version, MailStore: readURLs(e.child("MailStore")), AddressBook: readURLs(e.child("AddressBook"))}
		}
		s.Protocols = append(s.Protocols, p)
	}
	for _, e := range account.all("AlternativeMailbox") {
		s.AlternativeMailboxes = append(s.AlternativeMailboxes, AlternativeMailbox{
			Type: e.value("Type"), DisplayName: e.value("DisplayName"), LegacyDN: e.raw("LegacyDN"),
			Server: e.value("Server"), SMTPAddress: e.value("SmtpAddress"), OwnerSMTPAddress: e.value("OwnerSmtpAddress"),
		})
	}
	return s
}

func readProtocol(e *element) Protocol {
	p := Protocol{Type: e.attr("Type"), Version: e.attr("Version")}
	if p.Type == "" {
		p.Type = e.value("Type")
	}
	for _, c := range e.children {
		if len(c.children) == 0 && !strings.EqualFold(c.name, "Type") {
			p.Fields = append(p.Fields, Field{Name: c.name, Value: strings.TrimSpace(string(c.text))})
		}
	}
	for _, side := range []string{"Internal", "External"} {
		for _, o := range e.child(side).all("OWAUrl") {
			p.OWA = append(p.OWA, OWA{Internal: side == "Internal", URL: strings.TrimSpace(string(o.text)), Authentication: o.attr("AuthenticationMethod")})
		}
		// The EWS address beside it counts for certificates like any other URL.
		if as := e.child(side).child("Protocol").value("ASUrl"); as != "" {
			p.Fields = append(p.Fields, Field{Name: side + "/ASUrl", Value: as})
		}
	}
	return p
}

func readURLs(e *element) URLs {
	return URLs{Internal: e.value("InternalUrl"), External: e.value("ExternalUrl")}
}
