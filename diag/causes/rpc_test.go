package causes

import (
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// TestRPCCauses: each speaks where RPC over HTTP is all there is, and keeps silent
// beside MAPI over HTTP.
func TestRPCCauses(t *testing.T) {
	onlyRPC := row("discovery.capability", report.Fail, sig(suite.OnlyRPC, "autodiscover"))
	both := row("discovery.capability", report.Pass)
	refused := sig(suite.RPCRefused, "mail", "stage", "connect", "status", 503, "code", "0x6BA")
	missing := sig(suite.RPCHostMissing, "ex01.corp")
	for name, c := range map[string]struct {
		rows   []report.Check
		first  string
		others []string
		never  string
	}{
		"host missing":        {[]report.Check{onlyRPC, row("rpc.echo", report.Fail, missing)}, "outlook-anywhere-host", []string{"server-mapihttp-disabled"}, "healthy-legacy"},
		"host missing beside": {[]report.Check{both, row("rpc.echo", report.Skip, missing), row("mapi.logon", report.Pass)}, "", nil, "outlook-anywhere-host"},
		"refused":             {[]report.Check{onlyRPC, row("rpc.echo", report.Pass), row("rpc.connect", report.Fail, refused)}, "outlook-anywhere-refused", []string{"server-mapihttp-disabled"}, "healthy-legacy"},
		"refused beside":      {[]report.Check{both, row("rpc.connect", report.Warn, refused), row("mapi.logon", report.Pass)}, "", nil, "outlook-anywhere-refused"},
		"works":               {[]report.Check{onlyRPC, row("rpc.mailbox", report.Pass, sig(suite.RPCWorks, "mail"))}, "server-mapihttp-disabled", []string{"healthy-legacy"}, "outlook-anywhere-refused"},
		"works beside":        {[]report.Check{both, row("rpc.mailbox", report.Pass, sig(suite.RPCWorks, "mail")), row("mapi.logon", report.Pass)}, "", nil, "healthy-legacy"},
		"works, old server": {[]report.Check{row("discovery.capability", report.Fail, sig(suite.OnlyRPC, "autodiscover"), sig(suite.ServerTooOld, "mail", "version", "15.0.775.38")),
			row("rpc.mailbox", report.Pass, sig(suite.RPCWorks, "mail"))}, "server-version-unsupported", nil, "healthy-legacy"},
	} {
		j := Judge(caseOf(c.rows...))
		if got := strings.Contains(j.Verdict.Headline, "works all the same"); got != slices.Contains(c.others, "healthy-legacy") {
			t.Errorf("%s: headline %q", name, j.Verdict.Headline)
		}
		var codes []string
		for _, f := range j.Findings {
			codes = append(codes, f.Code)
		}
		if j.Verdict.Cause != c.first || slices.Contains(codes, c.never) {
			t.Errorf("%s: %q, findings %v", name, j.Verdict.Cause, codes)
		}
		for _, other := range c.others {
			if !slices.Contains(codes, other) {
				t.Errorf("%s: no %s in %v", name, other, codes)
			}
		}
	}
}
