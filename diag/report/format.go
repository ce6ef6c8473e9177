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
	Name   string // as --format has it
	Type   string // media type
	Write  func(w io.Writer, r *Report, v View) error
	Binary bool // not for a terminal
}

var formats = []Format{
	{Name: "text", Type: "text/plain; charset=utf-8", Write: WriteText},
	{Name: "json", Type: "application/json", Write: plainly(WriteJSON)},
	{Name: "html", Type: "text/html; charset=utf-8", Write: plainly(WriteHTML)},
	{Name: "summary", Type: "text/plain; charset=utf-8", Write: plainly(WriteSummary)},
	{Name: "zip", Type: "application/zip", Write: plainly(WriteZip), Binary: true},
}

// plainly is a form that looks the same in every view.
func plainly(write func(io.Writer, *Report) error) func(io.Writer, *Report, View) error {
	return func(w io.Writer, r *Report, _ View) error { return write(w, r) }
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
