package cli

import (
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/guide"
)

const guideLong = `Takes you through what is wrong, one step at a time: a question, or one thing to
do, which is then checked again, until the mailbox works or it is clear who has
to go on. It ends with what changed between the first check and the last.

A user is told what a user can do, and gets a summary to hand on; --role helpdesk
and --role admin see their own steps with the exact commands. Commands are shown
and never run. Answer with one key on a terminal, or with one line each from a
pipe; q stops.

A helpdesk can add its own questions, steps and contacts with --guide-file: YAML,
described in docs/guide.md, which --check-file looks at without starting anything.

Exit code: 0 no check fails in the end, 1 one does, 2 wrong usage or guide file,
130 interrupted.`

const guideExample = `  mapiscope guide alice@contoso.com
  mapiscope guide alice@contoso.com --role admin --output alice.zip
  mapiscope guide alice@contoso.com --report monday.json
  mapiscope guide --check-file house.yaml
  mapiscope demo bad-credentials --guide`

// guideFlags are the flags of a guided run.
type guideFlags struct {
	role, file    string
	timeout, hold time.Duration
	outputFlags
}

func (f *guideFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	choice(cmd, &f.role, "role", "whose steps to show: user, helpdesk or admin", guide.Roles...)
	fs.StringVar(&f.file, "guide-file", "", "the house's own questions, steps and contacts (`FILE`, YAML)")
}

func newGuide(s Streams) *cobra.Command {
	var f guideFlags
	var account accountFlags
	var old, checkFile string
	cmd := &cobra.Command{
		Use:     "guide ADDRESS",
		Short:   "find and mend what is wrong, one step at a time",
		Long:    guideLong,
		Example: guideExample,
		Args:    atMost(1, "one e-mail address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if checkFile != "" {
				return checkGuideFile(s.Out, checkFile)
			}
			g, args, err := f.begin(s, old, args)
			if err != nil {
				return err
			}
			run := runFlags{timeout: f.timeout, hold: f.hold, outputFlags: f.outputFlags}
			g.o, err = account.ready(cmd, s, args, run.prepare)
			if err != nil {
				return err
			}
			g.out, g.asksPassword = run.outputFlags, s.InTerminal && s.ErrTerminal && g.o.Auth != "none"
			return g.run(cmd.Context())
		},
	}
	f.register(cmd)
	fs := cmd.Flags()
	fs.DurationVar(&f.timeout, "timeout", defaultTimeout, "end one run of the checks after this time")
	fs.DurationVar(&f.hold, "hold", 0, "watch a connection at rest for this time in each full run (needs a --timeout that is longer)")
	f.outputFlags.register(cmd)
	account.register(cmd)
	fs.StringVar(&old, "report", "", "start from a saved report (`FILE`) instead of a first run")
	fs.StringVar(&checkFile, "check-file", "", "look at a guide file (`FILE`), and start nothing")
	return cmd
}

// begin reads what the flags name. The address may come from the report.
func (f *guideFlags) begin(s Streams, old string, args []string) (*guided, []string, error) {
	g := &guided{s: s, role: f.role, paint: newPainter(s.OutTerminal, f.noColor), keys: newKeys(s), timeout: f.timeout, hold: f.hold}
	var err error
	if f.file != "" {
		if g.house, err = readGuideFile(f.file); err != nil {
			return nil, nil, err
		}
	}
	if old == "" {
		return g, args, nil
	}
	if g.first, err = readReport(old); err != nil {
		return nil, nil, err
	}
	address := g.first.Account.Address
	switch {
	case len(args) == 0:
		args = []string{address}
	case !strings.EqualFold(args[0], address):
		return nil, nil, usagef("%s is about %s, not %s", old, address, args[0]).hint("leave the address out, or name a report of this mailbox")
	}
	return g, args, nil
}

func readGuideFile(name string) (*guide.File, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, usagef("cannot read the guide file %s: %v", name, reason(err))
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, guide.MaxFile+1))
	if err != nil {
		return nil, usagef("cannot read the guide file %s: %v", name, reason(err))
	}
	f, err := guide.ParseFile(b, diag.GuideVocabulary())
	var wrong *guide.FileError
	if errors.As(err, &wrong) {
		e := usagef("the guide file %s, %s", name, wrong)
		if wrong.Line == 0 {
			e = usagef("the guide file %s: %s", name, wrong)
		}
		if wrong.Hint != "" {
			e.hint("%s", wrong.Hint)
		}
		return nil, e
	}
	return f, err
}

func checkGuideFile(w io.Writer, name string) error {
	f, err := readGuideFile(name)
	if err != nil {
		return err
	}
	steps := 0
	for _, r := range f.Rules {
		steps += len(r.Steps)
	}
	return say(w, "%s is valid: %s, %s\n", name, counted(len(f.Rules), "rule"), counted(steps, "step"))
}
