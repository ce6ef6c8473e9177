package suite

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var idForm = regexp.MustCompile(`^[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*$`)

// Sound reports the first mistake in a list of checks: a bad or double id, a
// dependency that does not exist, or a circle, in which a run would wait forever.
func Sound(all []Check) error {
	seen := map[string]Check{}
	for _, c := range all {
		switch _, double := seen[c.ID]; {
		case !idForm.MatchString(c.ID) || !strings.HasPrefix(c.ID, c.Group+"."):
			return fmt.Errorf("check %q: the id must be its group, a dot and a name in kebab case", c.ID)
		case !slices.Contains(Groups, c.Group):
			return fmt.Errorf("check %s: no group is named %q", c.ID, c.Group)
		case double:
			return fmt.Errorf("check %s is listed twice", c.ID)
		case c.Run == nil || c.Title == "" || c.Affects == "":
			return fmt.Errorf("check %s lacks a title, a function or who it affects", c.ID)
		}
		seen[c.ID] = c
	}
	state := map[string]int{} // 1 on the way down, 2 done
	for _, c := range all {
		if err := descend(c.ID, seen, state); err != nil {
			return err
		}
	}
	return nil
}

func descend(id string, all map[string]Check, state map[string]int) error {
	c, ok := all[id]
	switch {
	case !ok:
		return fmt.Errorf("a check depends on %q, which is not in the list", id)
	case state[id] == 2:
		return nil
	case state[id] == 1:
		return fmt.Errorf("check %s depends on itself", id)
	}
	state[id] = 1
	for _, dep := range slices.Concat(c.After, c.Beside, c.Behind) {
		if err := descend(dep, all, state); err != nil {
			return err
		}
	}
	state[id] = 2
	return nil
}
