package monitor

import (
	"slices"
	"testing"

	"github.com/mapiscope/mapiscope/diag/checks"
)

// What a change of the network sets off signs in nowhere and opens no session: the
// checks of these groups stand on none that does.
func TestNetworkGroupsNeedNoSession(t *testing.T) {
	group, after := map[string]string{}, map[string][]string{}
	for _, c := range checks.All() {
		group[c.ID], after[c.ID] = c.Group, slices.Concat(c.After, c.Beside)
	}
	var walk func(id, from string)
	walk = func(id, from string) {
		if slices.Contains(sessionChecks, group[id]) || slices.Contains(sessionChecks, id) {
			t.Errorf("%s stands on %s", from, id)
		}
		for _, other := range after[id] {
			walk(other, from)
		}
	}
	found := 0
	for id := range group {
		if slices.Contains(networkGroups, group[id]) {
			found++
			walk(id, id)
		}
	}
	if found < len(networkGroups) {
		t.Errorf("%d checks in %v", found, networkGroups)
	}
}
