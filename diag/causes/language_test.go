package causes

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// TestFilledTextsAreTranslated fills every text in three ways: with names of its
// own, with capitals as the list of causes does, and with nothing.
func TestFilledTextsAreTranslated(t *testing.T) {
	own := vars{}
	for name := range fallbacks {
		own[name] = "<" + name + ">"
	}
	for code, list := range templates() {
		for _, want := range list {
			de := german().Texts[want.text]
			for kind, v := range map[string]vars{"named": own, "capitals": inCapitals, "nothing": {}} {
				got := TextIn("de", code, v.fill(want.text))
				if kind != "nothing" && got != v.fill(de) && code != NoKnownCause && code != "" {
					t.Errorf("%s, %s: %q is %q", code, kind, v.fill(want.text), got)
				}
				if got == v.fill(want.text) {
					t.Errorf("%s, %s: it stays English: %s", code, kind, got)
				}
			}
		}
	}
}

func TestFindingsInGerman(t *testing.T) {
	for code, c := range map[string]struct {
		rows   []report.Check
		title  string
		within []string // of the explanation, the steps and the rivals
	}{
		"cert-invalid": {[]report.Check{row("tls.mailbox", report.Fail, sig(suite.CertInvalid, "mail.contoso.test", "kind", "name-mismatch",
			"what", "it does not carry mail.contoso.test, but ex01.contoso.test, ex02.contoso.test and 3 more", "names", []string{"ex01.contoso.test"}, "issuer", "CN=Contoso CA"))},
			"Das Zertifikat von mail.contoso.test ist nicht gültig: Es enthält nicht mail.contoso.test, sondern ex01.contoso.test, ex02.contoso.test und 3 weitere.",
			[]string{"Art: name-mismatch.", "von CN=Contoso CA ausgestellt", "https://mail.contoso.test/ und"}},
		"bad-credentials": {[]report.Check{row("auth.sign-in", report.Fail, sig(suite.CredentialWrong, "mail.contoso.test", "scheme", "NTLM"))},
			"Der Server hat Benutzername oder Passwort für alice@contoso.test abgelehnt.",
			[]string{"mail.contoso.test lehnt alice@contoso.test mit NTLM ab.", "Das Konto ist gesperrt, deaktiviert oder abgelaufen.", "Dann stimmt kein Passwort."}},
		"autodiscover-error": {[]report.Check{row("discovery.answer", report.Fail, sig(suite.NotExchange, "autodiscover.contoso.test"))},
			"Autodiscover antwortet, hat aber keine Einstellungen für alice@contoso.test.", []string{"mit einem Fehler (Fehler ohne Grund)"}},
		"clock-skew": {[]report.Check{row("machine.clock", report.Fail, sig(suite.ClockOff, "mail.contoso.test", "offset", "2h behind"))},
			"Die Uhr dieses Computers geht gegenüber der des Mailservers 2h nach.", []string{"der von mail.contoso.test 2h nach;"}},
		"cert-expires": {[]report.Check{row("tls.mailbox", report.Warn, sig(suite.CertExpires, "mail.contoso.test", "days", 1, "until", "3 March 2027", "what", "the authority's certificate CN=CA ends in 1 day, on 3 March 2027")), row("mapi.logon", report.Pass)},
			"Das Zertifikat von mail.contoso.test läuft am 3. März 2027 ab (Tage bis dahin: 1).", []string{"Das Zertifikat der Zertifizierungsstelle CN=CA läuft in einem Tag ab, am 3. März 2027."}},
		"winhttp-proxy": {[]report.Check{row("machine.winhttp", report.Warn, sig(suite.WinHTTPDead, "mail.contoso.test", "way", "by the proxy old.contoso.test:8080", "setting", "32-bit",
			"what", "the 32-bit setting of WinHTTP sends services to mail.contoso.test by the proxy old.contoso.test:8080, which does not work: connection refused", "differs", "the user's programs go straight"))},
			"Windows-Dienste auf diesem Computer gehen über den Proxy old.contoso.test:8080 zu mail.contoso.test, und das gelingt nicht: Abwesenheitsnotiz, Frei/Gebucht-Zeiten und E-Mail-Infos versagen, während E-Mails kommen und gehen.",
			[]string{"Die 32-Bit-Einstellung von WinHTTP schickt Dienste über den Proxy old.contoso.test:8080 zu mail.contoso.test", "gehen direkt", "schuld ist die 32-Bit-Einstellung"}},
	} {
		t.Run(code, func(t *testing.T) {
			j := Judge(caseOf(c.rows...))
			at := slices.IndexFunc(j.Findings, func(f report.Finding) bool { return f.Code == code })
			if at < 0 {
				t.Fatalf("it is not found: %+v", j)
			}
			before, _ := json.Marshal(j.Findings[at])
			f := In("de", j.Findings[at])
			if f.Title != c.title {
				t.Errorf("the title is %q", f.Title)
			}
			all, _ := json.Marshal(f)
			for _, words := range c.within {
				if !strings.Contains(string(all), words) {
					t.Errorf("nothing says %q: %s", words, all)
				}
			}
			for i, a := range f.Actions {
				if a.Command != j.Findings[at].Actions[i].Command || a.Who != j.Findings[at].Actions[i].Who {
					t.Errorf("the step is another: %+v", a)
				}
			}
			if after, _ := json.Marshal(j.Findings[at]); string(after) != string(before) {
				t.Error("the report's own finding was changed")
			}
			if en, _ := json.Marshal(In("en", j.Findings[at])); string(en) != string(before) {
				t.Error("English is not English")
			}
		})
	}
}

func TestHeadlinesInGerman(t *testing.T) {
	for _, c := range []struct{ cause, said, want string }{
		{"name-missing", "The name mail.contoso.test cannot be found in DNS.", "Der Name mail.contoso.test ist im DNS nicht zu finden."},
		{"server-mapihttp-disabled", "The server does not offer MAPI over HTTP for this mailbox. The mailbox works all the same: Outlook reaches it over RPC over HTTP.",
			"Der Server bietet für dieses Postfach kein MAPI über HTTP an. Das Postfach funktioniert trotzdem: Outlook erreicht es mit RPC über HTTP."},
		{"cert-names", "Outlook can reach this mailbox, but one thing should be looked at: the certificate of mail.contoso.test lacks names that Outlook is told to use: ex01.",
			"Outlook erreicht dieses Postfach, aber eines sollte angesehen werden: Dem Zertifikat von mail.contoso.test fehlen Namen, die Outlook benutzen soll: ex01."},
		{"client-cert-optional", "Outlook can reach this mailbox, but one thing should be looked at: mail.contoso.test asks for a client certificate, though it does not insist.",
			"Outlook erreicht dieses Postfach, aber eines sollte angesehen werden: mail.contoso.test fragt nach einem Clientzertifikat, besteht aber nicht darauf."},
		{"", "Outlook can reach this mailbox: mailbox and address book answer over MAPI/HTTP, signed in with NTLM, in 1.5ms per request.",
			"Outlook erreicht dieses Postfach: Postfach und Adressbuch antworten über MAPI/HTTP, Anmeldung mit NTLM, 1.5ms je Anfrage."},
		{"no-credential", "Nothing failed so far, but the mailbox was not reached yet: the run was interrupted.",
			"Bisher schlug nichts fehl, aber das Postfach wurde noch nicht erreicht: Der Lauf wurde unterbrochen."},
		{NoKnownCause, "Something is wrong at “Inbox”, and its cause is not one that is known: it is odd.",
			"Bei „Inbox“ stimmt etwas nicht, und die Ursache gehört nicht zu den bekannten: it is odd."},
		{"name-missing", "A sentence of a later version.", "A sentence of a later version."},
		{"unheard-of", "The name x cannot be found in DNS.", "The name x cannot be found in DNS."},
		{"", "", ""},
	} {
		if got := HeadlineIn("de", report.Verdict{Cause: c.cause, Headline: c.said}); got != c.want {
			t.Errorf("%s\nis  %q\nnot %q", c.said, got, c.want)
		}
		if got := HeadlineIn("en", report.Verdict{Cause: c.cause, Headline: c.said}); got != c.said {
			t.Errorf("English became %q", got)
		}
	}
}

// FuzzTextIn: a report may come from anywhere. Whatever it says, something is said,
// and it does not grow out of hand.
func FuzzTextIn(f *testing.F) {
	f.Add("cert-invalid", "The certificate of {host} is not valid: {what}.")
	f.Add("cert-remark", "it demands ((kind: ).\x00\xff (kind: x).")
	f.Add("pac-broken", "The proxy script of this computer sends Outlook to "+strings.Repeat("a and ", 50)+"b by the proxy c, which does not answer.")
	f.Add("", "Outlook can reach this mailbox, but one thing should be looked at: ")
	f.Fuzz(func(t *testing.T, code, said string) {
		got := TextIn("de", code, said)
		HeadlineIn("de", report.Verdict{Cause: code, Headline: said})
		if (got == "") != (said == "") || len(got) > 4*len(said)+2000 {
			t.Errorf("%q of %s became %q", said, code, got)
		}
	})
}
