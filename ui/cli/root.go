package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag/suite"
)

const about = `Mapiscope finds out why Outlook cannot reach its Exchange mailbox.

It opens the same MAPI over HTTP session that Outlook opens, from this machine
and this network, and says in one sentence what is wrong, and what the user,
the helpdesk or the Exchange administrator does about it.`

// Commands is the tree of commands, for tools that describe it.
func Commands() *cobra.Command { return newRoot(Streams{}) }

// newRoot builds the tree of commands. It is built anew for every run, so that
// no value of one run is left in the next.
func newRoot(s Streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "mapiscope",
		Short: "find out why Outlook cannot reach its Exchange mailbox",
		Long:  about,
		Example: `  mapiscope check alice@contoso.com
  mapiscope demo
  mapiscope demo bad-credentials`,
		Args:              refuseWords,
		SilenceErrors:     true,
		SilenceUsage:      true,
		RunE:              func(cmd *cobra.Command, _ []string) error { return runBare(cmd) },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return applyConfig(cmd) },
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().String("config", "", "configuration `FILE` (default "+shownConfigFile+")")
	root.AddCommand(
		newCheck(s),
		newGuide(s),
		newCert(s),
		newDemo(s),
		newExchangeTest(s),
		newReport(s),
		newCode(s),
		newCauses(s),
		newWeb(s),
		newAgent(s),
		newStatus(s),
		newWatch(s),
		newPause(s),
		newResume(s),
		newTray(s),
		newAutostart(s),
		newWindow(s),
		newVersion(),
	)
	addCompletion(root)
	return root
}

// shownConfigFile is how help names the default, the same on every machine.
const shownConfigFile = "$XDG_CONFIG_HOME/mapiscope/config.yaml"

// refuseWords answers a first word that is no command. An e-mail address is
// the likeliest, from someone who left out "check".
func refuseWords(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if strings.Contains(args[0], "@") {
		return usagef("%q is not a command", args[0]).hint("mapiscope check %s", args[0])
	}
	e := usagef("%q is not a command", args[0])
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	if meant := suite.Nearest(args[0], names); meant != "" {
		e.hint("did you mean \"%s %s\"?", cmd.CommandPath(), meant)
	}
	return e.hint("see \"%s --help\"", cmd.CommandPath())
}

// atMost is cobra's argument count check with our words: want names what the
// command takes.
func atMost(n int, want string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return usagef("%q is one word too many: %s takes %s", args[n], cmd.CommandPath(), want).
			hint("see \"%s --help\"", cmd.CommandPath())
	}
}

// addCompletion lets cobra make its command for the shells now instead of on
// execution, so that it gets an example as every command has one.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Short = "print the completion script of a shell"
		c.Example = "  mapiscope completion bash >/etc/bash_completion.d/mapiscope"
		for _, shell := range c.Commands() {
			shell.Example = "  mapiscope completion " + shell.Name()
		}
	}
}
