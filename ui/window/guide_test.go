package window

import (
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

// guideOf is the page of a window that stands at its beginning.
func guideOf(w *Window) *guidePage { return w.pages[1].tab.(*guidePage) }

// press presses the button of the page with that label.
func press(t *testing.T, w *Window, label string) {
	t.Helper()
	var found fyne.Tappable
	walk(w.body, fyne.NewPos(0, 0), func(o fyne.CanvasObject, _ fyne.Position) {
		switch b := o.(type) {
		case *widget.Button:
			if b.Text == label {
				found = b
			}
		case *enterButton:
			if b.Text == label {
				found = b
			}
		}
	})
	if found == nil {
		t.Fatalf("there is no button %q on the page:\n%s", label, w.page())
	}
	test.Tap(found)
	settle(w.win)
}

// refused is a report of a wrong password, as diag writes it.
func refused(t *testing.T) *report.Report {
	r := *readSample(t, "certificate")
	r.Run.ID, r.Run.Trigger = "refused", "user"
	r.Verdict = report.Verdict{Status: report.Fail, Cause: "bad-credentials", Headline: "The server refused the user name or password for alice@contoso.test."}
	r.Findings = []report.Finding{{Code: "bad-credentials", Severity: report.SeverityFail, Title: r.Verdict.Headline,
		Explanation: "mail.contoso.test refuses CONTOSO\\alice with NTLM. The password is wrong or expired, or the account is locked or disabled. One attempt was made per server and method, so that this check does not lock the account.",
		Checks:      []string{"auth.sign-in"}, Explains: []string{"auth.sign-in", "mapi.connect"}, Actions: []report.Action{
			{Who: "user", Text: "Sign in to webmail with the same user name and password. If that fails too, your password has changed or expired; try the user name as DOMAIN\\user."},
			{Who: "admin", Text: "Unlock the account, if it is locked.", Command: "Unlock-ADAccount -Identity ACCOUNT"}}}}
	return &r
}

// TestGuidePage walks through a wrong password in both languages: the questions, the
// thing to do, its check, and what changed; each page is read.
func TestGuidePage(t *testing.T) {
	for language, says := range map[string][6]string{
		"en": {"Begin", "No", "No", "Done: check again", "Cannot, or does not apply", "From the beginning"},
		"de": {"Beginnen", "Nein", "Nein", "Erledigt: noch einmal prüfen", "Geht nicht oder trifft nicht zu", "Von vorn"},
	} {
		t.Run(language, func(t *testing.T) {
			s := sampleState(refused(t), monitor.StateLost)
			agent := newScriptedAgent(s)
			agent.told = make(chan struct{}, 4)
			w := open(t, s, Options{Tab: "guide", Language: language, Agent: agent})
			read := func(name string) {
				settle(w.win)
				golden(t, "guide-"+name+"-"+language, w.page())
			}
			read("begin")
			press(t, w, says[0])
			read("question")
			press(t, w, says[1])
			press(t, w, says[2])
			read("do")
			press(t, w, says[3])
			await(t, w, "the check of a few", agent.told)
			read("checking")

			few := *s.Report
			few.Run.ID, few.Findings = "few", nil
			w.deliverNow(func(s *State) { s.Report = &few })
			await(t, w, "the check of all", agent.told)
			well := *readSample(t, "healthy")
			well.Run.ID, well.Run.Trigger = "all", "user"
			w.deliverNow(func(s *State) { s.Report = &well })
			read("end")
			if got := strings.Join(agent.all(), " "); got != "check auth.sign-in check" {
				t.Errorf("asked of the agent: %s", got)
			}
			press(t, w, says[5])
			if guideOf(w).session != nil {
				t.Error("it has not gone back to the beginning")
			}
		})
	}
}

// deliverNow changes the state as Follow does, at once.
func (w *Window) deliverNow(change func(*State)) {
	s := w.state
	change(&s)
	w.Show(s)
}

// TestGuideHandsOver: what a user cannot do is handed on, with whom to turn to.
func TestGuideHandsOver(t *testing.T) {
	for _, language := range Languages[1:] {
		s := sampleState(refused(t), monitor.StateLost)
		s.Report.Run.Trigger = "user"
		house := &guide.File{Version: 1, Contact: &guide.Contact{Name: "IT helpdesk", Phone: "100", URL: "https://tickets.contoso.com/new"}}
		w := open(t, s, Options{Tab: "guide", Language: language, House: func() (*guide.File, error) { return house, nil }})
		g := guideOf(w)
		g.begin()
		for _, id := range []string{"no", "no", guide.ChoiceSkip} {
			g.answer(id)
		}
		settle(w.win)
		golden(t, "guide-handed-over-"+language, maskCode(w.page(), s.Report))
	}
}

// maskCode takes the short code out, which goes by the computer of the sample.
func maskCode(page string, r *report.Report) string {
	return strings.ReplaceAll(page, report.ShortCode(r).String(), "CODE")
}

// TestGuideWaits: while checks cannot be run it says so and tries again; a run that
// nobody asked for is not taken for the answer.
func TestGuideWaits(t *testing.T) {
	s := sampleState(refused(t), monitor.StateLost)
	agent := &stubbornAgent{scriptedAgent: newScriptedAgent(s), refuse: true}
	agent.told = make(chan struct{}, 4)
	w := open(t, s, Options{Tab: "guide", Language: "en", Agent: agent, House: func() (*guide.File, error) { return nil, errors.New("the guide file is broken") }})
	g := guideOf(w)
	g.begin()
	if !strings.Contains(w.state.Problem, "the guide file is broken") {
		t.Errorf("what is wrong with the guide file is not said: %q", w.state.Problem)
	}
	for _, id := range []string{"no", "no", guide.ChoiceDone} {
		g.answer(id)
	}
	next(t, w, "the refusal")
	settle(w.win)
	if said := w.page(); !strings.Contains(said, "The checks could not be run.") || !strings.Contains(said, "Check again") {
		t.Fatal(said)
	}
	agent.refuse = false
	press(t, w, "Check again")
	await(t, w, "the check", agent.told)
	unasked := *s.Report
	unasked.Run.ID, unasked.Run.Trigger = "unasked", "network-change"
	w.deliverNow(func(s *State) { s.Report = &unasked })
	if !g.waits {
		t.Error("a run that nobody asked for was taken")
	}
	other := *s.Report
	other.Account.Address = "bob@contoso.test"
	w.deliverNow(func(s *State) { s.Report = &other })
	if g.session != nil {
		t.Error("the walk goes on with another mailbox")
	}
}

// TestGuideBeginsWithAllChecks: a run of a few is no place to begin.
func TestGuideBeginsWithAllChecks(t *testing.T) {
	r := refused(t)
	r.Checks = append([]report.Check{{ID: "mapi.ping", Status: report.Skip, SkippedBecause: "not among --only"}}, r.Checks...)
	s := sampleState(r, monitor.StateLost)
	agent := newScriptedAgent(s)
	agent.told = make(chan struct{}, 4)
	w := open(t, s, Options{Tab: "guide", Language: "en", Agent: agent})
	press(t, w, "Begin")
	await(t, w, "the check of all", agent.told)
	if guideOf(w).session != nil {
		t.Fatal("it began with a part")
	}
	all := *refused(t)
	all.Run.ID = "all"
	w.deliverNow(func(s *State) { s.Report = &all })
	if g := guideOf(w); g.session == nil || g.session.Before.Run.ID != "all" {
		t.Errorf("it has not begun: %+v", g.session)
	}
}

func TestOverviewLeadsToTheGuide(t *testing.T) {
	w := open(t, sampleState(readSample(t, "certificate"), monitor.StateLost), Options{Tab: "overview", Language: "en"})
	press(t, w, "Guide me")
	if w.pages[w.shown].key != "guide" {
		t.Errorf("%s is open", w.pages[w.shown].key)
	}
}
