package report

// What other writers of text for a terminal share with the report's.

// Clean makes text of unknown origin safe to print: one line, no control
// characters, nothing that turns the direction of writing.
func Clean(s string) string { return clean(s) }

// Wrap breaks s at blanks into lines of at most n columns.
func Wrap(s string, n int) []string { return wrap(s, n) }

// Spell is a duration for people.
func Spell(m Milliseconds) string { return spell(m) }
