package checks

import (
	"strings"

	"github.com/mapiscope/mapiscope/transport/auth"
)

// schemes are the names of what a server offers, each once, as spelled there.
func schemes(offered []auth.Challenge) []string {
	var out []string
	seen := map[string]bool{}
	for _, c := range offered {
		if key := strings.ToLower(c.Scheme); !seen[key] {
			seen[key] = true
			out = append(out, c.Scheme)
		}
	}
	return out
}
