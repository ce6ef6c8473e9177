package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// View says how a report is to be shown. The zero value is plain text for a
// terminal of 80 columns.
type View struct {
	Color   bool // ANSI colours
	Verbose bool // with the evidence of each check, and every exchange
	Width   int  // columns; 0 is 80
}

// Format is one way of writing a report. A new one is one row in formats.
type Format struct {
	Name  string // as --format has it
	Write func(w io.Writer, r *Report, v View) error
}

var formats = []Format{
	{"text", WriteText},
	{"json", func(w io.Writer, r *Report, _ View) error { return WriteJSON(w, r) }},
}

// FormatNames lists what FormatNamed knows.
func FormatNames() []string {
	var out []string
	for _, f := range formats {
		out = append(out, f.Name)
	}
	return out
}

// FormatNamed finds a format.
func FormatNamed(name string) (Format, error) {
	if i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == name }); i >= 0 {
		return formats[i], nil
	}
	return Format{}, fmt.Errorf("no report format is named %q; there is %s", name, strings.Join(FormatNames(), ", "))
}
