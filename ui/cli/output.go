package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/redact"
)

// prepare settles the format and makes sure that the report can be written.
func (f *outputFlags) prepare(cmd *cobra.Command) error {
	end := strings.TrimPrefix(strings.ToLower(filepath.Ext(f.output)), ".")
	named, err := report.FormatNamed(end)
	switch {
	case err == nil && (named.Binary || !cmd.Flags().Changed("format")): // a .zip that is none would be refused by all who open it
		f.format = named.Name
	case f.output == "":
		if format, err := report.FormatNamed(f.format); err == nil && format.Binary {
			return usagef("--format %s needs a file", f.format).hint("--output report.%s", f.format)
		}
	}
	return checkOutput(f.output)
}

// write puts the report where --output says, in the form that --format says and
// without what --redact hides. The secrets of this run are hidden at every level.
func (f *outputFlags) write(s Streams, r *report.Report, secrets ...string) error {
	format, err := report.FormatNamed(f.format)
	if err != nil {
		return err
	}
	if r, err = f.redacted(r, secrets...); err != nil {
		return err
	}
	if f.output != "" {
		return writeFile(f.output, func(w io.Writer) error {
			return format.Write(w, r, report.View{Verbose: f.verbose})
		})
	}
	return format.Write(s.Out, r, f.view(s))
}

// redacted is the report without what --redact hides.
func (f *outputFlags) redacted(r *report.Report, secrets ...string) (*report.Report, error) {
	level, err := redact.ParseLevel(f.redact)
	if err != nil {
		return nil, err
	}
	return redact.Apply(r, level, secrets...)
}

// view is how text is shown on standard output.
func (f *outputFlags) view(s Streams) report.View {
	return report.View{Color: bool(newPainter(s.OutTerminal, f.noColor)), Verbose: f.verbose, Width: columns(s)}
}

// maxColumns keeps lines short enough to read on a very wide screen.
const maxColumns = 120

// columns is the width to write the report in, 0 where it is not a terminal.
func columns(s Streams) int {
	if !s.OutTerminal || s.Width == nil {
		return 0
	}
	return min(s.Width(), maxColumns)
}

// checkOutput refuses a --output that cannot be written, before a run that may
// take a minute, not after it.
func checkOutput(file string) error {
	if file == "" {
		return nil
	}
	dir := filepath.Dir(file)
	switch info, err := os.Stat(dir); {
	case err != nil:
		return usagef("--output %s: the folder %s does not exist", file, dir).
			hint("create it, or name a file in one that exists")
	case !info.IsDir():
		return usagef("--output %s: %s is not a folder", file, dir)
	}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return usagef("--output %s is a folder", file).hint("name a file in it, such as %s", filepath.Join(file, "report.json"))
	}
	return nil
}

// writeFile lets write fill a file that appears under its name only when it is
// complete, readable by its owner alone: a report tells a lot about a network.
func writeFile(file string, write func(io.Writer) error) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(file), ".mapiscope-*")
	if err != nil {
		return usagef("--output %s: %v", file, reason(err)).hint("name a file in a folder that you may write to")
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	err = write(temp)
	if closing := temp.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return usagef("--output %s: %v", file, reason(err))
	}
	return nil
}
