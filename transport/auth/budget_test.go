package auth

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"testing/synctest"
)

func endpoint(t *testing.T, raw string) Endpoint {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return EndpointOf(u)
}

func TestEndpointOf(t *testing.T) {
	for raw, want := range map[string]Endpoint{
		"https://Mail.Contoso.test/MAPI/emsmdb/?MailboxId=1": {"https://mail.contoso.test:443", "mapi"},
		"https://mail.contoso.test:443/mapi":                 {"https://mail.contoso.test:443", "mapi"},
		"http://mail.contoso.test.":                          {"http://mail.contoso.test:80", ""},
		"https://[::1]:8443//ews/x":                          {"https://[::1]:8443", "ews"},
	} {
		if got := endpoint(t, raw); got != want {
			t.Errorf("%s: got %v, want %v", raw, got, want)
		}
	}
}

// step is one attempt; the budget must let it begin or not.
type step struct {
	url, scheme string
	verdict     Verdict
	allowed     bool
}

func TestBudget(t *testing.T) {
	const mapi, auto, other = "https://mail/mapi/emsmdb/", "https://mail/autodiscover/x", "https://other/mapi/"
	for name, steps := range map[string][]step{
		"refused once, never again": {
			{mapi, "NTLM", Refused, true}, {mapi, "NTLM", Accepted, false}, {mapi, "Basic", Accepted, false},
			{auto, "NTLM", Accepted, false}, {other, "NTLM", Accepted, true}},
		"accepted keeps going": {
			{mapi, "NTLM", Accepted, true}, {mapi, "NTLM", Accepted, true}, {auto, "Basic", Accepted, true}},
		"a directory with rules of its own": {
			{auto, "NTLM", Accepted, true}, {mapi, "NTLM", Refused, true}, {mapi, "Basic", Accepted, false},
			{auto, "NTLM", Accepted, true}, {"https://mail/ews/", "NTLM", Accepted, true}},
		"not tried costs nothing": {
			{mapi, "NTLM", NotTried, true}, {mapi, "NTLM", Refused, true}, {mapi, "NTLM", Accepted, false}},
		"unclear is used up": {
			{mapi, "NTLM", Unclear, true}, {mapi, "NTLM", Accepted, false}},
		"unclear after accepted does not matter": {
			{mapi, "NTLM", Accepted, true}, {mapi, "NTLM", Unclear, true}, {mapi, "NTLM", Accepted, true}},
		"changed in the middle": {
			{mapi, "NTLM", Accepted, true}, {mapi, "NTLM", Refused, true}, {mapi, "NTLM", Accepted, false}},
	} {
		t.Run(name, func(t *testing.T) {
			var b Budget
			for i, s := range steps {
				release, err := b.Begin(t.Context(), endpoint(t, s.url), s.scheme)
				if (err == nil) != s.allowed {
					t.Fatalf("step %d: %v", i, err)
				}
				if err != nil && !errors.As(err, new(*BudgetError)) {
					t.Errorf("step %d: %T", i, err)
				}
				if err == nil {
					release(s.verdict)
				}
			}
		})
	}
}

func TestBudgetWaitsForTheFirstVerdict(t *testing.T) {
	for _, c := range []struct {
		verdict Verdict
		want    int
	}{{Accepted, 3}, {Refused, 0}} {
		synctest.Test(t, func(t *testing.T) {
			var b Budget
			e := Endpoint{"https://mail:443", "mapi"}
			release, err := b.Begin(t.Context(), e, "NTLM")
			if err != nil {
				t.Fatal(err)
			}
			began := make(chan bool, 3)
			for range 3 {
				go func() {
					release, err := b.Begin(t.Context(), e, "NTLM")
					if err == nil {
						release(Accepted)
					}
					began <- err == nil
				}()
			}
			synctest.Wait()
			if len(began) != 0 {
				t.Fatal("did not wait")
			}
			release(c.verdict)
			got := 0
			for range 3 {
				if <-began {
					got++
				}
			}
			if got != c.want {
				t.Errorf("verdict %d: %d began, want %d", c.verdict, got, c.want)
			}
		})
	}
}

func TestBudgetWaitEndsWithContext(t *testing.T) {
	var b Budget
	e := Endpoint{"https://mail:443", "mapi"}
	if _, err := b.Begin(t.Context(), e, "NTLM"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Begin(ctx, e, "NTLM"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestPolicy(t *testing.T) {
	var p *Policy
	if p.Allowed("mail.contoso.test") == nil || new(Policy).Allowed("mail.contoso.test") == nil {
		t.Error("the empty policy allows something")
	}
	p = &Policy{}
	p.Allow("Mail.Contoso.test.")
	for host, want := range map[string]bool{"mail.contoso.test": true, "MAIL.contoso.TEST": true,
		"contoso.test": false, "x.mail.contoso.test": false, "mail.contoso.test.evil.test": false, "": false} {
		if got := p.Allowed(host) == nil; got != want {
			t.Errorf("%q: allowed %v", host, got)
		}
	}
}
