package tray

import (
	"strings"
	"time"
	"unicode"

	"github.com/mapiscope/mapiscope/assets"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

// The rows of the menu, from the top.
const (
	RowStatus  = iota // how it stands; no action
	RowCheck          // Check now
	RowReport         // Save report…
	RowSummary        // Copy summary for helpdesk
	RowPause          // Pause, or Resume
	RowOpen           // Open Mapiscope
	RowBrowser        // Open mailbox URL in browser
	RowQuit           // Quit
	RowCount
)

// State is all that the tray shows. Two that are equal look the same.
type State struct {
	Icon  string // one of the icons of package assets
	Title string // one line: how it stands, and since when
	Rows  [RowCount]Row
}

// Row is one row of the menu.
type Row struct {
	Label   string
	Enabled bool
}

// Seen is what the tray knows.
type Seen struct {
	Snapshot *monitor.Snapshot // the agent's last word, nil while it has none
	Gone     string            // why the agent does not answer, "" while it does or is being started
	Note     string            // what has just been done on a person's word, shown for a moment
}

// maxLine is how many characters of a line a bar or a menu shows without harm;
// Windows cuts a hover text at 127.
const maxLine = 120

// maxRow is the same for a row of the menu: a menu is as wide as its widest row.
const maxRow = 96

// View says what the tray shows at now. It does no I/O.
func View(seen Seen, now time.Time, lang Language) State {
	w := lang.words()
	s := seen.Snapshot
	title := oneLine(titleOf(seen, now, w))
	status := cut(title, maxRow)
	if seen.Note != "" {
		status = oneLine(seen.Note)
	}
	answers := s != nil && s.State != monitor.StateNoAccount
	pause := w.pause
	if s != nil && s.State == monitor.StatePaused {
		pause = w.resume
	}
	return State{Icon: iconOf(s), Title: title, Rows: [RowCount]Row{
		RowStatus:  {status, false},
		RowCheck:   {w.check, answers && s.Check == nil},
		RowReport:  {w.report, answers},
		RowSummary: {w.summary, s != nil},
		RowPause:   {pause, answers},
		RowOpen:    {w.open, true},
		RowBrowser: {w.browser, MailboxURL(s) != ""},
		RowQuit:    {w.quit, true},
	}}
}

// MailboxURL is the mailbox URL that a browser can open, "" when none is known.
func MailboxURL(s *monitor.Snapshot) string {
	if c := connection(s, "mailbox"); c != nil && strings.HasPrefix(c.URL, "https://") {
		return c.URL
	}
	return ""
}

func iconOf(s *monitor.Snapshot) string {
	switch {
	case s == nil || s.State == monitor.StateNoAccount:
		return assets.IconUnknown
	case s.Check != nil && (s.State != monitor.StateLost || s.Check.Trigger == "user"):
		return assets.IconChecking
	}
	switch s.State {
	case monitor.StateConnected:
		if flawed(s) {
			return assets.IconWarning
		}
		return assets.IconWorking
	case monitor.StateTroubled:
		return assets.IconWarning
	case monitor.StateLost:
		return assets.IconFailing
	case monitor.StatePaused, monitor.StateOffline:
		return assets.IconPaused
	case monitor.StateConnecting, monitor.StateResuming:
		return assets.IconChecking
	}
	return assets.IconUnknown
}

// flawed says that mail flows and something is wrong all the same: the address
// book, or what checks found since the session is there.
func flawed(s *monitor.Snapshot) bool {
	if s.Status == report.Warn || s.Status == report.Fail {
		return true
	}
	if c := connection(s, "directory"); c != nil && c.Status != report.Established {
		return true
	}
	return findings(s, &english) != ""
}

// findings is what the last checks say against a session that is there, "" when
// they are older than the session or found nothing.
func findings(s *monitor.Snapshot, w *words) string {
	r := s.LastReport
	if r == nil || r.Ended.Before(s.Since.Time) || r.Verdict.Status != report.Warn && r.Verdict.Status != report.Fail {
		return ""
	}
	return w.verdict(r.Verdict)
}

func connection(s *monitor.Snapshot, service string) *report.Connection {
	if s == nil {
		return nil
	}
	for i := range s.Connections {
		if s.Connections[i].Service == service {
			return &s.Connections[i]
		}
	}
	return nil
}

func titleOf(seen Seen, now time.Time, w *words) string {
	s := seen.Snapshot
	switch {
	case s == nil && seen.Gone != "":
		return seen.Gone
	case s == nil:
		return w.starting
	case s.Check != nil:
		return joined(w.checking(s.Check.Done, s.Check.Total), w.headline(s))
	case s.State == monitor.StateConnected:
		return connectedTitle(s, now, w)
	case s.State == monitor.StateNoAccount:
		return w.headline(s)
	}
	return joined(w.headline(s), w.since(now.Sub(s.Since.Time)))
}

// connectedTitle is "MAPI/HTTP, mailbox and directory connected · 38 ms · 2 min ago".
func connectedTitle(s *monitor.Snapshot, now time.Time, w *words) string {
	what := w.headline(s)
	var speed string
	if c := connection(s, "mailbox"); c != nil {
		directory := connection(s, "directory")
		what = w.connected(protocolName(c.Protocol), directory != nil, directory != nil && directory.Status == report.Established)
		if c.AvgResponse != nil {
			speed = w.speed(c.AvgResponse.Duration())
		}
	}
	proven := s.Since.Time
	if s.Session != nil && s.Session.Proven != nil {
		proven = s.Session.Proven.Time
	}
	return joined(what, findings(s, w), speed, w.ago(now.Sub(proven)))
}

// protocolName is how people call the transport.
func protocolName(p string) string {
	if p == "HTTP" {
		return "MAPI/HTTP"
	}
	return p
}

// clause is a sentence as a part of a line.
func clause(sentence string) string { return strings.TrimSuffix(sentence, ".") }

func joined(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, " · ")
}

// oneLine makes a text fit for a line of the menu. Part of it may be a server's
// words.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)), " ")
	return cut(text, maxLine)
}

// cut is text with most letters at most.
func cut(text string, most int) string {
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return text
}
