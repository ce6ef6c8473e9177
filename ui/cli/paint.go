package cli

import (
	"os"
	"strings"
	"unicode"

	"github.com/mapiscope/mapiscope/diag/report"
)

// painter colours words, or leaves them as they are. The word itself always
// says the outcome: colour only helps.
type painter bool

// newPainter obeys --no-color and NO_COLOR (no-color.org: any value but the
// empty one), and paints on terminals only.
func newPainter(terminal, noColor bool) painter {
	return painter(terminal && !noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb")
}

var statusColor = map[report.Status]string{
	report.Pass: "\x1b[32m", // green
	report.Warn: "\x1b[33m", // yellow
	report.Fail: "\x1b[31m", // red
	report.Skip: "\x1b[2m",  // dim
}

// status is the outcome of a check as a word of four letters.
func (p painter) status(s report.Status) string {
	word := string(s)
	if s == report.Unknown {
		word = "????"
	}
	if color := statusColor[s]; bool(p) && color != "" {
		return color + word + "\x1b[0m"
	}
	return word
}

// in is words in the colour of a status.
func (p painter) in(s report.Status, words string) string {
	if color := statusColor[s]; bool(p) && color != "" {
		return color + words + "\x1b[0m"
	}
	return words
}

// bold makes words stand out.
func (p painter) bold(words string) string {
	if p {
		return "\x1b[1m" + words + "\x1b[0m"
	}
	return words
}

// printable makes one harmless line of text that came from the network: nothing
// in it may move the cursor, set a colour or turn the direction of writing.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Bidi_Control):
			return '\uFFFD'
		}
		return r
	}, s)
}
