package lab

import (
	"slices"

	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// expected is the cause that a fault must lead to, where that is another than the
// fault itself says, by name or by name/variant. "" is none: nothing is wrong.
var expected = map[string]string{
	// The first thing that fails is TCP to an address that DNS gives; that the
	// address is wrong, and not the server down, cannot be told from a client.
	"autodiscover-dns/wrong-address": "connection-refused",
	"vdir-url-wrong/old-address":     "connection-refused",
	// The server is on its way down, not switched off.
	"endpoint-disabled/shutting-down": "server-component-down",
	"throttled/unavailable":           "server-component-down",
	// The domain controller tells these two apart.
	"account-locked/password-expired":         "password-expired",
	"account-locked/password-expired-no-ntlm": "password-expired",
	// Not meant to be healthy, nor to have a cause of its own.
	"slow-bytes":           "endless-pending",
	"wrong-server/loop":    "wrong-server",
	"wrong-server/connect": "wrong-server",
	// An answer of UDP that is cut short is asked for again over TCP.
	"dns-trouble/truncated":           "",
	"autodiscover-dns/unknown-domain": "domain-unknown",
	// Which of the two switches it is, each with the remark that mail works all the same.
	"healthy-legacy/computer": "client-mapihttp-disabled",
	// A server that asks and does not insist stops nobody.
	"client-cert-requested/asked":        "client-cert-optional",
	"client-cert-requested/asked-by-one": "client-cert-optional",
}

// also are the causes that must be found below the verdict's.
var also = map[string][]string{
	// Both are about a server that offers RPC alone, which is worth a finding of its own.
	"outlook-anywhere-host":    {"server-mapihttp-disabled"},
	"outlook-anywhere-refused": {"server-mapihttp-disabled"},
	"rpc-encryption-required":  {"server-mapihttp-disabled"},
	// The inspection is seen before it is felt.
	"extended-protection/interception": {"tls-inspected"},
	// What is only worth knowing, or stands beside a failure, is never the verdict.
	"cert-principal":      {"cert-principal"},
	"mailbox-online":      {"mailbox-online"},
	"not-in-address-book": {"not-in-address-book"},
	"healthy-legacy":      {"healthy-legacy"},
}

// or are causes that are as right as the expected one.
var or = map[string][]string{
	// When the second request of the session takes another connection already, the
	// two are the same fault.
	"session-bound-to-connection": {"session-context-lost"},
}

// warned are causes that only warn under this fault, by name/variant.
var warned = []string{"registry-override/local-xml", "online-content-blocked/not-offered", "legacydn-trailing-space/accepted"}

// slow are the faults that end with a limit of many seconds.
var slow = []string{"endless-pending", "slow-bytes", "ipv6-swallowed", "latency-loss"}

// exchangeCases are the faults of the embedded Exchange, each variant by itself.
func exchangeCases() []Case {
	var out []Case
	for _, info := range exchangetest.Faults() {
		variants := info.Variants
		if len(variants) == 0 {
			variants = []string{""}
		}
		for _, v := range variants {
			out = append(out, exchangeCase(info, v))
		}
	}
	return out
}

func exchangeCase(info exchangetest.FaultInfo, variant string) Case {
	c := Case{
		Name: info.Name, Cause: info.Cause, Hold: info.Hold, Slow: slices.Contains(slow, info.Name),
		Faults: []exchangetest.Fault{{Name: info.Name, Variant: variant}},
	}
	if variant != "" {
		c.Name += "/" + variant
	}
	for _, key := range []string{info.Name, c.Name} {
		if cause, ok := expected[key]; ok {
			c.Cause = cause
		}
		c.Also, c.Or = append(c.Also, also[key]...), append(c.Or, or[key]...)
	}
	c.Warns = info.Warns && c.Cause == info.Cause || warns(c.Cause) || slices.Contains(warned, c.Name)
	return c
}

// warns says that mail works in spite of a cause.
func warns(cause string) bool {
	return slices.ContainsFunc(causes.Rules(), func(r causes.Rule) bool { return r.Code == cause && r.Severity == report.SeverityWarn })
}
