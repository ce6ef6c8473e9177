package guide

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
)

// way is how one cause is gone through: its items in order, for one role.
type way struct {
	finding report.Finding
	shows   string // code of the finding by which the checks tell whether it is gone
	items   []Item
	recheck []string
	notes   []string // what helps meanwhile
	house   *Rule    // what the guide file says of it, or nil
	order   int
}

func (w *way) title() string {
	if w.house != nil && w.house.Title != "" {
		return w.house.Title
	}
	return w.finding.Title
}

func (w *way) why() string {
	if w.house != nil && w.house.Explanation != "" {
		return w.house.Explanation
	}
	return w.finding.Explanation
}

// plan are the ways for what a report found: the causes of failures as they are
// ranked, or as the guide file orders them; where nothing fails, the warnings.
func (s *Session) plan() []*way {
	wanted := report.SeverityWarn
	if s.Last.Verdict.Status == report.Fail {
		wanted = report.SeverityFail
	}
	var out []*way
	for _, f := range s.Last.Findings {
		if f.Severity == wanted {
			out = append(out, s.wayOf(f))
		}
	}
	out = append(s.suspects(out), out...) // what an answer speaks for comes first
	slices.SortStableFunc(out, func(a, b *way) int { return a.order - b.order })
	return out
}

func (s *Session) wayOf(f report.Finding) *way {
	w := &way{finding: f, shows: f.Code, recheck: concerned(f, s.Last.Checks)}
	if f.Severity != report.SeverityFail && Opened(s.Last) {
		w.items = append(w.items, lookAtRemark.named())
	}
	w.house = s.House.rule(f)
	own := s.builtIn(w, f)
	switch {
	case w.house == nil:
		w.items = append(w.items, own...)
	case w.house.Place == PlaceInstead:
		w.items = append(w.items, w.house.items()...)
	case w.house.Place == PlaceAfter:
		w.items = append(append(w.items, own...), w.house.items()...)
	default:
		w.items = append(append(w.items, w.house.items()...), own...)
	}
	if w.house != nil {
		w.order = w.house.Order
	}
	return w
}

// builtIn are the questions of the table and the actions of the rule base.
func (s *Session) builtIn(w *way, f report.Finding) []Item {
	rivals, instead := decisions(f)
	items := slices.Concat(slices.DeleteFunc(itemsFor(f.Code, questions), instead), rivals, itemsFor(f.Code, extras))
	for i, a := range f.Actions {
		if begins(a.Text, superseded[f.Code]) {
			continue
		}
		c := classify(a)
		switch {
		case c == notes:
			if a.Who == User {
				w.notes = append(w.notes, a.Text)
			}
			continue
		case c == asks && s.Role != User:
			continue
		}
		item := Item{ID: fmt.Sprintf("action-%d", i+1), Do: a.Text, Who: a.Who, Command: a.Command, Look: c == looks}
		if item.Look && instead(item) && rank(a.Who) <= rank(s.Role) {
			continue // what decides between this cause and a rival looks at the same
		}
		items = append(items, item)
	}
	return items
}

// concerned are the checks that tell whether a cause is gone: those that saw it,
// and those that failed of it. What was skipped behind them comes with the full run.
func concerned(f report.Finding, checks []report.Check) []string {
	ids := slices.Clone(f.Checks)
	for _, c := range checks {
		if (c.Status == report.Fail || c.Status == report.Warn) && slices.Contains(f.Explains, c.ID) && !slices.Contains(ids, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// next is the first item of a way that has not been visited and whose turn it is,
// for this role and after what was answered; nil when there is none.
func (s *Session) next(w *way) *Item {
	for i := range w.items {
		item := &w.items[i]
		if !slices.Contains(s.Visited, w.finding.Code+"/"+item.ID) && s.mayTake(w, item) {
			return item
		}
	}
	return nil
}

func (s *Session) mayTake(w *way, item *Item) bool {
	least := s.least(w)
	if least == Nobody {
		return false
	}
	if item.Question != "" {
		_, answered := s.Answers[item.answerKey(w.finding.Code)]
		return !answered && rank(item.Who) <= rank(s.Role) && s.holds(item)
	}
	return rank(item.Who) <= rank(s.Role) && rank(item.Who) >= rank(least) && s.holds(item) && !s.needless(w, item)
}

func (s *Session) holds(item *Item) bool {
	for question, want := range item.If {
		if got, ok := s.Answers[question]; !ok || got != want {
			return false
		}
	}
	return true
}

// least is the least role whose steps make sense for this way, after the answers
// that were given to its questions.
func (s *Session) least(w *way) string {
	least := User
	for o := range s.given(w) {
		if o.To == Nobody {
			return Nobody
		}
		if rank(o.To) > rank(least) {
			least = o.To
		}
	}
	return least
}

func (s *Session) needless(w *way, item *Item) bool {
	for o := range s.given(w) {
		if item.Command != "" && begins(item.Command, o.Without) {
			return true
		}
	}
	return false
}

// given are the options that were chosen at the questions of a way. A question
// about going on at all counts for its own cause alone.
func (s *Session) given(w *way) func(yield func(Option) bool) {
	return func(yield func(Option) bool) {
		for _, item := range w.items {
			id, ok := s.Answers[item.answerKey(w.finding.Code)]
			if !ok {
				continue
			}
			for _, o := range item.Options {
				if o.ID == id && !yield(o) {
					return
				}
			}
		}
	}
}

// answerKey is under which an answer is kept.
func (i *Item) answerKey(code string) string {
	if i.ID == lookAtRemark.ID {
		return i.ID + "." + code
	}
	return i.ID
}

// choices are the options with keys: the first letter that is free, else a digit.
func (i *Item) choices() []Choice {
	var out []Choice
	used := "q"
	for n, o := range i.Options {
		key := fmt.Sprint(n + 1)
		for _, r := range strings.ToLower(o.Text) {
			if r >= 'a' && r <= 'z' && !strings.ContainsRune(used, r) {
				key = string(r)
				break
			}
		}
		used += key
		c := Choice{ID: o.ID, Key: key, Text: o.Text, Word: o.Word}
		if i.Word != "" {
			c.Word = i.Word + "." + o.ID
		}
		out = append(out, c)
	}
	return out
}
