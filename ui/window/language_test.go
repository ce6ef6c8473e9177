package window

import (
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

// TestCausesInGerman: a cause is told in German with its names; one of another
// version in the short words of the catalogue, with what the report says beneath.
func TestCausesInGerman(t *testing.T) {
	speakGerman(t)
	r := refused(t)
	full := viewCauses(r)[0]
	if full.title != "Der Server hat Benutzername oder Passwort für alice@contoso.test abgelehnt." || !strings.HasPrefix(full.explanation, "mail.contoso.test lehnt CONTOSO\\alice mit NTLM ab.") {
		t.Errorf("it says %q: %q", full.title, full.explanation)
	}
	if full.steps[1].text != "Entsperren Sie das Konto, falls es gesperrt ist." || full.steps[1].command != "Unlock-ADAccount -Identity ACCOUNT" {
		t.Errorf("the step is %+v", full.steps[1])
	}
	r.Findings[0].Title, r.Verdict.Headline = "A newer sentence.", "A newer sentence."
	short := viewCauses(r)[0]
	if short.title != "Der Server hat Benutzername oder Passwort abgelehnt." || !strings.HasPrefix(short.explanation, "A newer sentence. mail.contoso.test lehnt") {
		t.Errorf("it says %q: %q", short.title, short.explanation)
	}
	if got := verdictWords(r); got != short.title {
		t.Errorf("the verdict is %q", got)
	}
}

func TestNoKnownCauseInGerman(t *testing.T) {
	speakGerman(t)
	r := refused(t)
	r.Checks = []report.Check{{ID: "mapi.inbox", Title: "Inbox"}}
	r.Verdict.Cause, r.Verdict.Headline = "no-known-cause", "Something is wrong at “Inbox”, and its cause is not one that is known: it is odd."
	r.Findings = []report.Finding{{Code: "no-known-cause", Title: r.Verdict.Headline}}
	want := "Bei „Posteingang“ stimmt etwas nicht, und die Ursache gehört nicht zu den bekannten: it is odd."
	if verdict, title := verdictWords(r), viewCauses(r)[0].title; verdict != want || title != want {
		t.Errorf("the verdict is %q, the cause %q", verdict, title)
	}
}

// TestRivalInGerman: what decides between two causes is asked in German, also where
// it is a step of the other cause, and so are its answers.
func TestRivalInGerman(t *testing.T) {
	r := refused(t)
	r.Findings[0].Or = []report.Rival{{Code: "account-locked", Title: "The account is locked, disabled or expired.",
		Decide: report.Action{Who: "user", Text: "Find what keeps locking it: a phone or a saved password that is old."}}}
	w := open(t, sampleState(r, monitor.StateLost), Options{Tab: "guide", Language: "de"})
	g := guideOf(w)
	g.begin()
	step := g.session.Step()
	for range 5 {
		if step.Rival != "" {
			break
		}
		g.answer("no")
		step = g.session.Step()
	}
	if got := stepWords(step); got != "Suchen Sie, was es immer wieder sperrt: ein Telefon oder ein altes gespeichertes Passwort." {
		t.Fatalf("it asks %q (%+v)", got, step)
	}
	var answers []string
	for _, c := range step.Choices {
		answers = append(answers, choiceWords(step, c))
	}
	if got := strings.Join(answers, " | "); got != "Es ist das: Das Konto ist gesperrt, deaktiviert oder abgelaufen. | Nein, das ist es nicht | Das weiß ich nicht" {
		t.Errorf("the answers are %s", got)
	}
	if step.Kind != guide.Ask {
		t.Errorf("it is no question: %+v", step)
	}
}

func speakGerman(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { _ = setLanguage("en") })
	if err := setLanguage("de"); err != nil {
		t.Fatal(err)
	}
}
