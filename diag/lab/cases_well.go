package lab

import (
	"context"
	"fmt"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// wellCases are situations in which nothing is wrong, beside those of exchangetest:
// a diagnosis must keep silent.
var wellCases = []Case{
	{Name: "healthy"},
	{Name: "well/other-domain", Server: func(o *exchangetest.Options) { o.Domain = "fabrikam.example" }},
	{Name: "well/domain-below-a-domain", Server: func(o *exchangetest.Options) { o.Domain = "mail.corp.fabrikam.example" }},
	{Name: "well/thirty-accounts", Server: manyUsers(30)},
	{Name: "well/second-account", Client: account(1)},
	{Name: "well/upn-as-user-name", Client: func(b *Bench) error { b.Options.User = b.Options.Address; return nil }},
	{Name: "well/no-user-name", Client: func(b *Bench) error { b.Options.User = ""; return nil }},
	{Name: "well/address-in-capitals", Client: func(b *Bench) error { b.Options.Address = "Alice@Contoso.Test"; return nil }},
	{Name: "well/empty-mailbox", Server: func(o *exchangetest.Options) {
		o.Users = exchangetest.DefaultUsers("contoso.test")
		o.Users[0].Messages = []exchangetest.Message{}
	}},
	{Name: "well/nearly-full-mailbox", Server: nearlyFull},
	{Name: "well/round-trip-50ms", Server: roundTrip(50 * time.Millisecond)},
	{Name: "well/round-trip-120ms", Server: roundTrip(120 * time.Millisecond)},
	{Name: "well/round-trip-80ms, gromox", Server: func(o *exchangetest.Options) { o.RTT, o.Manner = 80*time.Millisecond, exchangetest.Gromox }},
	{Name: "well/round-trip-80ms, ntlm-only", Server: roundTrip(80 * time.Millisecond), Faults: fault("ntlm-only", "")},
	{Name: "well/ntlm-first", Server: schemes("NTLM", "Negotiate")},
	{Name: "well/ntlm-alone", Server: schemes("NTLM")},
	{Name: "well/negotiate-alone", Server: schemes("Negotiate")},
	{Name: "well/basic-first", Server: schemes("Basic", "Negotiate", "NTLM")},
	{Name: "well/bearer-beside-basic", Server: schemes("Bearer", "Basic")},
	{Name: "well/extended-protection-allowed", Server: protection(exchangetest.EPAllow)},
	{Name: "well/extended-protection-required", Server: protection(exchangetest.EPRequire)},
	{Name: "well/gromox, srv-only", Faults: append(fault("gromox", ""), exchangetest.Fault{Name: "discovery-srv"})},
	{Name: "well/gromox, rpc-absent", Faults: append(fault("gromox", ""), exchangetest.Fault{Name: "rpc-absent"})},
	{Name: "well/kerberos, redirect", Faults: append(fault("kerberos", ""), exchangetest.Fault{Name: "discovery-redirect-url"})},
	{Name: "well/mapi-only, ntlm-only", Faults: append(fault("rpc-absent", ""), exchangetest.Fault{Name: "ntlm-only"})},
	{Name: "well/no-registry", Client: func(b *Bench) error { b.Options.Registry = nil; return nil }},
	{Name: "well/no-message-delivered", Client: func(b *Bench) error { b.Options.Deliver = nil; return nil }},
	{Name: "well/watched-at-rest", Hold: 2 * time.Second},
	{Name: "well/cuts-by-chance", Client: func(b *Bench) error {
		b.Options.Gaps = []time.Duration{40 * time.Second, 7 * time.Minute, 21 * time.Minute, time.Hour}
		return nil
	}},
	{Name: "well/clock-90s-ahead", Server: clock(90 * time.Second)},
	{Name: "well/clock-90s-behind", Server: clock(-90 * time.Second)},
	{Name: "well/mailbox-url-given", Client: func(b *Bench) error {
		u := b.Server.User(0)
		b.Options.MapiURL, b.Options.UserDN = b.Server.MailStoreURL(u), u.LegacyDN
		return nil
	}},
	{Name: "well/autodiscover-url-given", Faults: fault("autodiscover-dns", ""), Client: func(b *Bench) error {
		b.Options.AutodiscoverURL = "https://mail.contoso.test/autodiscover/autodiscover.xml"
		return nil
	}},
}

func roundTrip(d time.Duration) func(*exchangetest.Options) {
	return func(o *exchangetest.Options) { o.RTT = d }
}

func schemes(names ...string) func(*exchangetest.Options) {
	return func(o *exchangetest.Options) { o.Schemes = names }
}

func protection(e exchangetest.ExtendedProtection) func(*exchangetest.Options) {
	return func(o *exchangetest.Options) { o.ExtendedProtection, o.Schemes = e, []string{"Negotiate", "NTLM"} }
}

// clock lets the server's clock be off by d.
func clock(d time.Duration) func(*exchangetest.Options) {
	return func(o *exchangetest.Options) { o.Now = func() time.Time { return time.Now().Add(d) } }
}

func manyUsers(n int) func(*exchangetest.Options) {
	return func(o *exchangetest.Options) {
		o.Users = exchangetest.DefaultUsers("contoso.test")
		for i := range n {
			o.Users = append(o.Users, exchangetest.User{Address: fmt.Sprintf("user%d@contoso.test", i), Password: "User-Passw0rd"})
		}
	}
}

// account diagnoses another mailbox than the first.
func account(i int) func(*Bench) error {
	return func(b *Bench) error {
		u := b.Server.User(i)
		b.Options.Address, b.Options.User, b.Options.Password = u.Address, u.Login, auth.NewSecret(u.Password)
		b.Options.Deliver = func(context.Context) error { b.Server.Deliver(u.Address, "hello"); return nil }
		return nil
	}
}

func nearlyFull(o *exchangetest.Options) {
	mailbox(9, 1<<20)(o)
	o.Users[0].QuotaKB = 10 << 10
}
