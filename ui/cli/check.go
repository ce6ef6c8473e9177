package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/report"
)

const checkLong = `Runs every check once, from the address to an open mailbox, and prints a report:
one sentence that says what is wrong, who does what about it, and the evidence.
Nothing in a mailbox is ever changed.

The password comes from --password-stdin, MAPISCOPE_PASSWORD, the system's
keyring (service "mapiscope") or a question on the terminal. Without one the
report shows what can be seen without signing in.

Every flag is also a key of the configuration file and, as MAPISCOPE_ and its
name in capitals, an environment variable. A flag wins over the environment,
and the environment over the file.

Exit code: 0 no check failed, 1 a check failed, 2 wrong usage or configuration,
3 a fault of mapiscope, 130 interrupted (what was found is still written).`

const checkExample = `  mapiscope check alice@contoso.com
  mapiscope check alice@contoso.com --user 'CONTOSO\alice' --auth ntlm
  pass show mail | mapiscope check alice@contoso.com --password-stdin --format json
  mapiscope check alice@contoso.com --only dns,tls --output report.json
  mapiscope check alice@contoso.com --registry-dump office.reg --credential-list cmdkey.txt --autodiscover-cache AutoD.alice.xml
  mapiscope check alice@contoso.com --resolve mail.contoso.com:443:192.0.2.10 --ca-file ca.pem`

func newCheck(s Streams) *cobra.Command {
	var run runFlags
	var account accountFlags
	cmd := &cobra.Command{
		Use:     "check ADDRESS",
		Short:   "run every check once and print the report",
		Long:    checkLong,
		Example: checkExample,
		Args:    atMost(1, "one e-mail address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := account.ready(cmd, s, args, run.prepare)
			if err != nil {
				return err
			}
			return run.diagnose(cmd.Context(), s, o)
		},
	}
	run.register(cmd)
	account.register(cmd)
	return cmd
}

// ready turns the flags into what diag wants. Everything that can be refused is,
// by prepare too, before anybody is asked for a password.
func (f *accountFlags) ready(cmd *cobra.Command, s Streams, args []string, prepare func(*cobra.Command) error) (diag.Options, error) {
	o, err := f.options(args)
	if err == nil {
		err = prepare(cmd)
	}
	if err == nil {
		err = f.secrets(cmd.Context(), s, &o)
	}
	return o, err
}

// options turns the flags into what diag wants; the password is still missing.
func (f *accountFlags) options(args []string) (diag.Options, error) {
	address, err := parseAddress(args)
	if err != nil {
		return diag.Options{}, err
	}
	if err := f.checkURLs(); err != nil {
		return diag.Options{}, err
	}
	way, err := f.path()
	if err != nil {
		return diag.Options{}, err
	}
	registry, err := loadRegistry(f.registryDump)
	if err != nil {
		return diag.Options{}, err
	}
	credentials, err := loadCredentials(f.credentialList)
	if err != nil {
		return diag.Options{}, err
	}
	cache, err := loadCache(f.autodiscoverCache)
	if err != nil {
		return diag.Options{}, err
	}
	user := f.user
	if user == "" {
		user = address
	}
	return diag.Options{
		Address: address, User: user, Auth: f.auth, Path: way,
		Proxy: f.proxy, AutodiscoverURL: f.autodiscoverURL, MapiURL: f.mapiURL, UserDN: f.userDN, RPCURL: f.rpcURL, Registry: registry,
		PACURL: f.pacURL, SystemProxy: f.systemProxy(), Credentials: credentials, Cache: cache,
	}, nil
}

// prepare refuses what would only come out at the end of the run.
func (f *runFlags) prepare(cmd *cobra.Command) error {
	if f.timeout <= 0 {
		return usagef("--timeout %s: a run needs some time", f.timeout).hint("for example --timeout 30s")
	}
	if f.hold < 0 || f.hold >= f.timeout {
		return usagef("--hold %s does not fit into --timeout %s", f.hold, f.timeout).hint("for example --hold 6m --timeout 8m")
	}
	return f.outputFlags.prepare(cmd)
}

// diagnose runs o, shows its progress, writes the report and says by its error
// how the process ends.
func (f *runFlags) diagnose(ctx context.Context, s Streams, o diag.Options) error {
	o.Only, o.Skip, o.Timeout, o.Hold = f.only, f.skip, f.timeout, max(o.Hold, f.hold)
	o.Tool = report.Tool{Name: "mapiscope", Version: version, Commit: builtCommit()}
	shown := newProgress(s, newPainter(s.ErrTerminal, f.noColor))
	o.Progress = shown.event
	r, err := diag.Diagnose(ctx, o)
	shown.stop()
	if err != nil {
		return fromDiag(err)
	}
	if err := f.write(s, r, o.Password.Reveal()); err != nil {
		return err
	}
	return ended(ctx, r)
}

// fromDiag gives a refused option our form of a usage error.
func fromDiag(err error) error {
	var usage *diag.UsageError
	if !errors.As(err, &usage) {
		return err
	}
	e := usagef("%s", usage.Sentence)
	if usage.Hint != "" {
		e.hint("%s", usage.Hint)
	}
	return e
}

// ended is the error with which a run whose report is written ends.
func ended(ctx context.Context, r *report.Report) error {
	if ctx.Err() != nil {
		return errInterrupted
	}
	switch code := ExitCode(r.ExitCode()); code {
	case ExitOK:
		return nil
	case ExitFailed:
		return errVerdict
	default:
		return errors.New("a check stopped unexpectedly; the report names it")
	}
}
