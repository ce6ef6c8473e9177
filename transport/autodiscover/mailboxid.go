package autodiscover

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ErrNoMailboxID is returned for a URL that carries no MailboxId to replace.
var ErrNoMailboxID = errors.New("the URL has no MailboxId")

// CheckMailboxID accepts "<mailbox GUID>@<domain>", the trailing cn of the
// server name in a wrong-server redirect (MS-OXCMAPIHTTP, MS-OXCSTOR 2.2.1.1.2).
func CheckMailboxID(id string) error {
	guid, domain, ok := strings.Cut(id, "@")
	if !ok || guid == "" || !validDomain(domain) || strings.ContainsAny(id, "&=#?/ \t\r\n<>\"") {
		return fmt.Errorf("%.100q is not a mailbox id of the form GUID@domain", id)
	}
	return nil
}

// RewriteMailboxID replaces the MailboxId in the query of a known MAPI URL and
// leaves everything else byte for byte: which mailbox a URL means is that
// parameter alone (name in any case).
func RewriteMailboxID(rawURL, id string) (string, error) {
	if err := CheckMailboxID(id); err != nil {
		return "", err
	}
	if _, err := url.Parse(rawURL); err != nil {
		return "", fmt.Errorf("the MAPI URL is malformed: %w", err)
	}
	base, query, _ := strings.Cut(rawURL, "?")
	parts, found := strings.Split(query, "&"), false
	for i, p := range parts {
		if name, _, ok := strings.Cut(p, "="); ok && strings.EqualFold(name, "MailboxId") {
			parts[i], found = name+"="+id, true
		}
	}
	if !found {
		return "", ErrNoMailboxID
	}
	return base + "?" + strings.Join(parts, "&"), nil
}
