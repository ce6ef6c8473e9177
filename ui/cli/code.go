package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/report"
)

const codeLong = `Decodes the short code that a report and its summary show: the verdict, its
cause and a mark of the computer. Case, blanks and hyphens do not matter; an O
is read as a zero, an I or L as a one. A code that was misread is refused.

The code holds no name. With --machine it is told whether it comes from that
computer; one of 500,000 others would fit too.`

func newCode(s Streams) *cobra.Command {
	var machine string
	cmd := &cobra.Command{
		Use:   "code XXXXXXXX",
		Short: "decode the short code of a report",
		Long:  codeLong,
		Example: `  mapiscope code XSPR-9C91
  mapiscope code xspr9c91 --machine laptop-17`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("no code given").hint("it stands under the verdict of a report, such as XSPR-9C91")
			}
			word := strings.Join(args, " ")
			code, err := report.ParseCode(word)
			if err != nil {
				return usagef("%q is %v", word, err).hint("have it read out again, one character at a time")
			}
			_, err = fmt.Fprint(s.Out, explainCode(code, machine))
			return err
		},
	}
	cmd.Flags().StringVar(&machine, "machine", "", "tell whether the code comes from the computer of this `NAME`")
	return cmd
}

func explainCode(c report.Code, machine string) string {
	var b strings.Builder
	row := func(name, value string) { fmt.Fprintf(&b, "%-8s %s\n", name, value) }
	verdicts := map[report.Status]string{report.Pass: "working", report.Warn: "working, with a warning", report.Fail: "not working"}
	row("verdict", cmp.Or(verdicts[c.Status], "not known"))
	row("cause", causeOf(c))
	switch {
	case c.Machine == 0:
		row("machine", "not in the code")
	case machine == "":
		row("machine", fmt.Sprintf("mark %05x; --machine NAME tells whether it is that one", c.Machine))
	case report.MachineMark(machine) == c.Machine:
		row("machine", machine)
	default:
		row("machine", "another than "+machine)
	}
	return b.String()
}

// causeOf names the cause of a code. Two that have the same mark are both named.
func causeOf(c report.Code) string {
	if c.Cause == 0 {
		return "none"
	}
	var fit []string
	names := []string{causes.NoKnownCause, report.ProgramFault}
	for _, rule := range causes.Rules() {
		names = append(names, rule.Code)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if report.CauseMark(name) == c.Cause {
			fit = append(fit, name)
		}
	}
	if len(fit) == 0 {
		return fmt.Sprintf("mark %04x, which this version does not know", c.Cause)
	}
	return strings.Join(fit, " or ")
}
