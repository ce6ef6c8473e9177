package cli

import (
	"bufio"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/redact"
)

const redactLong = `Replaces who and where in a saved report by stand-ins: addresses and hosts by
names under .example, network addresses by 192.0.2.x and 2001:db8::, ids by
numbered ones. The same value always becomes the same stand-in, so the report
can still be followed.

Without --output it shows what would change and writes nothing.`

func newReportRedact(s Streams) *cobra.Command {
	out := outputFlags{redact: string(redact.Strict)}
	cmd := &cobra.Command{
		Use:   "redact FILE",
		Short: "make a saved report fit to hand on, and see what that changes",
		Long:  redactLong,
		Example: `  mapiscope report redact report.zip
  mapiscope report redact report.zip --output shareable.zip`,
		Args: atMost(1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("no file given").hint("mapiscope report redact report.zip")
			}
			if out.output != "" {
				if err := out.prepare(cmd); err != nil {
					return err
				}
			}
			r, err := readReport(args[0])
			if err != nil {
				return err
			}
			hidden, changes, err := redact.Preview(r)
			if err != nil {
				return err
			}
			if out.output == "" {
				return showChanges(s.Out, changes)
			}
			if err := out.write(s, hidden); err != nil {
				return err
			}
			fmt.Fprintf(s.Err, "%s: %d values have stand-ins; \"mapiscope report redact %s\" shows them\n", out.output, len(changes), args[0])
			return nil
		},
	}
	choice(cmd, &out.format, "format", "form of what is written", report.FormatNames()...)
	cmd.Flags().StringVar(&out.output, "output", "", "write the redacted report to `FILE`; .json, .html and .zip choose the form")
	return cmd
}

// showChanges lists names with their stand-ins; of the ids, and of the texts that
// hold such names, it shows how many there are.
func showChanges(w io.Writer, changes []redact.Change) error {
	out := bufio.NewWriter(w)
	texts, ids := 0, 0
	for _, c := range changes {
		switch c.Class {
		case redact.Text:
			texts++
			continue
		case redact.ID:
			ids++
			continue
		}
		fmt.Fprintf(out, "%-15s %s\n%17s %s\n", c.Class, report.Clean(c.From), "->", report.Clean(c.To))
	}
	if len(changes) == 0 {
		fmt.Fprintln(out, "Nothing would change.")
	}
	if ids > 0 {
		fmt.Fprintf(out, "%-15s %d GUIDs, request ids and fingerprints\n", "id", ids)
	}
	if texts > 0 {
		fmt.Fprintf(out, "%-15s %d sentences and values in which such names stand\n", "text", texts)
	}
	return out.Flush()
}

func newReportDiff(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "what changed between two saved reports",
		Example: `  mapiscope report diff before.json after.json
  mapiscope report diff monday.zip tuesday.zip`,
		Args: atMost(2, "two files"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef("two files are needed, the older one first").hint("mapiscope report diff before.json after.json")
			}
			before, err := readReport(args[0])
			if err != nil {
				return err
			}
			after, err := readReport(args[1])
			if err != nil {
				return err
			}
			return report.WriteDiff(s.Out, before, after)
		},
	}
}
