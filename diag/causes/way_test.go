package causes

import (
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// TestWayAndAccountRules has for every cause a case in which it must speak, and one
// like it in which it must keep silent.
func TestWayAndAccountRules(t *testing.T) {
	const mail = "mail.contoso.test"
	works := row("mapi.logon", report.Pass)
	onlyRPC := row("discovery.capability", report.Fail, sig(suite.OnlyRPC, mail))
	byAddress, byLogin := "alice@contoso.test", `CONTOSO\alice`
	for name, c := range map[string]struct {
		code   string
		user   string
		speaks []report.Check
		silent []report.Check
	}{
		"an old address": {"stale-network-state", byLogin,
			[]report.Check{row("dns.system", report.Fail, sig(suite.StaleAnswer, mail, "kept", "10.0.0.1")), works},
			[]report.Check{row("dns.system", report.Pass), works}},
		"an internal address": {"stale-network-state", byLogin,
			[]report.Check{row("network.mailbox", report.Fail, sig(suite.TCPTimeout, mail), sig(suite.PrivateUnreachable, mail))},
			[]report.Check{row("network.mailbox", report.Fail, sig(suite.TCPTimeout, mail))}},
		"far away": {"latency-loss", byLogin,
			[]report.Check{row("mapi.latency", report.Warn, sig(suite.FarAway, mail, "took", "200ms")), works},
			[]report.Check{row("mapi.latency", report.Pass), works}},
		"not encrypted": {"rpc-encryption-required", byLogin,
			[]report.Check{onlyRPC, row("rpc.mailbox", report.Fail, sig(suite.RPCRefused, mail, "code", "ecNotEncrypted (0x00000970)"))},
			[]report.Check{onlyRPC, row("rpc.mailbox", report.Fail, sig(suite.RPCRefused, mail, "code", "ecAccessDenied (0x80070005)"))}},
		"Basic": {"outlook-anywhere-basic", byLogin,
			[]report.Check{row("discovery.comparison", report.Warn, sig(suite.AnywhereBasic, mail)), works},
			[]report.Check{row("discovery.comparison", report.Pass), works}},
		"a useless SCP": {"scp-wrong", byLogin,
			[]report.Check{row("discovery.scp", report.Warn, sig(suite.SCPUseless, "ex01", "what", "it does not exist in DNS")), works},
			[]report.Check{row("discovery.scp", report.Pass, sig(suite.AutodiscoverAnswered, mail)), works}},
		"a foreign server": {"cross-forest-residue", byLogin,
			[]report.Check{row("discovery.comparison", report.Warn, sig(suite.ForeignServer, mail)), works},
			[]report.Check{row("discovery.comparison", report.Pass), works}},
		"the domain does not know the address": {"upn-mismatch", byAddress,
			[]report.Check{row("auth.kerberos", report.Fail, sig(suite.NameUnknown, mail)), row("auth.sign-in", report.Fail, sig(suite.CredentialWrong, mail))},
			[]report.Check{row("auth.sign-in", report.Fail, sig(suite.CredentialWrong, mail))}},
		"another form works": {"upn-mismatch", byAddress,
			[]report.Check{row("auth.sign-in", report.Fail, sig(suite.CredentialWrong, mail)), row("auth.user-name", report.Fail, sig(suite.OtherNameWorks, mail, "works", byLogin))},
			[]report.Check{row("auth.sign-in", report.Fail, sig(suite.CredentialWrong, mail)), row("auth.user-name", report.Skip)}},
		"the domain does not know the login": {"bad-credentials", byLogin,
			[]report.Check{row("auth.kerberos", report.Fail, sig(suite.NameUnknown, mail))},
			[]report.Check{row("auth.kerberos", report.Pass), works}},
		"a large ticket": {"token-bloat", byLogin,
			[]report.Check{row("auth.sign-in", report.Fail, sig(suite.TicketTooLarge, mail, "bytes", 17000))},
			[]report.Check{row("auth.sign-in", report.Fail, sig(suite.TicketRefused, mail))}},
		"a blank that is refused": {"legacydn-trailing-space", byLogin,
			[]report.Check{row("discovery.answer", report.Warn, sig(suite.LegacyDNTrailing, mail)), row("mapi.connect", report.Fail, sig(suite.UnknownMailbox, mail))},
			[]report.Check{row("mapi.connect", report.Fail, sig(suite.UnknownMailbox, mail))}},
	} {
		t.Run(name, func(t *testing.T) {
			speaks, silent := caseOf(c.speaks...), caseOf(c.silent...)
			speaks.User, silent.User = c.user, c.user
			if got := Judge(speaks).Verdict; got.Cause != c.code {
				t.Errorf("the verdict is %+v", got)
			}
			for _, f := range Judge(silent).Findings {
				if f.Code == c.code {
					t.Errorf("it speaks where nothing of it is the matter: %s", f.Title)
				}
			}
		})
	}
}
