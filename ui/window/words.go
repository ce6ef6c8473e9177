package window

import (
	"fmt"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

// stateWord is a state in a few words.
func stateWord(s monitor.State) string {
	switch s {
	case monitor.StateConnecting:
		return L("Connecting")
	case monitor.StateConnected:
		return L("Connected")
	case monitor.StateTroubled:
		return L("No answer just now")
	case monitor.StateResuming:
		return L("Resuming")
	case monitor.StatePaused:
		return L("Paused")
	case monitor.StateOffline:
		return L("No network")
	case monitor.StateLost:
		return L("Not connected")
	case monitor.StateNoAccount:
		return L("No account")
	}
	return L("Not known")
}

// status is the sign of how it stands: of the session, and while that is good of
// the last checks, which may have a warning.
func (s State) status() report.Status {
	switch {
	case s.Snapshot == nil || s.Gone != "":
		return report.Unknown
	case s.Snapshot.Status == report.Pass && s.Report != nil && s.Report.Verdict.Status == report.Warn:
		return report.Warn
	case s.Snapshot.State == monitor.StateConnecting && s.checksFailed():
		return report.Fail
	case s.Snapshot.State == monitor.StatePaused || s.Snapshot.State == monitor.StateOffline:
		return report.Skip
	}
	return s.Snapshot.Status
}

// windowTitle is what the desktop's list of windows shows: how it stands, first.
func windowTitle(s State) string {
	if s.Snapshot == nil || s.Snapshot.Account.Address == "" {
		return "Mapiscope"
	}
	return stateWord(s.state()) + " · " + s.Snapshot.Account.Address + " – Mapiscope"
}

func statusWord(s report.Status) string {
	switch s {
	case report.Pass:
		return L("passed")
	case report.Warn:
		return L("warning")
	case report.Fail:
		return L("failed")
	case report.Skip:
		return L("skipped")
	}
	return L("not run")
}

// whoWord is who takes a step.
func whoWord(who string) string {
	switch who {
	case "user":
		return L("You")
	case "helpdesk":
		return L("Helpdesk")
	case "admin":
		return L("Exchange administrator")
	}
	return who
}

// confidenceWord says how sure a cause is.
func confidenceWord(c report.Confidence) string {
	switch c {
	case report.Certain:
		return L("certain: the server or this computer says so itself")
	case report.Likely:
		return L("likely: it fits everything that was seen")
	case report.Possible:
		return L("possible: another cause fits as well")
	}
	return string(c)
}

func triggerWord(trigger string) string {
	switch trigger {
	case "user":
		return L("because you asked")
	case "network-change":
		return L("because the network changed")
	case "lost":
		return L("because the session was lost")
	case "demo":
		return ""
	case "start":
		return L("at the start")
	}
	return trigger
}

func connectionWord(s report.ConnStatus) string {
	switch s {
	case report.Established:
		return L("established")
	case report.Refused:
		return L("refused")
	case report.Unreachable:
		return L("unreachable")
	case report.NotOffered:
		return L("not offered")
	case report.ConnSkipped:
		return L("not tried")
	}
	return string(s)
}

func connectionStatus(s report.ConnStatus) report.Status {
	switch s {
	case report.Established:
		return report.Pass
	case report.Refused, report.Unreachable:
		return report.Fail
	case report.NotOffered, report.ConnSkipped:
		return report.Skip
	}
	return report.Unknown
}

func serviceWord(s string) string {
	switch s {
	case "mailbox":
		return L("Mailbox")
	case "directory":
		return L("Address book")
	}
	return s
}

func outageCauseWord(cause string) string {
	switch cause {
	case "network-change":
		return L("The network changed")
	case "sleep":
		return L("The computer slept")
	case "user":
		return L("Paused by you")
	case "server":
		return L("The server did not answer")
	}
	return cause
}

func outcomeWord(o report.Outage) string {
	switch o.Outcome {
	case "":
		return L("goes on")
	case "resumed":
		return L("same session resumed")
	case "reestablished":
		return L("new session opened")
	case "lost":
		return L("session lost")
	}
	return o.Outcome
}

func outcomeStatus(o report.Outage) report.Status {
	switch o.Outcome {
	case "resumed":
		return report.Pass
	case "reestablished":
		return report.Warn
	case "lost", "":
		return report.Fail
	}
	return report.Unknown
}

// groupWord is the name of a group of checks.
func groupWord(group string) string { return X("group", group, group) }

// checkTitle is the name of a check, as the engine calls it where the catalogue of
// the language has no name for it.
func checkTitle(id, name string) string { return X("check", id, name) }

// millis is a duration as the tables show it.
func millis(m *report.Milliseconds) string {
	if m == nil {
		return ""
	}
	return spell(m.Duration())
}

// spell is a duration with three digits at most.
func spell(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// ago is how long before now t was, as a person says it.
func ago(now, t time.Time) string {
	switch d := now.Sub(t); {
	case d < 10*time.Second:
		return L("just now")
	case d < time.Minute:
		return L("less than a minute ago")
	case d < time.Hour:
		return N("{{.N}} min ago", int(d.Minutes()))
	case d < 24*time.Hour:
		return N("{{.N}} hours ago", int(d.Hours()))
	}
	return t.Local().Format("2006-01-02 15:04")
}

// since is for how long something has lasted.
func since(now, t time.Time) string {
	switch d := now.Sub(t); {
	case d < 10*time.Second:
		return L("since just now")
	case d < time.Minute:
		return L("for less than a minute")
	case d < time.Hour:
		return N("for {{.N}} min", int(d.Minutes()))
	case d < 24*time.Hour:
		return N("for {{.N}} hours", int(d.Hours()))
	}
	return N("for {{.N}} days", int(now.Sub(t).Hours()/24))
}

// joined puts what is not empty into one line.
func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return L("not known")
	case *b:
		return L("yes")
	}
	return L("no")
}
