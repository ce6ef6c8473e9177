package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// noAgent turns what the agent, or its absence, answers into a sentence with a
// next step.
func noAgent(err error) error {
	var refused *localapi.Refusal
	switch {
	case errors.Is(err, localapi.ErrNoAgent):
		return usagef("no agent of this user is running").
			hint("start one with \"mapiscope agent\", or for every sign-in: systemctl --user enable --now mapiscope-agent").
			hint("for one diagnosis without an agent: %s", addressExample)
	case errors.As(err, &refused):
		e := usagef("%s", refused.Sentence)
		if refused.Hint != "" {
			e.hint("%s", refused.Hint)
		}
		return e
	}
	return err
}

func newStatus(s Streams) *cobra.Command {
	var socket socketFlag
	var format string
	var noColor bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "ask the running agent how it stands",
		Long: `Shows what the running agent knows: whether mail can flow, the session, the
network, and the outages of the past.

Exit code: 0 unless the mailbox is lost (1); 2 when no agent runs.`,
		Example: `  mapiscope status
  mapiscope status --format json | jq .state`,
		Args: atMost(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := localapi.NewClient(socket.path)
			defer c.Close()
			now, err := c.Snapshot(cmd.Context())
			if err != nil {
				return noAgent(err)
			}
			if format == "json" {
				out := json.NewEncoder(s.Out)
				out.SetEscapeHTML(false)
				out.SetIndent("", "  ")
				err = out.Encode(now)
			} else {
				err = writeStatus(s.Out, now, newPainter(s.OutTerminal, noColor), time.Now())
			}
			if err == nil && now.Status == report.Fail {
				return errVerdict
			}
			return err
		},
	}
	socket.register(cmd)
	choice(cmd, &format, "format", "form of the answer: text or json", "text", "json")
	cmd.Flags().BoolVar(&noColor, "no-color", false, "no colours, as with NO_COLOR set")
	return cmd
}

func newWatch(s Streams) *cobra.Command {
	var socket socketFlag
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "follow the running agent: one line of JSON per change",
		Long: `Prints the agent's state now and after every change, one JSON object per line,
until Ctrl-C or until the agent quits.`,
		Example: `  mapiscope watch
  mapiscope watch | jq --unbuffered -r '[.at, .state, .headline] | @tsv'`,
		Args: atMost(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := localapi.NewClient(socket.path)
			defer c.Close()
			out := json.NewEncoder(s.Out)
			out.SetEscapeHTML(false)
			for now, err := range c.Snapshots(cmd.Context()) {
				switch {
				case errors.Is(err, io.EOF):
					return nil // the agent quit
				case errors.Is(err, context.Canceled):
					return errInterrupted
				case err != nil:
					return noAgent(err)
				}
				if err := out.Encode(now); err != nil {
					return err
				}
			}
			return nil
		},
	}
	socket.register(cmd)
	return cmd
}

func newPause(s Streams) *cobra.Command {
	return newOrder(s, "pause", "let the running agent drop its connections and keep the session",
		"Drops the agent's connections. The server keeps the session for as long as it said;\n\"mapiscope resume\" proves that it still has it.",
		"paused; \"mapiscope resume\" goes on", (*localapi.Client).Pause)
}

func newResume(s Streams) *cobra.Command {
	return newOrder(s, "resume", "let the running agent go on after a pause",
		"Opens a new connection with the cookies of before, and proves that the server still\nholds the same session. \"mapiscope status\" shows the outcome.",
		"resuming; \"mapiscope status\" shows the outcome", (*localapi.Client).Resume)
}

// newOrder is a command that tells the agent one thing.
func newOrder(s Streams, name, short, long, done string, order func(*localapi.Client, context.Context) error) *cobra.Command {
	var socket socketFlag
	cmd := &cobra.Command{
		Use: name, Short: short, Long: long, Example: "  mapiscope " + name,
		Args: atMost(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := localapi.NewClient(socket.path)
			defer c.Close()
			if err := order(c, cmd.Context()); err != nil {
				return noAgent(err)
			}
			fmt.Fprintln(s.Err, done)
			return nil
		},
	}
	socket.register(cmd)
	return cmd
}

// writeStatus is a snapshot for a person.
func writeStatus(w io.Writer, s *monitor.Snapshot, p painter, now time.Time) error {
	fmt.Fprintf(w, "%s  %s\n", p.status(s.Status), printable(s.Headline))
	if s.Next != "" {
		fmt.Fprintf(w, "      %s\n", printable(s.Next))
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(t, "  %s\t%s\n", name, printable(fmt.Sprintf(format, args...)))
	}
	if s.Account.Address != "" {
		row("account", "%s (signs in as %s)", s.Account.Address, s.Account.User)
	}
	row("state", "%s for %s", s.State, coarse(s.Age(now)))
	statusSession(row, s, now)
	statusNetwork(row, s)
	if r := s.LastReport; r != nil {
		row("last checks", "%s (%s ago, because of %s)", r.Verdict.Headline, coarse(now.Sub(r.Ended.Time)), r.Trigger)
	}
	if c := s.Check; c != nil {
		row("checking", "%d of %d", c.Done, c.Total)
	}
	if s.Notice != "" {
		row("note", "%s", s.Notice)
	}
	row("agent", "version %s, process %d, up for %s", s.Agent.Version, s.Agent.PID, coarse(now.Sub(s.Agent.Started.Time)))
	if err := t.Flush(); err != nil {
		return err
	}
	return statusOutages(w, s, now)
}

func statusSession(row func(string, string, ...any), s *monitor.Snapshot, now time.Time) {
	i := s.Session
	if i == nil {
		return
	}
	how := "notifications by asking"
	if i.Waiting {
		how = "notifications held open"
	}
	row("session", "%s, open for %s, %s", i.ContextID, coarse(now.Sub(i.Opened.Time)), how)
	if i.Proven != nil {
		row("proven", "%s ago", coarse(now.Sub(i.Proven.Time)))
	}
	for _, c := range s.Connections {
		row(c.Service, "%s, %s %s, %s", c.Status, c.Server, c.ServerVersion, c.URL)
	}
	if i.LastError != "" {
		row("last error", "%s", i.LastError)
	}
}

func statusNetwork(row func(string, string, ...any), s *monitor.Snapshot) {
	n := s.Network
	var parts []string
	for _, i := range n.Interfaces {
		parts = append(parts, i.Name+" "+strings.Join(i.Addresses, " "))
	}
	for _, r := range n.Routes {
		parts = append(parts, "default over "+r)
	}
	if !n.Up {
		parts = append([]string{"down"}, parts...)
	}
	if len(parts) > 0 {
		row("network", "%s", strings.Join(parts, ", "))
	}
}

func statusOutages(w io.Writer, s *monitor.Snapshot, now time.Time) error {
	all := s.Outages
	if s.Outage != nil {
		all = append([]report.Outage{*s.Outage}, all...)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, "\nNo outages.")
		return err
	}
	fmt.Fprintln(w, "\nOutages")
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, o := range all {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", o.Started.Local().Format("2006-01-02 15:04:05"), o.Cause, outageLength(o, now), outageEnd(o))
	}
	return t.Flush()
}

func outageLength(o report.Outage, now time.Time) string {
	switch {
	case o.Duration != nil:
		return o.Duration.Duration().Round(time.Millisecond).String()
	case o.Outcome == "":
		return "for " + coarse(now.Sub(o.Started.Time))
	}
	return "?"
}

func outageEnd(o report.Outage) string {
	switch {
	case o.Outcome == "" && o.Phase != "":
		return "goes on, fails at " + o.Phase
	case o.Outcome == "":
		return "goes on"
	case o.Resume != nil:
		return fmt.Sprintf("%s in %s", o.Outcome, o.Resume.Duration().Round(time.Millisecond))
	case o.Phase != "":
		return o.Outcome + " at " + o.Phase
	}
	return o.Outcome
}

// coarse is a duration as a person says it.
func coarse(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
