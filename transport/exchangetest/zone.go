package exchangetest

import (
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// zone is what the DNS server knows: records by owner name, lower case with the
// final dot.
type zone map[string][]dns.RR

// add takes a record in master file form: "mail.contoso.test. 60 IN A 127.0.10.1".
// A record that does not parse is a mistake in this package.
func (z zone) add(record string) {
	rr, err := dns.NewRR(record)
	if err != nil {
		panic("exchangetest: " + err.Error())
	}
	owner := strings.ToLower(rr.Header().Name)
	z[owner] = append(z[owner], rr)
}

// host replaces everything known of a name by addresses.
func (z zone) host(name string, addrs ...string) {
	z.drop(name)
	for _, a := range addrs {
		kind := "A"
		if strings.Contains(a, ":") {
			kind = "AAAA"
		}
		z.add(name + ". 60 IN " + kind + " " + a)
	}
}

// mx replaces the mail exchanger of a name.
func (z zone) mx(name, exchanger string) {
	owner := strings.ToLower(dns.Fqdn(name))
	z[owner] = slices.DeleteFunc(z[owner], func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeMX })
	z.add(owner + " 60 IN MX 0 " + exchanger + ".")
}

// drop forgets a name.
func (z zone) drop(name string) { delete(z, strings.ToLower(dns.Fqdn(name))) }

// find answers a question: the records, following CNAMEs inside the zone, and
// whether the name exists at all (itself or as the parent of another).
func (z zone) find(name string, kind uint16) (answer []dns.RR, exists bool) {
	name = strings.ToLower(name)
	for range 8 { // more CNAMEs in a row than any sane zone has
		var alias string
		for _, rr := range z[name] {
			switch c, isAlias := rr.(*dns.CNAME); {
			case rr.Header().Rrtype == kind || kind == dns.TypeANY:
				answer = append(answer, rr)
			case isAlias:
				answer = append(answer, rr)
				alias = strings.ToLower(c.Target)
			}
		}
		if alias == "" {
			break
		}
		name = alias
	}
	return answer, len(answer) > 0 || z.has(name)
}

func (z zone) has(name string) bool {
	for owner := range z {
		if owner == name || strings.HasSuffix(owner, "."+name) {
			return true
		}
	}
	return false
}

// healthyZone is the public DNS of the organisation.
func healthyZone(n names) zone {
	z := zone{}
	z.add(n.domain + ". 60 IN SOA ns." + n.domain + ". hostmaster." + n.domain + ". 1 3600 600 86400 60")
	z.add(n.domain + ". 60 IN A " + websiteAddr)
	z.add(n.domain + ". 60 IN MX 10 " + n.mail + ".")
	z.add(n.domain + `. 60 IN TXT "v=spf1 mx -all"`)
	z.add("www." + n.domain + ". 60 IN CNAME " + n.domain + ".")
	z.host(n.mail, mailAddr)
	z.host(n.dc(), kdcAddr)
	z.host(n.proxy(), proxyAddr)
	z.host(n.script(), scriptAddr)
	z.host(n.autodiscover, discoverAddr)
	z.host("autodiscover."+n.branch, discoverAddr)
	z.add("_autodiscover._tcp." + n.domain + ". 60 IN SRV 0 0 443 " + n.mail + ".")
	return z
}
