package exchangetest

import (
	"crypto/tls"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"github.com/mapiscope/mapiscope/transport/auth/acceptor"
)

// What bounds a conversation with the directory.
const (
	directoryLimit = 10 * time.Second
	directoryBytes = 64 << 10
)

// urlKeyword marks the service connection points of Autodiscover (MS-OXDISCO 2.2.1.2).
const urlKeyword = "77378F46-2C66-4aa9-A6A6-3E7A48B19596"

// openDirectory starts LDAP over TLS at the domain controller.
func (s *Server) openDirectory() error {
	cert, err := s.ca.issue(certSpec{names: []string{s.names.dc()}})
	if err != nil {
		return err
	}
	host, _ := s.listenHost()
	l, err := tls.Listen("tcp", joinPort(host), &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12})
	if err != nil {
		return err
	}
	s.domain.directory = l
	s.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(directoryLimit))
				(&directoryTalk{s: s}).serve(c)
			})
		}
	})
	return nil
}

// directoryTalk is one connection: a bind in three steps, then questions.
type directoryTalk struct {
	s    *Server
	sasl *acceptor.SASL
	sent bool // the offer
	done bool // signed in
}

func (d *directoryTalk) serve(c net.Conn) {
	in := io.LimitReader(c, directoryBytes)
	for {
		p, err := ber.ReadPacket(in)
		if err != nil || len(p.Children) < 2 {
			return
		}
		for _, answer := range d.answer(p.Children[1]) {
			m := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
			m.AppendChild(p.Children[0])
			m.AppendChild(answer)
			if _, err := c.Write(m.Bytes()); err != nil {
				return
			}
		}
	}
}

func (d *directoryTalk) answer(q *ber.Packet) []*ber.Packet {
	switch {
	case q.ClassType != ber.ClassApplication:
		return nil
	case q.Tag == ldap.ApplicationBindRequest:
		return []*ber.Packet{d.bind(q)}
	case q.Tag == ldap.ApplicationSearchRequest && !d.done:
		return []*ber.Packet{ldapResult(ldap.ApplicationSearchResultDone, ldap.LDAPResultOperationsError)}
	case q.Tag == ldap.ApplicationSearchRequest && len(q.Children) > 7:
		return append(d.search(octetsOf(q.Children[0]), listOf(q.Children[7])), ldapResult(ldap.ApplicationSearchResultDone, ldap.LDAPResultSuccess))
	}
	return nil
}

// bind is one step of SASL GSSAPI (RFC 4752 3.2).
func (d *directoryTalk) bind(q *ber.Packet) *ber.Packet {
	var token []byte
	if len(q.Children) == 3 && len(q.Children[2].Children) == 2 {
		token = q.Children[2].Children[1].ByteValue
	}
	var reply []byte
	var err error
	switch {
	case d.sasl == nil:
		reply, d.sasl, err = d.s.domain.kerberos.Bind(token)
	case !d.sent:
		reply, err = d.sasl.Offer()
		d.sent = true
	default:
		if err = d.sasl.Finish(token); err == nil {
			d.done = true
			return ldapResult(ldap.ApplicationBindResponse, ldap.LDAPResultSuccess)
		}
	}
	if err != nil {
		return ldapResult(ldap.ApplicationBindResponse, ldap.LDAPResultInvalidCredentials)
	}
	p := ldapResult(ldap.ApplicationBindResponse, ldap.LDAPResultSaslBindInProgress)
	p.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 7, string(reply), ""))
	return p
}

// search knows the root and the service connection points.
func (d *directoryTalk) search(base string, attributes []string) (out []*ber.Packet) {
	root := "CN=Configuration,DC=" + strings.ReplaceAll(d.s.names.domain, ".", ",DC=")
	switch {
	case base == "" && slices.Contains(attributes, "configurationNamingContext"):
		out = append(out, ldapEntry("", map[string][]string{"configurationNamingContext": {root}}))
	case strings.EqualFold(base, root) && slices.Contains(attributes, "serviceBindingInformation"):
		for _, url := range d.s.behaviour().scp {
			out = append(out, ldapEntry("CN="+d.s.names.machine+",CN=Autodiscover,CN=Protocols,"+root,
				map[string][]string{"keywords": {urlKeyword, "Site=Default-First-Site-Name"}, "serviceBindingInformation": {url}}))
		}
	}
	return out
}

func ldapResult(kind ber.Tag, code int) *ber.Packet {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, kind, nil, "")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, code, ""))
	p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "", ""))
	p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "", ""))
	return p
}

func ldapEntry(dn string, values map[string][]string) *ber.Packet {
	sequence := func() *ber.Packet {
		return ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	}
	octets := func(s string) *ber.Packet {
		return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
	}
	list := sequence()
	for name, all := range values {
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range all {
			set.AppendChild(octets(v))
		}
		one := sequence()
		one.AppendChild(octets(name))
		one.AppendChild(set)
		list.AppendChild(one)
	}
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultEntry, nil, "")
	p.AppendChild(octets(dn))
	p.AppendChild(list)
	return p
}

func octetsOf(p *ber.Packet) string { return string(p.ByteValue) }

func listOf(p *ber.Packet) (out []string) {
	for _, c := range p.Children {
		out = append(out, octetsOf(c))
	}
	return out
}
