package tray

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mapiscope/mapiscope/assets"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// connected is a healthy agent, which the cases change.
func connected(change ...func(*monitor.Snapshot)) *monitor.Snapshot {
	proven := report.At(noon.Add(-2 * time.Minute))
	s := &monitor.Snapshot{
		State: monitor.StateConnected, Since: report.At(noon.Add(-time.Hour)), Status: report.Pass, Headline: "Connected: mail can flow.",
		Account: report.Account{Address: "alice@contoso.com"},
		Session: &monitor.Session{ContextID: "{C0}", Proven: &proven},
		Network: monitor.Network{Up: true},
		Connections: []report.Connection{
			{Service: "mailbox", Protocol: "HTTP", Status: report.Established, AvgResponse: report.MSPtr(38400 * time.Microsecond),
				URL: "https://mail.contoso.com/mapi/emsmdb/?MailboxId=a@contoso.com"},
			{Service: "directory", Protocol: "HTTP", Status: report.Established},
		},
	}
	for _, c := range change {
		c(s)
	}
	return s
}

// in is a change to another state that began five minutes ago.
func in(state monitor.State, status report.Status, headline string) func(*monitor.Snapshot) {
	return func(s *monitor.Snapshot) {
		s.State, s.Status, s.Headline, s.Since = state, status, headline, report.At(noon.Add(-5*time.Minute))
	}
}

func checked(ago time.Duration, status report.Status, headline string) func(*monitor.Snapshot) {
	return func(s *monitor.Snapshot) {
		s.LastReport = &monitor.LastReport{ID: "r", Ended: report.At(noon.Add(-ago)), Verdict: report.Verdict{Status: status, Headline: headline}}
	}
}

func checking(trigger string) func(*monitor.Snapshot) {
	return func(s *monitor.Snapshot) {
		s.Check = &monitor.CheckRun{Trigger: trigger, Done: 12, Total: 53}
	}
}

func TestIconAndTitle(t *testing.T) {
	lost := in(monitor.StateLost, report.Fail, "The mail server cannot be reached.")
	for name, c := range map[string]struct {
		seen                 Seen
		icon, title, deutsch string
	}{
		"starting": {Seen{}, assets.IconUnknown, "Starting the agent that watches the mailbox", "Der Agent, der das Postfach beobachtet, wird gestartet"},
		"no agent": {Seen{Gone: "no password for alice was found"}, assets.IconUnknown, "no password for alice was found", "no password for alice was found"},
		"no account": {Seen{Snapshot: connected(in(monitor.StateNoAccount, "", "No account is configured yet."))}, assets.IconUnknown,
			"No account is configured yet", "Es ist noch kein Konto eingerichtet"},
		"connected": {Seen{Snapshot: connected()}, assets.IconWorking,
			"MAPI/HTTP, mailbox and directory connected · 38 ms · 2 min ago", "MAPI/HTTP, Postfach und Adressbuch verbunden · 38 ms · vor 2 Min."},
		"connected, the directory not": {Seen{Snapshot: connected(func(s *monitor.Snapshot) { s.Connections[1].Status = report.Unreachable })}, assets.IconWarning,
			"MAPI/HTTP, mailbox connected, directory not · 38 ms · 2 min ago", "MAPI/HTTP, Postfach verbunden, Adressbuch nicht · 38 ms · vor 2 Min."},
		"connected, the directory not asked for": {Seen{Snapshot: connected(func(s *monitor.Snapshot) { s.Connections = s.Connections[:1] })}, assets.IconWorking,
			"MAPI/HTTP, mailbox connected · 38 ms · 2 min ago", "MAPI/HTTP, Postfach verbunden · 38 ms · vor 2 Min."},
		"connected, with a finding": {Seen{Snapshot: connected(checked(time.Minute, report.Warn, "The certificate ends in 5 days."))}, assets.IconWarning,
			"MAPI/HTTP, mailbox and directory connected · The certificate ends in 5 days · 38 ms · 2 min ago",
			"MAPI/HTTP, Postfach und Adressbuch verbunden · The certificate ends in 5 days · 38 ms · vor 2 Min."},
		"connected, with a cause": {Seen{Snapshot: connected(checked(time.Minute, report.Warn, "Outlook can reach this mailbox, but one thing should be looked at: the mailbox is full and cannot send."), func(s *monitor.Snapshot) {
			s.LastReport.Verdict.Cause = "mailbox-full"
		})}, assets.IconWarning,
			"MAPI/HTTP, mailbox and directory connected · Outlook can reach this mailbox, but one thing should be looked at: the mai…",
			"MAPI/HTTP, Postfach und Adressbuch verbunden · Outlook erreicht dieses Postfach, aber eines sollte angesehen werden: Da…"},
		"connected, with a finding of before": {Seen{Snapshot: connected(checked(2*time.Hour, report.Fail, "The name does not resolve."))}, assets.IconWorking,
			"MAPI/HTTP, mailbox and directory connected · 38 ms · 2 min ago", "MAPI/HTTP, Postfach und Adressbuch verbunden · 38 ms · vor 2 Min."},
		"checking": {Seen{Snapshot: connected(checking("user"))}, assets.IconChecking,
			"Checking: 12 of 53 · Connected: mail can flow", "Prüfung: 12 von 53 · Verbunden: E-Mail kann fließen"},
		"lost, checking by itself": {Seen{Snapshot: connected(lost, checking("lost"))}, assets.IconFailing,
			"Checking: 12 of 53 · The mail server cannot be reached", "Prüfung: 12 von 53 · Der Mailserver ist nicht erreichbar"},
		"lost, checking for the person": {Seen{Snapshot: connected(lost, checking("user"))}, assets.IconChecking,
			"Checking: 12 of 53 · The mail server cannot be reached", "Prüfung: 12 von 53 · Der Mailserver ist nicht erreichbar"},
		"lost": {Seen{Snapshot: connected(lost)}, assets.IconFailing,
			"The mail server cannot be reached · for 5 min", "Der Mailserver ist nicht erreichbar · seit 5 Min."},
		"lost, of a cause": {Seen{Snapshot: connected(in(monitor.StateLost, report.Fail, "The name mail.contoso.test cannot be found in DNS."), func(s *monitor.Snapshot) {
			s.Cause = "name-missing"
		})}, assets.IconFailing,
			"The name mail.contoso.test cannot be found in DNS · for 5 min", "Der Name mail.contoso.test ist im DNS nicht zu finden · seit 5 Min."},
		"troubled": {Seen{Snapshot: connected(in(monitor.StateTroubled, report.Warn, "The mail server does not answer just now; trying again."))}, assets.IconWarning,
			"The mail server does not answer just now; trying again · for 5 min", "Der Mailserver antwortet gerade nicht; neuer Versuch läuft · seit 5 Min."},
		"paused": {Seen{Snapshot: connected(in(monitor.StatePaused, report.Warn, "Paused by you."))}, assets.IconPaused,
			"Paused by you · for 5 min", "Angehalten · seit 5 Min."},
		"offline": {Seen{Snapshot: connected(in(monitor.StateOffline, report.Warn, "This computer has no network."))}, assets.IconPaused,
			"This computer has no network · for 5 min", "Dieser Computer hat kein Netz · seit 5 Min."},
		"connecting": {Seen{Snapshot: connected(in(monitor.StateConnecting, "", "Connecting to the mailbox of a@contoso.com."))}, assets.IconChecking,
			"Connecting to the mailbox of a@contoso.com · for 5 min", "Verbindung zum Postfach wird aufgebaut · seit 5 Min."},
		"resuming": {Seen{Snapshot: connected(in(monitor.StateResuming, report.Warn, "Back."))}, assets.IconChecking,
			"Back · for 5 min", "Wieder im Netz: Der Mailserver wird nach der bisherigen Sitzung gefragt · seit 5 Min."},
		"a state of a later agent": {Seen{Snapshot: connected(in("new", "", "Something new."))}, assets.IconUnknown,
			"Something new · for 5 min", "Something new · seit 5 Min."},
	} {
		t.Run(name, func(t *testing.T) {
			en, de := View(c.seen, noon, English), View(c.seen, noon, German)
			if en.Icon != c.icon || de.Icon != c.icon {
				t.Errorf("icon %q and %q, want %q", en.Icon, de.Icon, c.icon)
			}
			if en.Title != c.title {
				t.Errorf("title\n%s, want\n%s", en.Title, c.title)
			}
			if de.Title != c.deutsch {
				t.Errorf("German title\n%s, want\n%s", de.Title, c.deutsch)
			}
			if en.Rows[RowStatus].Label != cut(en.Title, maxRow) {
				t.Errorf("the first row says %q, the title %q", en.Rows[RowStatus].Label, en.Title)
			}
			if View(c.seen, noon, English) != en {
				t.Error("two views of the same differ")
			}
		})
	}
}

func TestRows(t *testing.T) {
	all := []int{RowCheck, RowReport, RowSummary, RowPause, RowOpen, RowBrowser, RowQuit}
	for name, c := range map[string]struct {
		seen    Seen
		enabled []int
		pause   string
	}{
		"connected":  {Seen{Snapshot: connected()}, all, "Pause"},
		"checking":   {Seen{Snapshot: connected(checking("user"))}, all[1:], "Pause"},
		"paused":     {Seen{Snapshot: connected(in(monitor.StatePaused, report.Warn, "Paused by you."))}, all, "Resume"},
		"no URL yet": {Seen{Snapshot: connected(func(s *monitor.Snapshot) { s.Connections = nil })}, []int{RowCheck, RowReport, RowSummary, RowPause, RowOpen, RowQuit}, "Pause"},
		"a URL that no browser may get": {Seen{Snapshot: connected(func(s *monitor.Snapshot) { s.Connections[0].URL = "file:///etc/passwd" })},
			[]int{RowCheck, RowReport, RowSummary, RowPause, RowOpen, RowQuit}, "Pause"},
		"no account": {Seen{Snapshot: &monitor.Snapshot{State: monitor.StateNoAccount}}, []int{RowSummary, RowOpen, RowQuit}, "Pause"},
		"no agent":   {Seen{}, []int{RowOpen, RowQuit}, "Pause"},
	} {
		t.Run(name, func(t *testing.T) {
			v := View(c.seen, noon, English)
			var want [RowCount]bool
			for _, i := range c.enabled {
				want[i] = true
			}
			for i, r := range v.Rows {
				if r.Enabled != want[i] {
					t.Errorf("row %d (%s) enabled %v, want %v", i, r.Label, r.Enabled, want[i])
				}
			}
			if v.Rows[RowPause].Label != c.pause {
				t.Errorf("row says %q, want %q", v.Rows[RowPause].Label, c.pause)
			}
		})
	}
	if RowCount > 8 {
		t.Errorf("%d rows: a menu that must be read is a window", RowCount)
	}
}

func TestNoteIsTheFirstRow(t *testing.T) {
	v := View(Seen{Snapshot: connected(), Note: "Saved."}, noon, English)
	if v.Rows[RowStatus].Label != "Saved." || strings.Contains(v.Title, "Saved") {
		t.Errorf("row %q, title %q", v.Rows[RowStatus].Label, v.Title)
	}
}

// TestServersWords: part of a headline may come from a server.
func TestServersWords(t *testing.T) {
	evil := "evil\n\x1b[31m\u202e" + strings.Repeat("ä", 4096)
	v := View(Seen{Snapshot: connected(in(monitor.StateLost, report.Fail, evil))}, noon, German)
	if n := utf8.RuneCountInString(v.Title); n > maxLine {
		t.Errorf("%d characters", n)
	}
	if n := utf8.RuneCountInString(v.Rows[RowStatus].Label); n > maxRow {
		t.Errorf("%d characters in the menu", n)
	}
	if strings.ContainsAny(v.Title, "\n\x1b\u202e") || !strings.HasPrefix(v.Title, "evil [31m ä") {
		t.Errorf("title %q", v.Title)
	}
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "just now", 59 * time.Second: "just now", time.Minute: "1 min ago", 59*time.Minute + 59*time.Second: "59 min ago",
		61 * time.Minute: "1 h 1 min ago", 47 * time.Hour: "47 h 0 min ago", 72 * time.Hour: "3 days ago",
	} {
		if got := english.ago(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	for c, want := range map[[2]string]Language{
		{"auto", "de_AT.UTF-8"}: German, {"", "de-CH"}: German, {"auto", "de"}: German, {"auto", "den_CA"}: English,
		{"auto", "en_US"}: English, {"auto", ""}: English, {"de", "en_US"}: German, {"en", "de_DE"}: English, {"auto", "C"}: English,
	} {
		if got := LanguageOf(c[0], c[1]); got != want {
			t.Errorf("%q on %q is %q, want %q", c[0], c[1], got, want)
		}
	}
}

// TestGermanIsComplete: no text is missing, and none is the English one by mistake.
func TestGermanIsComplete(t *testing.T) {
	en, de := wordList(english), wordList(german)
	for name, text := range en {
		if text == "" || de[name] == "" {
			t.Errorf("%s: English %q, German %q", name, text, de[name])
		}
		if strings.Count(text, "%") != strings.Count(de[name], "%") {
			t.Errorf("%s: places differ: %q, %q", name, text, de[name])
		}
	}
}
