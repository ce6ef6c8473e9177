// Package guide turns a diagnosis into a walk: one question or one thing to do at
// a time, checked again by the program where it can be, until the mailbox works
// or it is clear who has to go on.
//
// A Session is the walk. It holds no clock, no connection and no goroutine: who
// drives it asks Step what comes next, does it, and says what came of it with
// Answer or Checked. The same answers lead through the same steps, and a Session
// can be written as JSON and read back between any two of them.
//
// Nothing here runs a command, and nothing here could: a command is a text that is
// shown. A test of the house holds that.
package guide

import "slices"

// Kind says what a Step wants.
type Kind string

// The kinds of a step.
const (
	Ask   Kind = "ask"   // an answer, one of Choices
	Do    Kind = "do"    // that Who does what Text says; then one of Choices
	Check Kind = "check" // that the checks in Recheck (all where there is none) are run
	Done  Kind = "done"  // nothing: it is over, see Ending
)

// The roles, from the one with the fewest rights up. They are also who takes a step.
const (
	User     = "user"
	Helpdesk = "helpdesk"
	Admin    = "admin"
)

// Roles are all of them, in that order.
var Roles = []string{User, Helpdesk, Admin}

func rank(who string) int { return slices.Index(Roles, who) }

// Step is what comes next.
type Step struct {
	ID      string   `json:"id"` // cause and name, "bad-credentials/webmail"
	Kind    Kind     `json:"kind"`
	Cause   string   `json:"cause,omitempty"`   // code of the finding that it is about
	Title   string   `json:"title,omitempty"`   // that finding in a sentence
	Why     string   `json:"why,omitempty"`     // and explained
	Suspect bool     `json:"suspect,omitempty"` // an answer speaks for the cause; the checks name another
	Rival   string   `json:"rival,omitempty"`   // code of the cause that it is told from
	Who     string   `json:"who,omitempty"`
	Text    string   `json:"text,omitempty"`
	Word    string   `json:"word,omitempty"`    // name of Text in a catalogue of translations, "" when it has none
	Command string   `json:"command,omitempty"` // to be shown and copied, never to be run
	Look    bool     `json:"look,omitempty"`    // it mends nothing by itself: nothing is checked after it
	Choices []Choice `json:"choices,omitempty"`
	Recheck []string `json:"recheck,omitempty"` // ids of checks
	Ending  *Ending  `json:"ending,omitempty"`
}

// Choice is one answer.
type Choice struct {
	ID   string `json:"id"`  // what Answer takes
	Key  string `json:"key"` // one letter, unique in the step
	Text string `json:"text"`
	Word string `json:"word,omitempty"`
}

// The answers to a step of kind Do.
const (
	ChoiceDone = "done"
	ChoiceSkip = "skip"
	ChoiceNext = "next" // after a look
)

var (
	doChoices   = []Choice{{ChoiceDone, "d", "Done: check again", "choice.done"}, {ChoiceSkip, "s", "Cannot, or does not apply", "choice.skip"}}
	lookChoices = []Choice{{ChoiceNext, "n", "Next", "choice.next"}}
)

// Item is one station on the way that mends a cause: a question or a thing to do.
type Item struct {
	ID string `json:"id"`
	// If are answers that were given to earlier questions; the item is left out
	// where one is another or was never given.
	If map[string]string `json:"if,omitempty"`

	Question string   `json:"question,omitempty"`
	Options  []Option `json:"options,omitempty"`

	Do      string   `json:"do,omitempty"`
	Word    string   `json:"word,omitempty"`
	Who     string   `json:"who,omitempty"` // of a question: who can answer it, "" is anybody
	Command string   `json:"command,omitempty"`
	Look    bool     `json:"look,omitempty"`
	Recheck []string `json:"recheck,omitempty"` // instead of the checks of the finding

	rival string // code of the cause that the question tells from the way's own
}

// Option is an answer to a question, and where it leads.
type Option struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Word string `json:"-"` // as that of an Item; "" is that of its question and ID
	// To leaves out what people below that role would do: "helpdesk", "admin", or
	// Nobody, which ends the way of this cause.
	To string `json:"to,omitempty"`
	// Rivals are causes that this answer speaks for: the first that was found too
	// gets its turn before this one.
	Rivals []string `json:"rivals,omitempty"`
	// Without are beginnings of commands that this answer makes needless.
	Without []string `json:"without,omitempty"`
}

// Nobody is above every role.
const Nobody = "nobody"
