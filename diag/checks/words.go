package checks

import (
	"strings"

	"github.com/mapiscope/mapiscope/transport/auth"
)

// maxNamed is how many names a sentence lists before it says how many more.
const maxNamed = 4

// names lists host names for a sentence.
func names(all []string) string {
	switch {
	case len(all) == 0:
		return "no name at all"
	case len(all) > maxNamed:
		return strings.Join(all[:maxNamed], ", ") + " and " + count(len(all)-maxNamed, "other", "others")
	}
	return strings.Join(all, ", ")
}

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
