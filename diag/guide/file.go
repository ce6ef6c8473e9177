package guide

import (
	_ "embed" // the schema
	"fmt"
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
)

// SchemaJSON is the JSON Schema of a guide file; ParseFile checks the same and
// more, and names lines.
//
//go:embed schema.json
var SchemaJSON []byte

// File is the house's own rules: what its helpdesk wants people to be asked and
// told, and whom to turn to. It holds texts alone.
type File struct {
	Version int      `json:"version"`
	Contact *Contact `json:"contact,omitempty"`
	Rules   []Rule   `json:"rules,omitempty"`
}

// Contact is whom to turn to.
type Contact struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
	Mail  string `json:"mail,omitempty"`
	URL   string `json:"url,omitempty"` // https alone
	Hours string `json:"hours,omitempty"`
	Note  string `json:"note,omitempty"`
}

// Rule is what the house says about some causes.
type Rule struct {
	Causes      []string `json:"causes,omitempty"` // codes of findings
	Checks      []string `json:"checks,omitempty"` // ids: any finding that rests on one of them
	Title       string   `json:"title,omitempty"`
	Explanation string   `json:"explanation,omitempty"`
	Who         string   `json:"who,omitempty"`   // goes on when the steps did not help
	Order       int      `json:"order,omitempty"` // lower comes first; 0 is where the product's own causes are
	Place       string   `json:"place,omitempty"` // of Steps among the product's own
	Contact     *Contact `json:"contact,omitempty"`
	Steps       []Entry  `json:"steps,omitempty"`
}

// Where the steps of a rule stand.
const (
	PlaceBefore  = "before" // "" too
	PlaceAfter   = "after"
	PlaceInstead = "instead"
)

// Entry is one step of a rule: Ask with Choices, or Do.
type Entry struct {
	ID      string            `json:"id,omitempty"`
	If      map[string]string `json:"if,omitempty"`
	Ask     string            `json:"ask,omitempty"`
	Choices []EntryChoice     `json:"choices,omitempty"`
	Do      string            `json:"do,omitempty"`
	Who     string            `json:"who,omitempty"` // "" is user
	Command string            `json:"command,omitempty"`
	Look    bool              `json:"look,omitempty"`
	Recheck []string          `json:"recheck,omitempty"`
}

// EntryChoice is an answer to Ask.
type EntryChoice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	To   string `json:"to,omitempty"` // as Option.To
}

// rule is the first one that speaks of f, or nil.
func (f *File) rule(about report.Finding) *Rule {
	if f == nil {
		return nil
	}
	for i := range f.Rules {
		r := &f.Rules[i]
		if slices.Contains(r.Causes, about.Code) || slices.ContainsFunc(about.Checks, func(id string) bool { return slices.Contains(r.Checks, id) }) {
			return r
		}
	}
	return nil
}

// items are the steps as a way has them.
func (r *Rule) items() []Item {
	var out []Item
	for n, e := range r.Steps {
		item := Item{ID: e.ID, If: e.If, Question: e.Ask, Do: e.Do, Who: e.Who, Command: e.Command, Look: e.Look, Recheck: e.Recheck}
		if item.ID == "" {
			item.ID = fmt.Sprintf("house-%d", n+1)
		}
		if item.Do != "" && item.Who == "" {
			item.Who = User
		}
		for _, c := range e.Choices {
			item.Options = append(item.Options, Option{ID: c.ID, Text: c.Text, To: c.To})
		}
		out = append(out, item)
	}
	return out
}
