package redact

import (
	"cmp"
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Change is one value that strict redaction replaces, and how often it stands
// there.
type Change struct {
	Class    Class
	From, To string
	Times    int
}

// Preview gives the report as Apply does at Strict, and what that changed, for
// somebody who wants to see it before the report is handed on: names first,
// then the texts that name them.
func Preview(r *report.Report) (*report.Report, []Change, error) {
	out, err := Apply(r, Normal)
	if err != nil {
		return nil, nil, err
	}
	at := map[[2]string]int{}
	var changes []Change
	anonymise(out, func(c Class, from, to string) {
		key := [2]string{from, to}
		if i, ok := at[key]; ok {
			changes[i].Times++
			return
		}
		at[key] = len(changes)
		changes = append(changes, Change{c, from, to, 1})
	})
	out.Run.Redaction = string(Strict)
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(order(a.Class), order(b.Class)), cmp.Compare(a.From, b.From))
	})
	return out, changes, nil
}

// order puts what has a name before the texts that name it.
func order(c Class) int {
	if i := slices.Index([]Class{Address, User, Person, Host, IP, URL, ID}, c); i >= 0 {
		return i
	}
	return int(ID) + 1
}

// String is the class for people.
func (c Class) String() string {
	return map[Class]string{Keep: "kept", Text: "text", Address: "address", User: "user", Person: "name", Host: "host", IP: "network address", URL: "URL", ID: "id"}[c]
}
