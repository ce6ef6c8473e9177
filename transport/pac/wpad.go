package pac

import (
	"slices"
	"strings"
)

// maxSuffixes bounds how many domains are asked for a host wpad.
const maxSuffixes = 4

// SearchURLs are where a script is searched for by DNS (WPAD) in a computer's
// domains. It is asked for in the domain itself and never above: above may lie a
// domain of somebody else, and whoever has "wpad" there would rule the computer.
// The other way of WPAD, DHCP option 252, is the system's own.
func SearchURLs(domains []string) []string {
	var out []string
	for _, d := range domains {
		d = strings.ToLower(strings.Trim(strings.TrimSpace(d), "."))
		url := "http://wpad." + d + "/wpad.dat"
		if d == "" || !strings.Contains(d, ".") || strings.ContainsAny(d, "/:@?# ") || slices.Contains(out, url) || len(out) == maxSuffixes {
			continue
		}
		out = append(out, url)
	}
	return out
}
