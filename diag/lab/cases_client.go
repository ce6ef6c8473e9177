package lab

import (
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// fault is one fault of the embedded Exchange, in a list.
func fault(name, variant string) []exchangetest.Fault {
	return []exchangetest.Fault{{Name: name, Variant: variant}}
}

// clientCases are wrong in what the client was told, or in an account.
var clientCases = []Case{
	{Name: "no-credential/exchange", Cause: "no-credential", Warns: true, Client: noPassword},
	{Name: "no-credential/gromox", Cause: "no-credential", Warns: true, Faults: fault("gromox", ""), Client: noPassword},
	{Name: "no-credential/ntlm-only", Cause: "no-credential", Warns: true, Faults: fault("ntlm-only", ""), Client: noPassword},
	{Name: "sign-in-scheme/basic-wanted", Cause: "sign-in-scheme", Faults: fault("ntlm-only", ""), Client: signInBy("basic")},
	{Name: "sign-in-scheme/ntlm-wanted", Cause: "sign-in-scheme", Faults: fault("basic-only", ""), Client: signInBy("ntlm")},
	{Name: "sign-in-scheme/negotiate-wanted", Cause: "sign-in-scheme", Faults: fault("gromox", ""), Client: signInBy("negotiate")},
	{Name: "bad-credentials/typed-wrong", Cause: "bad-credentials", Client: func(b *Bench) error {
		b.Options.Password = auth.NewSecret("Alice-Passw0rd!")
		return nil
	}},
	{Name: "bad-credentials/unknown-user", Cause: "bad-credentials", Client: func(b *Bench) error {
		b.Options.User = `CONTOSO\alicia`
		return nil
	}},
	{Name: "bad-credentials/basic-only", Cause: "bad-credentials", Faults: append(fault("basic-only", ""), exchangetest.Fault{Name: "bad-credentials"})},
	{Name: "bad-credentials/gromox", Cause: "bad-credentials", Faults: append(fault("gromox", ""), exchangetest.Fault{Name: "bad-credentials"})},
	{Name: "mailbox-access-denied/mailbox-of-another", Cause: "mailbox-access-denied", Client: func(b *Bench) error {
		bob := b.Server.User(1)
		b.Options.User, b.Options.Password = bob.Login, auth.NewSecret(bob.Password)
		return nil
	}},
	{Name: "domain-unknown/misspelled", Cause: "domain-unknown", Client: func(b *Bench) error {
		b.Options.Address = "alice@contosso.test"
		return nil
	}},
	{Name: "domain-unknown/top-level-misspelled", Cause: "domain-unknown", Client: func(b *Bench) error {
		b.Options.Address = "alice@contoso.tset"
		return nil
	}},
	{Name: "autodiscover-error/unknown-address", Cause: "autodiscover-error", Client: func(b *Bench) error {
		b.Options.Address = "alicia@contoso.test"
		return nil
	}},
	{Name: "mailbox-full/quota-reached", Cause: "mailbox-full", Warns: true, Server: mailbox(4, 4<<10)},
	{Name: "mailbox-full/far-beyond", Cause: "mailbox-full", Warns: true, Server: mailbox(64, 1<<20)},
	{Name: "black-hole/both-hosts", Cause: "black-hole", Faults: []exchangetest.Fault{{Name: "black-hole", Host: "*"}}, Slow: true},
	{Name: "healthy-legacy/switched-off", Cause: "server-mapihttp-disabled", Also: []string{"healthy-legacy"}, Faults: fault("server-mapihttp-disabled", "")},
	{Name: "healthy-legacy/switched-off-here", Cause: "client-mapihttp-disabled", Also: []string{"healthy-legacy"}, Faults: fault("client-mapihttp-disabled", "user")},
	{Name: "mailbox-online/srv-only", Also: []string{"mailbox-online"}, Faults: append(fault("mailbox-online", ""), exchangetest.Fault{Name: "discovery-srv"})},
	{Name: "not-in-address-book/gromox", Also: []string{"not-in-address-book"}, Faults: append(fault("not-in-address-book", ""), exchangetest.Fault{Name: "gromox"})},
	{Name: "connection-refused/both-hosts", Cause: "connection-refused", Faults: []exchangetest.Fault{{Name: "connection-refused", Host: "*"}}},
	{Name: "cert-invalid/expired, both hosts", Cause: "cert-invalid", Faults: []exchangetest.Fault{{Name: "cert-invalid", Variant: "expired", Host: "*"}}},
	{Name: "cert-expires/autodiscover", Cause: "cert-expires", Warns: true, Faults: []exchangetest.Fault{{Name: "cert-expires", Host: "autodiscover"}}},
	{Name: "proxy-buffers-long-poll/nothing arrives", Cause: "proxy-buffers-long-poll", Warns: true, Faults: fault("proxy-buffers-long-poll", ""),
		Client: func(b *Bench) error { b.Options.Deliver = nil; return nil }},
	{Name: "idle-timeout/seen by the agent", Cause: "idle-timeout", Warns: true, Client: func(b *Bench) error {
		b.Options.Gaps = []time.Duration{5 * time.Minute, 5*time.Minute + 2*time.Second, 5*time.Minute + 4*time.Second, 40 * time.Second}
		return nil
	}},
}

func noPassword(b *Bench) error {
	b.Options.Password = auth.Secret{}
	return nil
}

func signInBy(scheme string) func(*Bench) error {
	return func(b *Bench) error {
		b.Options.Auth = scheme
		return nil
	}
}

// mailbox gives Alice one message of size bytes, and a quota of 1 KiB per kib.
func mailbox(messages int, size int64) func(*exchangetest.Options) {
	return func(o *exchangetest.Options) {
		o.Users = exchangetest.DefaultUsers("contoso.test")
		o.Users[0].QuotaKB = int32(int64(messages) * size >> 10)
		o.Users[0].Messages = nil
		for range messages {
			o.Users[0].Messages = append(o.Users[0].Messages, exchangetest.Message{Subject: "attachment", From: "bob@contoso.test", Size: size})
		}
	}
}
