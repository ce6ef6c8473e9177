package diag

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/checks"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/redact"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// Diagnose runs the checks and judges what they saw. It answers a report also
// when everything failed, when the time was up, or when ctx was cancelled: what
// was found until then is in it (Run.Incomplete says why it stops). The only
// error is a *UsageError, before anything was sent.
func Diagnose(ctx context.Context, o Options) (*report.Report, error) {
	in, err := o.input()
	if err != nil {
		return nil, err
	}
	list := checks.All()
	selection := suite.Selection{Only: o.Only, Skip: o.Skip}
	if err := selection.Validate(list); err != nil {
		return nil, &UsageError{Sentence: err.Error(), Hint: "groups are " + strings.Join(suite.Groups, ", ")}
	}
	d := &diagnosis{o: o, started: time.Now()}
	shared, cancel := context.WithCancel(ctx)
	defer cancel()
	d.env = suite.NewEnv(shared, in, d.started)
	res := suite.Run(ctx, d.env, list, suite.Options{
		Selection: selection, Timeout: o.timeout(), Progress: o.Progress, Started: d.started, Judge: d.soFar,
	})
	cancel() // what nobody waits for any more ends here
	return d.report(res)
}

// input checks the options and makes of them what a run needs.
func (o *Options) input() (suite.Input, error) {
	local, domain, ok := strings.Cut(o.Address, "@")
	if !ok || local == "" || domain == "" || strings.ContainsAny(o.Address, " \t\r\n") {
		return suite.Input{}, &UsageError{Sentence: fmt.Sprintf("%q is not an e-mail address", o.Address), Hint: "for example alice@contoso.com"}
	}
	if o.MapiURL != "" && o.UserDN == "" || o.UserDN != "" && o.MapiURL == "" && o.RPCURL == "" {
		return suite.Input{}, &UsageError{Sentence: "the mailbox URL and the user's DN go together: without Autodiscover both must be known"}
	}
	if err := suite.CheckRPCURL(o.RPCURL); err != nil {
		return suite.Input{}, &UsageError{Sentence: err.Error(), Hint: "for example https://mail.contoso.com/rpc/rpcproxy.dll?ex01.contoso.com:6001"}
	}
	path := o.Path
	if path == nil {
		path = &netpath.Path{}
	}
	s, err := o.signIn(domain, path)
	if err != nil {
		return suite.Input{}, err
	}
	in := suite.Input{
		Address: o.Address, User: o.User, SignInAs: s.as, Path: path, ProxyMode: o.proxyMode(path), SignsIn: len(s.ways) > 0,
		Kerberos: s.kerberos, KerberosErr: s.kerberosErr, Compare: s.compare, FullAuthTest: o.FullAuthTest, ActiveDirectory: s.directory(path),
		HTTP:            &httpc.Client{Path: path, Mechanisms: s.ways, Policy: &auth.Policy{}, Budget: o.budget(), UserAgent: userAgent(o.Tool)},
		AutodiscoverURL: o.AutodiscoverURL, MapiURL: o.MapiURL, RPCURL: o.RPCURL, UserDN: o.UserDN,
		ConfirmRedirect: o.ConfirmRedirect, Deliver: o.Deliver, Registry: o.Registry,
		PACURL: o.PACURL, SystemProxy: o.SystemProxy, Credentials: o.Credentials, Cache: o.Cache,
		CertHistory: o.CertHistory, Network: o.Network, Hold: o.Hold, Gaps: o.Gaps,
	}
	if o.Names != nil {
		in.Names = *o.Names
	}
	return in, nil
}

// budget is what may be tried in this run.
func (o *Options) budget() *auth.Budget {
	user := o.User
	if user == "" {
		user = o.Address
	}
	return &auth.Budget{Ledger: o.Attempts, User: user, Asked: o.Trigger == "" || o.Trigger == "user"}
}

func (o *Options) timeout() time.Duration {
	if o.Timeout > 0 {
		return o.Timeout
	}
	return DefaultTimeout
}

// proxyMode is how the proxy was chosen, for the report.
func (o *Options) proxyMode(p *netpath.Path) string {
	switch {
	case p.Proxy == nil:
		return "none"
	case o.Proxy == "" || o.Proxy == "auto":
		return "environment"
	}
	return "manual"
}

// userAgent names the program the way servers and their rules expect of a client
// that speaks MAPI: with the version of Outlook whose behaviour it shows.
func userAgent(t report.Tool) string {
	version := t.Version
	if version == "" {
		version = "dev"
	}
	return "Mapiscope/" + version + " (Microsoft Office/16.0)"
}

// diagnosis is one run of Diagnose.
type diagnosis struct {
	o       Options
	env     *suite.Env
	started time.Time
}

// soFar is the verdict on the checks that have an outcome.
func (d *diagnosis) soFar(rows []report.Check) *report.Verdict {
	v := causes.Judge(d.judgeCase(rows, "")).Verdict
	if v.Cause == causes.NoKnownCause {
		return nil // what is still under way may know it
	}
	return &v
}

func (d *diagnosis) judgeCase(rows []report.Check, incomplete string) *causes.Case {
	return &causes.Case{
		Checks: rows, Address: d.o.Address, User: d.o.User, Domain: d.env.Domain, Server: d.server(),
		Run: causes.Circumstances{SignsIn: d.env.SignsIn, Incomplete: incomplete, Summary: d.connected()},
	}
}

// report judges, and puts everything together.
func (d *diagnosis) report(res *suite.Result) (*report.Report, error) {
	j := causes.Judge(d.judgeCase(res.Checks, res.Incomplete))
	r := &report.Report{
		Schema: report.Schema, Tool: tool(d.o.Tool),
		Run:         report.Run{ID: wire.NewGUID().String(), Started: report.At(d.started), Trigger: d.trigger(), TimedOut: res.TimedOut, Incomplete: res.Incomplete},
		Account:     report.Account{Address: d.o.Address, User: d.o.User, Auth: d.o.Auth},
		Verdict:     j.Verdict,
		Connections: connections(d.env, d.env.KnownTarget(), res.Checks),
		Protocol:    protocolOf(d.env, res.Checks),
		Checks:      link(res.Checks, j.Findings),
		Findings:    append([]report.Finding{}, j.Findings...),
		Outages:     append([]report.Outage{}, d.o.Outages...),
	}
	d.env.Close() // before the exchanges are listed: the goodbye belongs to them
	d.env.Fill(r)
	nameInterfaces(r)
	r.Machine.OS = runtime.GOOS
	r.Machine.Hostname, _ = os.Hostname()
	r.Run.Duration = report.MS(time.Since(d.started))
	return redact.Apply(r, redact.None, d.o.Password.Reveal())
}

func (d *diagnosis) trigger() string {
	if d.o.Trigger == "" {
		return "user"
	}
	return d.o.Trigger
}

func tool(t report.Tool) report.Tool {
	if t.Name == "" {
		t.Name = "mapiscope"
	}
	if t.Version == "" {
		t.Version = "dev"
	}
	t.OS, t.Arch = runtime.GOOS, runtime.GOARCH
	return t
}

// link notes at each check which findings rest on it.
func link(rows []report.Check, findings []report.Finding) []report.Check {
	for i := range rows {
		for _, f := range findings {
			for _, id := range f.Checks {
				if id == rows[i].ID {
					rows[i].Findings = append(rows[i].Findings, f.Code)
				}
			}
		}
	}
	return rows
}
