package causes

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
)

// vars are the values that texts of a rule may name in braces.
type vars map[string]string

// fallbacks are what a text says when the value is not known. A name that is not
// here is a mistake in a rule; a test finds it.
var fallbacks = map[string]string{
	"address": "the address", "domain": "the domain", "user": "the user", "identity": "IDENTITY", "server": "SERVER",
	"host": "the server", "url": "the URL", "issuer": "an unknown authority", "kind": "not valid",
	"what": "it is not valid", "version": "an old version", "offset": "far off", "scheme": "the scheme", "offered": "other schemes",
	"until": "soon", "days": "few", "status": "an error", "code": "an error", "message": "no reason", "op": "the request",
	"phase": "answer", "doing": "reach", "port": "443", "count": "several", "panic": "no detail", "at": "the server", "address_tried": "the address", "reason": "no reason", "stage": "the connection",
	"product": "a reverse proxy that authenticates by form", "node": "the server", "filter": "a web filter", "key": "the registry", "name": "the value", "names": "other names",
	"set_by": "somebody", "file": "a file", "level": "low", "needs": "a newer version", "service": "service", "miss": "its functions",
	"missing": "a name", "carried": "another name", "wanted": "a name", "rest": "some time", "by": "an inspecting proxy or virus scanner",
	"dead": "connections are refused or get no answer", "script": "SCRIPT", "way": "another way", "differs": "", "setting": "64-bit", "target": "TARGET", "saved": "saved credentials", "store": "LegacyGeneric",
	"fact": "answer", "cached": "something else", "live": "something else", "sign": "by DNS", "state": "is not set",
	"kept": "an old address", "took": "a while", "section": "The answer", "smtp": "the address", "server_domain": "another domain", "works": "DOMAIN\\name", "bytes": "too many",
	"spn": "HTTP/SERVER", "realm": "the domain", "dir": "mapi",
}

// vars collects the values for a match: what the case knows, then what its
// signals tell, the first one winning.
func (c *Case) vars(m match) vars {
	v := vars{"address": c.Address, "domain": c.Domain, "user": c.User, "identity": c.Address, "server": c.Server}
	if v["user"] == "" {
		v["user"] = c.Address
	}
	for _, s := range byPlace(c.signals(slices.Concat(m.rule.Any, m.rule.All)...)) {
		set(v, "host", s.Subject)
		for _, k := range slices.Sorted(maps.Keys(s.Detail)) {
			set(v, k, text(s.Detail[k]))
		}
	}
	set(v, "at", at(v))
	set(v, "node", v["host"])
	set(v, "filter", v["product"])
	set(v, "what", certSentence[v["kind"]])
	set(v, "doing", doing[v["phase"]])
	return v
}

// byPlace puts what a check of one rung saw before what a search over many hosts
// met on its way: the former names the host that matters.
func byPlace(list []seen) []seen {
	met := func(s seen) int {
		if strings.HasPrefix(s.check, "discovery.") {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b seen) int { return met(a) - met(b) })
	return list
}

func set(v vars, key, value string) {
	if v[key] == "" && value != "" {
		v[key] = value
	}
}

func text(value any) string {
	if list, ok := value.([]string); ok {
		return strings.Join(list, ", ")
	}
	return fmt.Sprint(value)
}

// at is the host with its address, when that is known.
func at(v vars) string {
	if v["address_tried"] != "" {
		return v["host"] + " (" + v["address_tried"] + ")"
	}
	return v["host"]
}

// certSentence says what a kind of cert-invalid means, as a clause.
var certSentence = map[string]string{
	"name-mismatch":        "it was issued for other names",
	"expired":              "it has expired",
	"not-yet-valid":        "it is not valid yet",
	"untrusted-root":       "it comes from an authority that this computer does not trust",
	"self-signed":          "the server signed it itself",
	"missing-intermediate": "the server does not send the certificate of the authority that issued it",
	"wrong-usage":          "it was not issued for a server",
	"weak-key":             "its key is too weak",
	"weak-signature":       "its signature is too weak",
	"revoked":              "it was revoked",
}

// doing names a phase in words.
var doing = map[string]string{
	"dns": "looking up the name", "connect": "opening a connection", "proxy": "going through the proxy", "tls": "the TLS handshake",
	"write": "sending the request", "first-byte": "waiting for the answer", "body": "reading the answer",
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// fill puts the values into a text for people.
func (v vars) fill(t string) string {
	return placeholder.ReplaceAllStringFunc(t, func(m string) string {
		name := m[1 : len(m)-1]
		if v[name] != "" {
			return v[name]
		}
		return fallbacks[name]
	})
}

// action fills the values into a step.
func (v vars) action(a report.Action) report.Action {
	return report.Action{Who: a.Who, Text: v.fill(a.Text), Command: v.fillCommand(a.Command)}
}

// harmless is what may stand in a command that somebody pastes into a shell with
// an administrator's rights: names, addresses, URLs and keys of the registry. Values
// come from servers. A backslash at the end would open the quotes around it.
var harmless = regexp.MustCompile(`^[\pL\pN]([\pL\pN._@:/\\-]*[\pL\pN._@:/-])?$`)

// fillCommand puts the values into a command. One that holds anything a shell
// could act on stays a placeholder, in capitals.
func (v vars) fillCommand(t string) string {
	return placeholder.ReplaceAllStringFunc(t, func(m string) string {
		name := m[1 : len(m)-1]
		if harmless.MatchString(v[name]) {
			return v[name]
		}
		return strings.ToUpper(name)
	})
}
