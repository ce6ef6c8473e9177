package guide

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Options of a Session.
type Options struct {
	Role  string // one of Roles; "" is User
	House *File  // the house's own rules; nil is none
	// Known is what is known to help against each cause, by code, for those that were
	// not found and that an answer speaks for.
	Known map[string][]report.Action
}

// The phases of a session, as a step of the same name wants it.
type phase string

const (
	phaseItem    phase = "item"    // a question or a thing to do
	phaseRecheck phase = "recheck" // the checks of one cause
	phaseConfirm phase = "confirm" // all checks, because those say that it is gone
	phaseFinal   phase = "final"   // all checks, because there is nothing left to do
	phaseDone    phase = "done"
)

// Session is one walk through the causes of a report. Its fields are open so that
// it can be kept; change it by its methods alone.
type Session struct {
	Role      string                     `json:"role"`
	House     *File                      `json:"house,omitempty"`
	Known     map[string][]report.Action `json:"known,omitempty"`
	Before    *report.Report             `json:"before"` // the first, whole
	Last      *report.Report             `json:"last"`   // the newest that is whole
	Phase     phase                      `json:"phase"`
	Cause     string                     `json:"cause,omitempty"` // whose way is gone
	Item      string                     `json:"item,omitempty"`
	Visited   []string                   `json:"visited,omitempty"`   // "cause/item"
	Exhausted []string                   `json:"exhausted,omitempty"` // causes whose way is at its end
	Answers   map[string]string          `json:"answers"`
	Facts     []Fact                     `json:"facts,omitempty"`
	Suspects  []Suspect                  `json:"suspects,omitempty"`
	Deeds     []Deed                     `json:"deeds,omitempty"`
	Stale     bool                       `json:"stale,omitempty"` // something was done since Last
	Stopped   bool                       `json:"stopped,omitempty"`
}

// Fact is an answer that was given.
type Fact struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// Deed is something that was to be done, and what came of it.
type Deed struct {
	Cause  string `json:"cause"`
	Who    string `json:"who"`
	Text   string `json:"text"`
	Word   string `json:"word,omitempty"` // as Step.Word
	Result Result `json:"result"`
}

// Result is what came of a deed.
type Result string

// The results of a deed.
const (
	Mended    Result = "mended"     // the checks say that the cause is gone
	NotMended Result = "not-mended" // the cause is still there
	Skipped   Result = "skipped"    // it was not done
	Looked    Result = "looked"     // there was nothing to check
	Unchecked Result = "unchecked"  // it was done, and the checks did not come to an end
)

// Start begins a walk with r, a report of all checks.
func Start(r *report.Report, o Options) (*Session, error) {
	if o.Role == "" {
		o.Role = User
	}
	if rank(o.Role) < 0 {
		return nil, fmt.Errorf("%q is no role: there are user, helpdesk and admin", o.Role)
	}
	if r == nil {
		return nil, errors.New("a guide needs a report to start from")
	}
	s := &Session{Role: o.Role, House: o.House, Known: o.Known, Before: r, Last: r, Answers: map[string]string{}}
	s.advance()
	return s, nil
}

// Step is what comes next. It changes nothing.
func (s *Session) Step() Step {
	w, item := s.current()
	switch s.Phase {
	case phaseRecheck:
		if w == nil {
			return Step{ID: "check", Kind: Check}
		}
		ids := w.recheck
		if item != nil && len(item.Recheck) > 0 {
			ids = item.Recheck
		}
		return Step{ID: w.finding.Code + "/check", Kind: Check, Cause: w.finding.Code, Title: w.title(), Recheck: slices.Clone(ids)}
	case phaseConfirm, phaseFinal:
		return Step{ID: "check", Kind: Check, Cause: s.Cause}
	case phaseItem:
		if item != nil {
			return s.step(w, item)
		}
	}
	return Step{ID: "end", Kind: Done, Ending: s.ending()}
}

func (s *Session) step(w *way, item *Item) Step {
	step := Step{ID: w.finding.Code + "/" + item.ID, Cause: w.finding.Code, Title: w.title(), Why: w.why(), Suspect: w.shows != w.finding.Code, Word: item.Word, Rival: item.rival, Who: item.Who, Command: item.Command}
	if item.Question != "" {
		step.Kind, step.Text, step.Choices = Ask, item.Question, item.choices()
		return step
	}
	step.Kind, step.Text, step.Look, step.Choices = Do, item.Do, item.Look, doChoices
	if item.Look {
		step.Choices = lookChoices
	}
	return step
}

// current is the way that is gone and its item, nil where there is none.
func (s *Session) current() (*way, *Item) {
	for _, w := range s.plan() {
		if w.finding.Code != s.Cause {
			continue
		}
		for i := range w.items {
			if w.items[i].ID == s.Item {
				return w, &w.items[i]
			}
		}
		return w, nil
	}
	return nil, nil
}

// ErrNotNow is the error of an answer to a step that wants another one.
var ErrNotNow = errors.New("the step that comes next wants something else")

// Answer takes the ID of one of the choices of an Ask or a Do.
func (s *Session) Answer(id string) error {
	step := s.Step()
	at := slices.IndexFunc(step.Choices, func(c Choice) bool { return c.ID == id })
	if at < 0 {
		return fmt.Errorf("%w: %q is not among its choices", ErrNotNow, id)
	}
	w, item := s.current()
	s.Visited = append(s.Visited, step.ID)
	deed := Deed{Cause: step.Cause, Who: step.Who, Text: step.Text, Word: step.Word}
	switch {
	case step.Kind == Ask:
		s.Answers[item.answerKey(step.Cause)] = id
		if item.ID != lookAtRemark.ID {
			s.Facts = append(s.Facts, Fact{step.Text, step.Choices[at].Text})
		}
		s.preferRival(w, item.Options[at].Rivals)
	case id == ChoiceDone:
		deed.Result = Unchecked
		s.Deeds = append(s.Deeds, deed)
		s.Phase, s.Stale = phaseRecheck, true
		return nil
	case id == ChoiceNext:
		deed.Result = Looked
		s.Deeds = append(s.Deeds, deed)
	default:
		deed.Result = Skipped
		s.Deeds = append(s.Deeds, deed)
	}
	s.advance()
	return nil
}

// preferRival lets another cause have its turn now, one that was found or one that
// only an answer speaks for; the one at hand comes again when that is through.
func (s *Session) preferRival(w *way, rivals []string) {
	for _, code := range rivals {
		s.suspect(w, code)
	}
	for _, o := range s.plan() {
		if o.finding.Code != w.finding.Code && slices.Contains(rivals, o.finding.Code) && !slices.Contains(s.Exhausted, o.finding.Code) {
			s.Cause = o.finding.Code
			return
		}
	}
}

// Checked takes the report of the checks that a Check wanted.
func (s *Session) Checked(r *report.Report) error {
	if s.Step().Kind != Check || r == nil {
		return ErrNotNow
	}
	shows := s.Cause
	if w, _ := s.current(); w != nil {
		shows = w.shows
	}
	if s.Phase == phaseRecheck {
		if r.Run.Incomplete == "" && !found(r, shows) {
			s.Phase = phaseConfirm
			return nil
		}
		if r.Run.Incomplete == "" {
			s.result(NotMended)
		}
		s.advance()
		return nil
	}
	if s.Phase == phaseConfirm {
		if found(r, shows) {
			s.result(NotMended)
		} else {
			s.result(Mended)
		}
	}
	s.Last, s.Stale = r, false
	s.advance()
	return nil
}

func (s *Session) result(r Result) {
	if n := len(s.Deeds); n > 0 && s.Deeds[n-1].Result == Unchecked {
		s.Deeds[n-1].Result = r
	}
}

func found(r *report.Report, cause string) bool {
	return slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return f.Code == cause })
}

// Stop ends the walk where it is.
func (s *Session) Stop() { s.Phase, s.Stopped = phaseDone, true }

// advance goes on to the next item: of the cause at hand, then of those after it.
// Each item is visited once, so a walk ends.
func (s *Session) advance() {
	plan := s.plan()
	for {
		w := find(plan, s.Cause)
		if w == nil {
			if w = s.untried(plan); w == nil {
				break
			}
			s.Cause = w.finding.Code
		}
		if item := s.next(w); item != nil {
			s.Phase, s.Item = phaseItem, item.ID
			return
		}
		if !slices.Contains(s.Exhausted, s.Cause) {
			s.Exhausted = append(s.Exhausted, s.Cause)
		}
		s.Cause = ""
	}
	s.Item, s.Phase = "", phaseDone
	if s.Stale {
		s.Phase = phaseFinal
	}
}

func find(plan []*way, code string) *way {
	for _, w := range plan {
		if w.finding.Code == code {
			return w
		}
	}
	return nil
}

func (s *Session) untried(plan []*way) *way {
	for _, w := range plan {
		if !slices.Contains(s.Exhausted, w.finding.Code) {
			return w
		}
	}
	return nil
}
