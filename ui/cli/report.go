package cli

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag/report"
)

// newReport is the group of commands that work on a saved report.
func newReport(s Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "work with a saved report",
		Example: `  mapiscope report show report.zip
  mapiscope report redact report.zip --output shareable.zip
  mapiscope report diff before.json after.json`,
		Args: refuseWords,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newReportShow(s), newReportRedact(s), newReportDiff(s))
	return cmd
}

func newReportShow(s Streams) *cobra.Command {
	var out outputFlags
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "read a saved report again, in any format",
		Example: `  mapiscope report show report.json
  mapiscope report show report.zip --verbose
  mapiscope report show report.json --format summary
  mapiscope report show report.zip --output report.html`,
		Args: atMost(1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("no file given").hint("mapiscope report show report.json")
			}
			if err := out.prepare(cmd); err != nil {
				return err
			}
			r, err := readReport(args[0])
			if err != nil {
				return err
			}
			return out.write(s, r)
		},
	}
	out.register(cmd)
	return cmd
}

// readReport reads a report, or a zip that holds one.
func readReport(name string) (*report.Report, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, usagef("cannot read %s: %v", name, reason(err))
	}
	defer file.Close()
	r, err := report.Read(file)
	if errors.Is(err, report.ErrNotAReport) {
		return nil, usagef("%s is %v", name, err).
			hint("make one with: mapiscope check ADDRESS --output report.json")
	}
	if err != nil {
		return nil, usagef("cannot read %s: %v", name, reason(err))
	}
	return r, nil
}
