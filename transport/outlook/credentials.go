package outlook

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

const (
	// MaxCredentialList bounds what "cmdkey /list" wrote; a long list has some KiB.
	MaxCredentialList = 1 << 20
	maxCredentials    = 1000
	maxTarget         = 512
)

// Credential is what is told of an entry of the Credential Manager of Windows:
// what it is for. User name and secret are not read.
type Credential struct {
	Kind   string // "LegacyGeneric", "Domain", "WindowsLive", …
	Target string // "MicrosoftOffice16_Data:SSPI:alice@contoso.com"
}

// String is the target as cmdkey writes it and wants it back.
func (c Credential) String() string { return c.Kind + ":target=" + c.Target }

// ParseCredentialList reads what "cmdkey /list" wrote, in whatever language and
// code page Windows has: of each line only the part that is the same in all of
// them is looked at, "Kind:target=Target". The error says that the text is too
// long, has too many entries, or is none of cmdkey's.
func ParseCredentialList(data []byte) ([]Credential, error) {
	if len(data) > MaxCredentialList {
		return nil, fmt.Errorf("the list has more than %d KiB", MaxCredentialList>>10)
	}
	text, err := decodeText(data)
	if err != nil {
		return nil, err
	}
	var out []Credential
	for _, line := range strings.Split(text, "\n") {
		c, ok := credential(strings.TrimSpace(line))
		if !ok || slices.Contains(out, c) {
			continue
		}
		if len(out) == maxCredentials {
			return nil, fmt.Errorf("the list has more than %d entries", maxCredentials)
		}
		out = append(out, c)
	}
	if len(out) == 0 && !strings.Contains(text, ":") {
		return nil, errors.New("it is not what cmdkey /list writes: nothing in it looks like an entry")
	}
	return out, nil
}

// credential reads "Target: LegacyGeneric:target=git:https://github.com".
func credential(line string) (Credential, bool) {
	before, target, ok := strings.Cut(line, ":target=")
	if !ok || target == "" || len(target) > maxTarget || strings.ContainsFunc(target, func(r rune) bool { return r < ' ' || r == 0x7F }) {
		return Credential{}, false
	}
	kind := before[strings.LastIndexAny(before, ": \t\u00A0")+1:]
	if kind == "" || strings.ContainsFunc(kind, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') }) {
		return Credential{}, false
	}
	return Credential{Kind: kind, Target: target}, true
}

// OfOutlook are the entries by which Outlook would sign in to one of the hosts, or
// with the address: those that Office keeps for Windows sign-in (SSPI), those with
// Outlook in their name, and those for the hosts themselves. Entries that name
// another address are somebody else's. Tokens of modern authentication (ADAL,
// orgid) renew themselves and are left out.
func OfOutlook(list []Credential, address string, hosts []string) []Credential {
	var out []Credential
	for _, c := range list {
		if c.ofOutlook(strings.ToLower(address), hosts) {
			out = append(out, c)
		}
	}
	return out
}

func (c Credential) ofOutlook(address string, hosts []string) bool {
	target := strings.ToLower(c.Target)
	names := func(word string) bool { return word != "" && strings.Contains(target, strings.ToLower(word)) }
	if strings.Contains(target, "@") && !names(address) {
		return false
	}
	if strings.HasPrefix(target, "microsoftoffice") {
		return strings.Contains(target, ":sspi")
	}
	ours := func(host string) bool {
		return host != "" && (target == strings.ToLower(host) || target == "*."+strings.ToLower(host))
	}
	return strings.Contains(target, "outlook") || slices.ContainsFunc(hosts, ours)
}
