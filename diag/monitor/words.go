package monitor

import (
	"fmt"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

func statusOf(s State) report.Status {
	switch s {
	case StateConnected:
		return report.Pass
	case StateLost:
		return report.Fail
	case StateUnknown, StateConnecting:
		return report.Unknown
	}
	return report.Warn
}

// words are the sentence for a person, and what to do.
func (m *Monitor) words() (headline, next string) {
	switch m.state {
	case StateConnecting:
		return "Connecting to the mailbox of " + m.cfg.Options.Address + ".", ""
	case StateConnected:
		return "Connected: mail can flow.", ""
	case StateResuming:
		return "Back on a network: asking the mail server for the session of before.", ""
	case StateTroubled:
		return "The mail server does not answer just now; trying again.", ""
	case StateOffline:
		return "This computer has no network.", "Connect to a network; the session goes on by itself."
	case StatePaused:
		if len(m.held) > 0 && m.held[len(m.held)-1] == CauseSleep {
			return "Paused while the computer sleeps.", ""
		}
		return "Paused by you.", "Run \"mapiscope resume\", or choose Resume in the menu."
	}
	return m.lostWords()
}

// lostWords are those of the last checks where they were run on this trouble;
// until then the rung that failed speaks.
func (m *Monitor) lostWords() (headline, next string) {
	if m.last != nil && m.last.Ended.After(m.since) && m.last.Verdict.Status == report.Fail {
		return m.last.Verdict.Headline, "Open the report of the last checks: it says who does what."
	}
	headline = sentences[netpath.Phase(phaseOf(m.err))]
	if headline == "" {
		headline = "The mailbox cannot be opened."
	}
	if m.givenUp {
		return "The mail server refuses the password.", "Correct the password, restart the agent, and run \"mapiscope check\"."
	}
	return headline, fmt.Sprintf("It is tried again by itself; \"mapiscope check %s\" finds out why.", m.cfg.Options.Address)
}

var sentences = map[netpath.Phase]string{
	"discovery":               "Where the mailbox is cannot be found out (Autodiscover does not answer).",
	netpath.PhaseDNS:          "The name of the mail server cannot be looked up.",
	netpath.PhaseConnect:      "The mail server cannot be reached.",
	netpath.PhaseProxy:        "The proxy does not let us through to the mail server.",
	netpath.PhaseTLS:          "There is no secure connection to the mail server.",
	netpath.PhaseFirstByte:    "The mail server does not answer.",
	netpath.PhaseBody:         "The mail server's answers break off.",
	netpath.PhaseAuth:         "The mail server refuses the sign-in.",
	netpath.PhaseHTTP:         "Something else than the mail server answers, or it is out of service.",
	netpath.PhaseResponseCode: "The mail server refuses the session.",
	netpath.PhaseStatusCode:   "The mail server refuses the session.",
	netpath.PhaseErrorCode:    "The mail server refuses to open the mailbox.",
	netpath.PhaseROP:          "The mail server refuses to open the mailbox.",
}
