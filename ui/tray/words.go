package tray

import (
	"fmt"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

// Language is a language that the tray speaks.
type Language string

// The languages.
const (
	English Language = "en"
	German  Language = "de"
)

// LanguageOf is the language for a choice ("auto", "en", "de") on a system whose
// locale is like "de_AT.UTF-8" or "de-AT".
func LanguageOf(choice, locale string) Language {
	if choice == "" || choice == "auto" {
		choice = locale
	}
	if code := strings.ToLower(choice); strings.HasPrefix(code, "de") && (len(code) == 2 || strings.ContainsRune("_-.@", rune(code[2]))) {
		return German
	}
	return English
}

func (l Language) words() *words {
	if l == German {
		return &german
	}
	return &english
}

// words are all that the tray says, in one language.
type words struct {
	language Language

	check, report, summary, pause, resume, open, browser, quit string

	starting, noAgent, noPlace, copied, nothingYet string
	stopped, back                                  string

	connectedBoth, connectedOne, connectedHalf string // take the protocol
	checkingOf                                 string // done, total
	sinceFor, agoFor, justNow                  string // the first two take a length
	min, hour, day                             string // units after a number
	backAfter, savedAs, windowFailed           string // take a length, a file, a reason

	states    map[monitor.State]string
	sentences map[string]string // of the engine; one that is missing is shown as it is
}

// headline is how it stands, in one clause.
func (w *words) headline(s *monitor.Snapshot) string {
	if said, ok := w.states[s.State]; ok {
		return said
	}
	if said, ok := w.sentences[s.Headline]; ok {
		return clause(said)
	}
	return w.verdict(report.Verdict{Headline: s.Headline, Cause: s.Cause})
}

// verdict is the headline of a verdict, in one clause.
func (w *words) verdict(v report.Verdict) string {
	return clause(causes.HeadlineIn(string(w.language), v))
}

func (w *words) connected(protocol string, hasDirectory, directory bool) string {
	switch {
	case directory:
		return fmt.Sprintf(w.connectedBoth, protocol)
	case hasDirectory:
		return fmt.Sprintf(w.connectedHalf, protocol)
	}
	return fmt.Sprintf(w.connectedOne, protocol)
}

func (w *words) checking(done, total int) string { return fmt.Sprintf(w.checkingOf, done, total) }

func (w *words) speed(d time.Duration) string {
	if d < time.Millisecond {
		return "< 1 ms"
	}
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}

// since is for how long something has been so, "" while that is less than a minute.
func (w *words) since(d time.Duration) string {
	if d < time.Minute {
		return ""
	}
	return fmt.Sprintf(w.sinceFor, w.length(d))
}

func (w *words) ago(d time.Duration) string {
	if d < time.Minute {
		return w.justNow
	}
	return fmt.Sprintf(w.agoFor, w.length(d))
}

// length is a duration as a person says it.
func (w *words) length(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d %s", int(d.Minutes()), w.min)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d %s %d %s", int(d.Hours()), w.hour, int(d.Minutes())%60, w.min)
	}
	return fmt.Sprintf("%d %s", int(d.Hours()/24), w.day)
}

var english = words{
	language: English,

	check: "Check now", report: "Save report…", summary: "Copy summary for helpdesk",
	pause: "Pause", resume: "Resume", open: "Open Mapiscope",
	browser: "Open mailbox URL in browser", quit: "Quit",

	starting:   "Starting the agent that watches the mailbox",
	noAgent:    "No agent is running, so nobody watches the mailbox",
	noPlace:    "This desktop has no place for an icon, so the window is opened instead.",
	copied:     "The summary is in the clipboard: paste it into a message to the helpdesk.",
	nothingYet: "There is no report yet: the checks have not ended.",
	stopped:    "Mail has stopped",
	back:       "Mail works again",

	connectedBoth: "%s, mailbox and directory connected",
	connectedOne:  "%s, mailbox connected",
	connectedHalf: "%s, mailbox connected, directory not",
	checkingOf:    "Checking: %d of %d",
	sinceFor:      "for %s", agoFor: "%s ago", justNow: "just now",
	min: "min", hour: "h", day: "days",
	backAfter: "It was interrupted for %s.", savedAs: "The report is saved: %s",
	windowFailed: "The window could not be opened: %s",
}

var german = words{
	language: German,

	check: "Jetzt prüfen", report: "Bericht speichern…", summary: "Zusammenfassung für den Helpdesk kopieren",
	pause: "Anhalten", resume: "Fortsetzen", open: "Mapiscope öffnen",
	browser: "Postfach-URL im Browser öffnen", quit: "Beenden",

	starting:   "Der Agent, der das Postfach beobachtet, wird gestartet",
	noAgent:    "Es läuft kein Agent, also beobachtet niemand das Postfach",
	noPlace:    "Dieser Desktop hat keinen Platz für ein Symbol, deshalb wird das Fenster geöffnet.",
	copied:     "Die Zusammenfassung ist in der Zwischenablage: Fügen Sie sie in eine Nachricht an den Helpdesk ein.",
	nothingYet: "Es gibt noch keinen Bericht: Die Prüfungen sind nicht beendet.",
	stopped:    "Die E-Mail steht still",
	back:       "Die E-Mail geht wieder",

	connectedBoth: "%s, Postfach und Adressbuch verbunden",
	connectedOne:  "%s, Postfach verbunden",
	connectedHalf: "%s, Postfach verbunden, Adressbuch nicht",
	checkingOf:    "Prüfung: %d von %d",
	sinceFor:      "seit %s", agoFor: "vor %s", justNow: "gerade eben",
	min: "Min.", hour: "Std.", day: "Tagen",
	backAfter: "Sie war %s lang unterbrochen.", savedAs: "Der Bericht ist gespeichert: %s",
	windowFailed: "Das Fenster ließ sich nicht öffnen: %s",

	states: map[monitor.State]string{
		monitor.StateConnecting: "Verbindung zum Postfach wird aufgebaut",
		monitor.StateConnected:  "Verbunden: E-Mail kann fließen",
		monitor.StateTroubled:   "Der Mailserver antwortet gerade nicht; neuer Versuch läuft",
		monitor.StateResuming:   "Wieder im Netz: Der Mailserver wird nach der bisherigen Sitzung gefragt",
		monitor.StatePaused:     "Angehalten",
		monitor.StateOffline:    "Dieser Computer hat kein Netz",
		monitor.StateNoAccount:  "Es ist noch kein Konto eingerichtet",
	},
	sentences: map[string]string{
		"Where the mailbox is cannot be found out (Autodiscover does not answer).": "Wo das Postfach liegt, lässt sich nicht herausfinden (Autodiscover antwortet nicht).",
		"The name of the mail server cannot be looked up.":                         "Der Name des Mailservers lässt sich nicht auflösen.",
		"The mail server cannot be reached.":                                       "Der Mailserver ist nicht erreichbar.",
		"The proxy does not let us through to the mail server.":                    "Der Proxy lässt uns nicht zum Mailserver durch.",
		"There is no secure connection to the mail server.":                        "Es gibt keine sichere Verbindung zum Mailserver.",
		"The mail server does not answer.":                                         "Der Mailserver antwortet nicht.",
		"The mail server's answers break off.":                                     "Die Antworten des Mailservers brechen ab.",
		"The mail server refuses the sign-in.":                                     "Der Mailserver lehnt die Anmeldung ab.",
		"Something else than the mail server answers, or it is out of service.":    "Es antwortet etwas anderes als der Mailserver, oder er ist außer Betrieb.",
		"The mail server refuses the session.":                                     "Der Mailserver lehnt die Sitzung ab.",
		"The mail server refuses to open the mailbox.":                             "Der Mailserver weigert sich, das Postfach zu öffnen.",
		"The mailbox cannot be opened.":                                            "Das Postfach lässt sich nicht öffnen.",
		"The mail server refuses the password.":                                    "Der Mailserver lehnt das Passwort ab.",
	},
}
