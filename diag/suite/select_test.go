package suite

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"ca-file", "timeout", "proxy", "only"}
	for word, want := range map[string]string{
		"timout": "timeout", "cafile": "ca-file", "proxy.mode": "proxy", "ony": "only",
		"zzzzzzzz": "", "": "", "TimeOut": "timeout",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"same", "same", 0}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
