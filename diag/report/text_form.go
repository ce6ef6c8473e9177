package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes text safe for a terminal: control characters, which could move the
// cursor or hide what follows, and those that turn the direction of writing
// become a visible mark; line breaks become blanks.
func clean(s string) string {
	return strings.Map(cleanRune, s)
}

func cleanRune(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return ' '
	case r == utf8.RuneError, unicode.IsControl(r), unicode.In(r, unicode.Bidi_Control):
		return '\uFFFD'
	}
	return r
}

// width is the number of columns of s, as far as runes tell.
func width(s string) int { return utf8.RuneCountInString(s) }

// wrap breaks s at blanks into lines of at most n columns. A word that is longer
// stays whole: a URL that is cut in two cannot be clicked.
func wrap(s string, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case width(line)+1+width(word) > n:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// spell is a duration for people.
func spell(m Milliseconds) string {
	switch {
	case m < 10:
		return fmt.Sprintf("%.1f ms", float64(m))
	case m < 1000:
		return fmt.Sprintf("%.0f ms", float64(m))
	}
	return fmt.Sprintf("%.1f s", float64(m)/1000)
}

// Wrapped is text for a terminal of that width (80 when it is not known), every
// line indented and ended; nothing in it can move the cursor.
func Wrapped(s string, width, indent int) string {
	if width <= 0 {
		width = 80
	}
	pad := strings.Repeat(" ", indent)
	return pad + strings.Join(wrap(clean(s), width-indent), "\n"+pad) + "\n"
}
