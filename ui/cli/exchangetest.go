package cli

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

const exchangeTestLong = `Runs the embedded Exchange alone, in the foreground, until Ctrl-C: to try
mapiscope or another client against it from a second terminal.

With --print-env standard output carries the lines that a shell reads to point
"mapiscope check" at this server.`

func newExchangeTest(s Streams) *cobra.Command {
	var listen, scenario string
	var printEnv bool
	cmd := &cobra.Command{
		Use:   "exchangetest",
		Short: "run the embedded Exchange alone, in the foreground",
		Long:  exchangeTestLong,
		Example: `  mapiscope exchangetest
  mapiscope exchangetest --listen 127.0.0.1:8443 --scenario session-context-lost
  mapiscope exchangetest --print-env >env &
  . ./env && mapiscope check alice@contoso.test`,
		Args: atMost(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var wanted []string
			if scenario != "" {
				wanted = []string{scenario}
			}
			chosen, err := findScenarios(wanted)
			if err != nil {
				return err
			}
			server, err := exchangetest.Start(exchangetest.Options{Listen: listen})
			if err != nil {
				return usagef("cannot start the embedded Exchange: %v", err).
					hint("--listen wants a loopback address and a free port, such as 127.0.0.1:8443")
			}
			defer server.Close()
			if err := exchangetest.Apply(server, chosen...); err != nil {
				return err
			}
			files, err := os.MkdirTemp("", "mapiscope-exchangetest-*")
			if err != nil {
				return fmt.Errorf("cannot keep what the computer with Outlook has: %w", err)
			}
			defer os.RemoveAll(files)
			computer, err := server.ComputerFlags(files)
			if err != nil {
				return fmt.Errorf("cannot keep what the computer with Outlook has: %w", err)
			}
			announce(s, server, computer, printEnv)
			<-cmd.Context().Done()
			return nil
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&listen, "listen", "", "loopback `ADDR[:PORT]` of the sockets (default 127.0.0.1 and free ports)")
	fs.StringVar(&scenario, "scenario", "", "start in this scenario of \"mapiscope demo --list\"; several with commas")
	fs.BoolVar(&printEnv, "print-env", false, "print the environment for \"mapiscope check\" as shell lines")
	_ = cmd.RegisterFlagCompletionFunc("scenario", completeScenarios)
	return cmd
}

// announce says, on standard error, who can sign in and how to stop, and
// prints the environment when that was asked for.
func announce(s Streams, server *exchangetest.Server, computer []string, printEnv bool) {
	user := server.User(0)
	fmt.Fprintf(s.Err, "the embedded Exchange answers for %s, sign-in name %s; stop it with Ctrl-C\n", user.Address, user.Login)
	if !printEnv {
		fmt.Fprintln(s.Err, "--print-env prints what \"mapiscope check\" needs to find it")
		return
	}
	for _, pair := range environment(server, computer) {
		name, value, _ := strings.Cut(pair, "=")
		fmt.Fprintf(s.Out, "export %s=%s\n", name, shellQuote(value))
	}
}

// environment is everything that "mapiscope check" needs in a process of its
// own: the account, and the way to the server and what the computer with Outlook
// has, with each flag as its variable.
func environment(server *exchangetest.Server, computer []string) []string {
	env, flags := server.Env(), append(server.Flags(), computer...)
	values := map[string][]string{}
	for i := 0; i+1 < len(flags); i += 2 {
		name := envName(strings.TrimPrefix(flags[i], "--"))
		values[name] = append(values[name], flags[i+1])
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		env = append(env, name+"="+strings.Join(values[name], " "))
	}
	return env
}

// shellQuote makes one word of any text for a POSIX shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
