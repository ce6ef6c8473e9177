package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
	"github.com/mapiscope/mapiscope/transport/auth/oauth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// signInFlags say how to sign in, where a user name and a password are not all.
type signInFlags struct {
	tokenFile, ccache, keytab, krb5Conf string
	authority, clientID, flow           string
	scopes                              []string
	fullAuthTest                        bool
}

func (f *signInFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.tokenFile, "token-file", "", "read a bearer token from `F`")
	fs.StringVar(&f.ccache, "ccache", "", "use the Kerberos tickets in `F`")
	fs.StringVar(&f.keytab, "keytab", "", "use the Kerberos keys in `F`")
	fs.StringVar(&f.krb5Conf, "krb5-conf", "", "read the Kerberos configuration from `F`")
	fs.StringVar(&f.authority, "oauth-authority", "", "sign in with modern authentication at this `URL`")
	fs.StringVar(&f.clientID, "oauth-client-id", "", "`ID` of the application registered there for mapiscope")
	fs.StringSliceVar(&f.scopes, "oauth-scope", nil, "`SCOPES` to ask for, such as https://mail.contoso.com/.default (comma separated)")
	choice(cmd, &f.flow, "oauth-flow", "how modern authentication asks you: browser or device (a code to enter elsewhere)", "browser", "device")
	fs.BoolVar(&f.fullAuthTest, "full-auth-test", false, "try the password with other channel bindings too: up to two more attempts per server, which can lock the account")
}

// fill puts the flags into o. Nothing is read of the network yet.
func (f *signInFlags) fill(s Streams, o *diag.Options) error {
	o.CCache, o.Keytab, o.Krb5Conf, o.FullAuthTest = f.ccache, f.keytab, f.krb5Conf, f.fullAuthTest
	if f.ccache != "" && f.keytab != "" {
		return usagef("--ccache and --keytab exclude each other").hint("tickets are made of a keytab by: kinit -k -t FILE")
	}
	if f.fullAuthTest {
		fmt.Fprintln(s.Err, "--full-auth-test: up to two more attempts with the password at every server; where it is wrong, they count towards locking the account")
	}
	var err error
	o.Token, err = f.token(s, o.Address, o.Path)
	return err
}

// signsInWithout says that no password is needed, so nobody is asked for one.
func (f *signInFlags) signsInWithout(choice string) bool {
	switch choice {
	case "none", "bearer":
		return true
	case "kerberos", "negotiate", "auto":
		if f.ccache != "" || f.keytab != "" {
			return true
		}
	}
	return choice == "kerberos" && kerberos.HasTickets(kerberos.DefaultCache())
}

// maxTokenFile bounds a token: those of Entra ID have 2 to 6 KiB.
const maxTokenFile = 64 << 10

func (f *signInFlags) token(s Streams, address string, way *netpath.Path) (auth.TokenSource, error) {
	switch {
	case f.tokenFile != "" && f.authority != "":
		return nil, usagef("--token-file and --oauth-authority exclude each other")
	case f.tokenFile != "":
		return tokenFromFile(f.tokenFile)
	case f.authority == "" && (f.clientID != "" || len(f.scopes) > 0):
		return nil, usagef("--oauth-client-id and --oauth-scope need --oauth-authority")
	case f.authority == "":
		return nil, nil
	}
	flow := oauth.Browser(func(url string) error { return openBrowser(context.Background(), url) })
	if f.flow == "device" {
		flow = oauth.DeviceCode(func(at, code string, until time.Time) {
			fmt.Fprintf(s.Err, "open %s and enter the code %s (until %s)\n", at, code, until.Local().Format("15:04"))
		})
	}
	session, err := oauth.New(oauth.Config{Authority: f.authority, ClientID: f.clientID, Scopes: f.scopes, Path: way,
		Store: oauth.Keyring(keyringService), Account: address}, flow)
	if err != nil {
		return nil, usagef("--oauth-authority: %v", err)
	}
	return session.Token, nil
}

// tokenFromFile reads the token now, so that a mistake is told before the run.
func tokenFromFile(name string) (auth.TokenSource, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, usagef("cannot read the token in --token-file %s: %v", name, reason(err))
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxTokenFile+1))
	token := strings.TrimSpace(string(b))
	if err != nil || token == "" || len(b) > maxTokenFile || strings.ContainsAny(token, " \t\r\n") {
		return nil, usagef("--token-file %s holds no bearer token", name).hint("it is one line without spaces, as the authority gave it")
	}
	secret := auth.NewSecret(token)
	return func(context.Context, string) (auth.Secret, error) { return secret, nil }, nil
}

// secrets completes o with what the account signs in with: tickets, tokens, and
// the password where one is of use.
func (f *accountFlags) secrets(ctx context.Context, s Streams, o *diag.Options) error {
	if err := f.signIn.fill(s, o); err != nil {
		return err
	}
	if f.signIn.signsInWithout(o.Auth) && !f.passwordStdin {
		return nil
	}
	password, err := findPassword(ctx, s, o.User, f.passwordStdin)
	if err == nil {
		o.Password = auth.NewSecret(password)
	}
	return err
}
