package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// defaultTimeout bounds a whole run: far above a healthy one (under a second),
// and still what a person at a helpdesk will wait for.
const defaultTimeout = 60 * time.Second

// runFlags are the flags of every command that runs checks.
type runFlags struct {
	only, skip    []string
	timeout, hold time.Duration
	outputFlags
}

// outputFlags are the flags of every command that writes a report.
type outputFlags struct {
	format, output, redact string
	noColor, verbose       bool
}

// accountFlags say whose mailbox is looked for, how to sign in, and which way
// to the servers to take instead of the system's.
type accountFlags struct {
	user, auth                               string
	passwordStdin                            bool
	signIn                                   signInFlags
	caFile, dns, proxy                       string
	resolve, connectTo                       []string
	autodiscoverURL, mapiURL, userDN, rpcURL string
	registryDump, credentialList             string
	autodiscoverCache, pacURL                string
}

func (f *runFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringSliceVar(&f.only, "only", nil, "run these checks or groups alone, and what they depend on (`IDS`, comma separated)")
	fs.StringSliceVar(&f.skip, "skip", nil, "leave these checks or groups out (`IDS`, comma separated)")
	fs.DurationVar(&f.timeout, "timeout", defaultTimeout, "end the whole run after this time")
	fs.DurationVar(&f.hold, "hold", 0, "watch a connection at rest for this time, to find what cuts it (needs a --timeout that is longer)")
	f.outputFlags.register(cmd)
}

func (f *outputFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	choice(cmd, &f.format, "format", "form of the report: "+strings.Join(report.FormatNames(), ", "), report.FormatNames()...)
	fs.StringVar(&f.output, "output", "", "write the report to `FILE` instead of standard output; .json, .html and .zip (all forms) choose the form")
	choice(cmd, &f.redact, "redact", "what to hide beside secrets, which are never shown: none, normal or strict (names and addresses become stand-ins)",
		"normal", "none", "strict")
	fs.BoolVar(&f.noColor, "no-color", false, "no colours, as with NO_COLOR set")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "show the evidence of every check and every request")
}

func (f *accountFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.user, "user", "", "sign-in `NAME`, such as CONTOSO\\alice or alice@contoso.com (default: the address)")
	fs.BoolVar(&f.passwordStdin, "password-stdin", false, "read the password from standard input (one line)")
	choice(cmd, &f.auth, "auth", "sign-in scheme: auto, negotiate, kerberos, ntlm, basic, bearer or none",
		"auto", "negotiate", "kerberos", "ntlm", "basic", "bearer", "none")
	f.signIn.register(cmd)
	fs.StringVar(&f.caFile, "ca-file", "", "trust the authorities in this `PEM` file too, beside the system's")
	fs.StringArrayVar(&f.resolve, "resolve", nil, "use this address for a name, as curl does (`HOST:PORT:ADDR`; repeatable)")
	fs.StringArrayVar(&f.connectTo, "connect-to", nil, "dial the second pair where the first is wanted, as curl does (`HOST1:PORT1:HOST2:PORT2`; repeatable)")
	fs.StringVar(&f.autodiscoverURL, "autodiscover-url", "", "ask Autodiscover at this `URL` alone")
	fs.StringVar(&f.mapiURL, "mapi-url", "", "open the mailbox at this `URL`, without Autodiscover; needs --user-dn")
	fs.StringVar(&f.userDN, "user-dn", "", "the mailbox's legacy `DN`, for --mapi-url and --rpc-url")
	fs.StringVar(&f.registryDump, "registry-dump", "", "look at the Outlook of another computer, whose registry is in `FILE` (written by reg export)")
	fs.StringVar(&f.credentialList, "credential-list", "", "what \"cmdkey /list\" wrote on the computer with Outlook, in `FILE`: names of entries, never a secret")
	fs.StringVar(&f.autodiscoverCache, "autodiscover-cache", "", "answers of Autodiscover that Outlook keeps: a file AutoD.*.xml, or the folder with them (`PATH`)")
	fs.StringVar(&f.pacURL, "pac-url", "", "look at the proxy script at this `URL` instead of the one that is set")
	fs.StringVar(&f.rpcURL, "rpc-url", "", "try Outlook Anywhere at this `URL`, such as https://mail.contoso.com/rpc/rpcproxy.dll; with --user-dn without Autodiscover")
	fs.StringVar(&f.proxy, "proxy", "auto", "way out: auto (the system's, with the proxy script that it names), none, or the `URL` of an HTTP proxy")
	fs.StringVar(&f.dns, "dns", "", "ask this name server instead of the system's (`ADDR:PORT`)")
}

// choiceValue is a flag that takes one of a few words.
type choiceValue struct {
	value   *string
	allowed []string
}

// choice adds a flag that holds the first of the words until it is set, and
// that the shell completes.
func choice(cmd *cobra.Command, value *string, name, usage string, words ...string) {
	*value = words[0]
	cmd.Flags().Var(&choiceValue{value, words}, name, usage)
	// The error says that the flag does not exist or is completed already.
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

func (c *choiceValue) String() string { return *c.value }
func (c *choiceValue) Type() string   { return "word" }

func (c *choiceValue) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return fmt.Errorf("%q is not one of %s", s, strings.Join(c.allowed, ", "))
	}
	*c.value = s
	return nil
}

// flagError turns pflag's errors into sentences with a next step.
func flagError(cmd *cobra.Command, err error) error {
	help := fmt.Sprintf("see \"%s --help\"", cmd.CommandPath())
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		e := usagef("unknown flag --%s", unknown.GetSpecifiedName())
		if meant := suite.Nearest(unknown.GetSpecifiedName(), flagNames(cmd)); meant != "" {
			e.hint("did you mean --%s?", meant)
		}
		return e.hint("%s", help)
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		f := invalid.GetFlag()
		return valueError("--"+f.Name, invalid.GetValue(), f.Value.Type(), errors.Unwrap(err))
	}
	return usagef("%v", err).hint("%s", help)
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}
