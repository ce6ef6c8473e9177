package suite

import (
	"fmt"
	"slices"
	"strings"
)

// Selection narrows a run down. Names are check ids or groups.
type Selection struct {
	Only []string // empty: all; dependencies come along
	Skip []string
}

// UnknownCheckError says that a selection names something that does not exist.
type UnknownCheckError struct {
	Name    string
	Nearest string // the known id or group that looks most like it, "" when none does
}

func (e *UnknownCheckError) Error() string {
	if e.Nearest == "" {
		return fmt.Sprintf("no check or group is named %q", e.Name)
	}
	return fmt.Sprintf("no check or group is named %q; did you mean %q?", e.Name, e.Nearest)
}

// Validate reports the first name that is neither a check nor a group.
func (s Selection) Validate(all []Check) error {
	for _, name := range slices.Concat(s.Only, s.Skip) {
		if !slices.ContainsFunc(all, func(c Check) bool { return c.is(name) }) && !slices.Contains(Groups, name) {
			return &UnknownCheckError{Name: name, Nearest: Nearest(name, names(all))}
		}
	}
	return nil
}

// excluded says for every check that is not to be run why it is not.
func (s Selection) excluded(all []Check) map[string]string {
	out := map[string]string{}
	for _, c := range all {
		if slices.ContainsFunc(s.Skip, c.is) {
			out[c.ID] = "left out by --skip"
		}
	}
	if len(s.Only) == 0 {
		return out
	}
	wanted := map[string]bool{}
	for _, c := range all {
		if slices.ContainsFunc(s.Only, c.is) {
			want(c.ID, all, wanted)
		}
	}
	for _, c := range all {
		if !wanted[c.ID] && out[c.ID] == "" {
			out[c.ID] = "not among --only"
		}
	}
	return out
}

// want marks id and, through its dependencies, all that it rests on.
func want(id string, all []Check, wanted map[string]bool) {
	if wanted[id] {
		return
	}
	wanted[id] = true
	for _, c := range all {
		if c.ID == id {
			for _, dep := range slices.Concat(c.After, c.Beside, c.Behind) {
				want(dep, all, wanted)
			}
		}
	}
}

func (c Check) is(name string) bool { return c.ID == name || c.Group == name }

func names(all []Check) []string {
	out := slices.Clone(Groups)
	for _, c := range all {
		out = append(out, c.ID)
	}
	return out
}

// Nearest finds the known name with the smallest edit distance, in any case of
// letters, if it is small enough
// to be a slip of the keyboard; else "".
func Nearest(name string, known []string) string {
	best, at := "", len(name)/2+2
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < at {
			best, at = k, d
		}
	}
	return best
}

// distance is Levenshtein's, by bytes: ids are ASCII.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
