package scp

import (
	"encoding/binary"
	"errors"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// siteOf asks the directory for the site of this computer; "" when it does not
// say (MS-ADTS 6.3.3.2: the attribute Netlogon of the rootDSE).
func siteOf(l *ldap.Conn, domain string) string {
	entries, err := search(l, "", ldap.ScopeBaseObject, "(&(DnsDomain="+ldap.EscapeFilter(domain)+`)(NtVer=\06\00\00\00))`, "netlogon")
	if err != nil || len(entries) == 0 {
		return ""
	}
	site, err := ParseNetlogon(entries[0].GetRawAttributeValue("netlogon"))
	if err != nil {
		return ""
	}
	return site
}

var errNetlogon = errors.New("the Netlogon answer cannot be read")

// ParseNetlogon gives the client's site of a NETLOGON_SAM_LOGON_RESPONSE_EX
// (MS-ADTS 6.3.1.9).
func ParseNetlogon(b []byte) (site string, err error) {
	const header, responseEx, userUnknownEx = 24, 23, 25
	if len(b) < header {
		return "", errNetlogon
	}
	if op := binary.LittleEndian.Uint16(b); op != responseEx && op != userUnknownEx {
		return "", errNetlogon
	}
	at := header
	// Forest, domain and host by DNS, domain and host by NetBIOS, user, the
	// controller's site, the client's.
	for range 8 {
		if site, at, err = name(b, at); err != nil {
			return "", err
		}
	}
	return site, nil
}

// name reads a name in the compressed form of DNS (RFC 1035 4.1.4) and gives the
// place behind it.
func name(b []byte, at int) (string, int, error) {
	var labels []string
	end, jumps := -1, 0
	for {
		if at >= len(b) {
			return "", 0, errNetlogon
		}
		n := int(b[at])
		switch {
		case n == 0:
			if end < 0 {
				end = at + 1
			}
			return strings.Join(labels, "."), end, nil
		case n >= 0xc0:
			if jumps++; at+1 >= len(b) || jumps > 16 {
				return "", 0, errNetlogon
			}
			if end < 0 {
				end = at + 2
			}
			at = n&0x3f<<8 | int(b[at+1])
		case at+1+n > len(b) || len(labels) > 64:
			return "", 0, errNetlogon
		default:
			labels = append(labels, string(b[at+1:at+1+n]))
			at += 1 + n
		}
	}
}
