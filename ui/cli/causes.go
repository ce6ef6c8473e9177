package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

const causesLong = `Lists the causes that a diagnosis can name, or explains one: what has to be seen
for it, what rules it out, which other cause leaves the same signs and how to tell,
and who does what about it.

Words in capitals stand for what a diagnosis fills in. Nothing is asked or sent.`

// causesSchema names the form of --format json.
const causesSchema = "mapiscope.causes/v1"

func newCauses(s Streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "causes [CODE]",
		Short: "list the causes that a diagnosis can name, or explain one",
		Long:  causesLong,
		Example: `  mapiscope causes
  mapiscope causes extended-protection
  mapiscope causes --format json`,
		Args:              atMost(1, "one code"),
		ValidArgsFunction: completeCauses,
		RunE: func(_ *cobra.Command, args []string) error {
			list := causes.Describe()
			if len(args) > 0 {
				one, err := describedCause(list, args[0])
				if err != nil {
					return err
				}
				list = []causes.Description{one}
			}
			switch {
			case format == "json":
				enc := json.NewEncoder(s.Out)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(map[string]any{"schema": causesSchema, "causes": list})
			case len(args) > 0:
				return explainCause(s.Out, list[0], columns(s))
			}
			return listCauses(s.Out, list)
		},
	}
	choice(cmd, &format, "format", "form of the list", "text", "json")
	return cmd
}

func describedCause(list []causes.Description, code string) (causes.Description, error) {
	var names []string
	for _, d := range list {
		if d.Code == code {
			return d, nil
		}
		names = append(names, d.Code)
	}
	e := usagef("no cause has the code %q", code)
	if meant := suite.Nearest(code, names); meant != "" {
		e.hint("did you mean %q?", meant)
	}
	return causes.Description{}, e.hint("\"mapiscope causes\" lists them all")
}

func listCauses(w io.Writer, list []causes.Description) error {
	var b strings.Builder
	family := ""
	for _, d := range list {
		if d.Family != family {
			if family != "" {
				b.WriteByte('\n')
			}
			family = d.Family
			fmt.Fprintln(&b, family)
		}
		fmt.Fprintf(&b, "  %-27s %-4s  %s\n", d.Code, d.Severity, d.Title)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// explainCause writes all that is known of one cause.
func explainCause(w io.Writer, d causes.Description, width int) error {
	var b strings.Builder
	b.WriteString(report.Wrapped(d.Title, width, 0))
	fmt.Fprintf(&b, "%s · %s", d.Code, d.Severity)
	if d.Confidence != "" {
		fmt.Fprintf(&b, " · at best %s", d.Confidence)
	}
	b.WriteString("\n\n" + report.Wrapped(d.Explanation, width, 0))
	part := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		b.WriteString("\n" + title + "\n")
		for _, l := range lines {
			b.WriteString(report.Wrapped(l, width, 2))
		}
	}
	part("Needs one of", signLines(d.Needs.Any))
	part("Needs all of", signLines(d.Needs.All))
	if d.Needs.Also != "" {
		part("Needs also", []string{d.Needs.Also})
	}
	part("Ruled out by", signLines(d.RuledOutBy))
	if d.StandsBack {
		part("Stands back", []string{"behind any cause that explains the same checks: it names a symptom"})
	}
	for _, o := range d.Or {
		part("May also be "+o.Code, []string{o.Title, "To tell, " + stepLine(o.Decide)})
		b.WriteString(commandLine(o.Decide))
	}
	b.WriteString("\nWhat to do\n")
	for _, a := range d.Actions {
		b.WriteString(report.Wrapped(stepLine(a), width, 2) + commandLine(a))
	}
	if d.Source != "" {
		part("Source", []string{d.Source})
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func signLines(signs []causes.Sign) []string {
	var out []string
	for _, s := range signs {
		out = append(out, s.Means+" ("+s.Signal+")")
	}
	return out
}

func stepLine(a report.Action) string { return a.Who + ": " + a.Text }

// commandLine is a command on a line of its own, never wrapped, so that it can be
// copied.
func commandLine(a report.Action) string {
	if a.Command == "" {
		return ""
	}
	return "      " + a.Command + "\n"
}

func completeCauses(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if len(args) == 0 {
		for _, d := range causes.Describe() {
			out = append(out, cobra.CompletionWithDesc(d.Code, d.Title))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
