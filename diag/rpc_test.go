package diag_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// rowsOf are the rows of one protocol.
func rowsOf(r *report.Report, protocol string) (out []report.Connection) {
	for _, c := range r.Connections {
		if c.Protocol == protocol {
			out = append(out, c)
		}
	}
	return out
}

// rpcRows wants both rows of RPC over HTTP in one state.
func rpcRows(t *testing.T, r *report.Report, want report.ConnStatus) []report.Connection {
	t.Helper()
	rows := rowsOf(r, "RPC/HTTP")
	if len(rows) != 2 || rows[0].Service != "mailbox" || rows[1].Service != "directory" || rows[0].Status != want || rows[1].Status != want {
		t.Fatalf("rows %+v, want two that are %s", rows, want)
	}
	return rows
}

func established(t *testing.T, r *report.Report) {
	t.Helper()
	for _, c := range rpcRows(t, r, report.Established) {
		if c.Requests == 0 || c.Failures != 0 || c.AvgResponse == nil || c.Authn == "" || c.RPCAuthn != "Anonymous" || c.Encrypt != "TLS 1.3" || c.RPCEncrypt != "No" ||
			c.ProxyServer != "mail.contoso.test" || c.RPCPort != 6001 || !strings.Contains(c.Server, "@contoso.test") || !strings.HasSuffix(c.URL, ":6001") {
			t.Errorf("row %+v", c)
		}
	}
	methods := map[string]bool{}
	for _, x := range r.Exchanges {
		if strings.HasPrefix(x.Check, "rpc.") {
			methods[x.Method+" "+x.RequestType] = true
		}
	}
	for _, want := range []string{"RPC_IN_DATA Echo", "RPC_OUT_DATA Echo", "RPC_IN_DATA CONN/B1", "RPC_OUT_DATA CONN/A1"} {
		if !methods[want] {
			t.Errorf("no exchange %s: %v", want, methods)
		}
	}
}

func TestBothTransports(t *testing.T) {
	for name, o := range map[string]exchangetest.Options{"Exchange SE": {}, "gromox": {Manner: exchangetest.Gromox}, "Extended Protection": {ExtendedProtection: exchangetest.EPRequire}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := exchangetest.Start(o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			r := diagnose(t, options(s))
			established(t, r)
			if p := r.Protocol; p == nil || p.Uses != "MAPI/HTTP" || len(p.Settings) != 3 || len(p.Commands) != 2 {
				t.Errorf("protocol %+v", p)
			}
		})
	}
}

// TestMapiHTTPOff: the mailbox is reached by the older protocol, the verdict says
// what is not offered, and both switches can be looked up.
func TestMapiHTTPOff(t *testing.T) {
	t.Parallel()
	r := diagnose(t, options(start(t, exchangetest.Fault{Name: "server-mapihttp-disabled"})))
	established(t, r)
	if r.Verdict.Cause != "server-mapihttp-disabled" || !strings.Contains(r.Verdict.Headline, "does not offer MAPI over HTTP") {
		t.Errorf("verdict %+v", r.Verdict)
	}
	if c := rowsOf(r, "HTTP")[0]; c.Status != report.NotOffered {
		t.Errorf("MAPI over HTTP %+v", c)
	}
	p := r.Protocol
	if p.Uses != "RPC/HTTP" || !strings.Contains(p.Why, "cannot be told from here") || len(p.Settings) != 3 ||
		!slices.Contains(p.Commands, "Get-OrganizationConfig | fl MapiHttpEnabled") || !slices.Contains(p.Commands, "Get-CasMailbox -Identity alice@contoso.test | fl MapiHttpEnabled") {
		t.Errorf("protocol %+v", p)
	}
	if len(r.Findings) < 2 || r.Findings[1].Code != "healthy-legacy" || r.Findings[1].Severity != report.SeverityInfo {
		t.Errorf("findings %+v", r.Findings)
	}
}

// TestOldServer: what cannot speak MAPI over HTTP is reached by RPC, and nobody is
// told to switch anything on.
func TestOldServer(t *testing.T) {
	t.Parallel()
	r := diagnose(t, options(start(t, exchangetest.Fault{Name: "server-version-unsupported"})))
	established(t, r)
	if p := r.Protocol; p.Uses != "RPC/HTTP" || !strings.Contains(p.Why, "15.0.775") || len(p.Commands) != 0 {
		t.Errorf("protocol %+v", p)
	}
	if slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return f.Code == "healthy-legacy" }) {
		t.Error("healthy-legacy where both sides could not do better")
	}
}

func TestStatesOfRPC(t *testing.T) {
	for _, c := range []struct {
		fault, variant string
		want           report.ConnStatus
		says           string
	}{
		{"rpc-absent", "", report.NotOffered, "no RPC over HTTP is published"},
		{"rpc-refused", "unreachable", report.Refused, "0x6BA"},
		{"rpc-refused", "401", report.Refused, "refused the credential"},
		{"rpc-refused", "403", report.Refused, "403"},
		{"rpc-refused", "404", report.Refused, "404"},
		{"rpc-refused", "cut", report.Unreachable, "cut the connection"},
		{"outlook-anywhere-host", "", report.Unreachable, "ex01.corp.contoso.test"},
		{"outlook-anywhere-refused", "unreachable", report.Refused, "0x6BA"},
	} {
		t.Run(c.fault+" "+c.variant, func(t *testing.T) {
			t.Parallel()
			r := diagnose(t, options(start(t, exchangetest.Fault{Name: c.fault, Variant: c.variant})))
			for _, row := range rpcRows(t, r, c.want) {
				if !strings.Contains(row.LastError, c.says) {
					t.Errorf("last error %q, want one with %q", row.LastError, c.says)
				}
			}
		})
	}
}

// TestBlockedForTheMailbox: the address book does not ask for a mailbox.
func TestBlockedForTheMailbox(t *testing.T) {
	t.Parallel()
	rows := rowsOf(diagnose(t, options(start(t, exchangetest.Fault{Name: "rpc-refused", Variant: "disallowed"}))), "RPC/HTTP")
	if rows[0].Status != report.Refused || !strings.Contains(rows[0].LastError, "ecRpcHttpDisallowed") || rows[1].Status != report.Established {
		t.Errorf("%+v", rows)
	}
}

func TestPlainRPC(t *testing.T) {
	t.Parallel()
	rows := rowsOf(diagnose(t, options(start(t, exchangetest.Fault{Name: "rpc-tcp"}))), "RPC/TCP")
	if len(rows) != 1 || rows[0].Status != report.ConnSkipped || rows[0].Server != "127.0.10.1:6001" || !strings.Contains(rows[0].LastError, "no session was tried") {
		t.Errorf("%+v", rows)
	}
	if rows := rowsOf(diagnose(t, options(start(t))), "RPC/TCP"); len(rows) != 0 {
		t.Errorf("healthy: %+v", rows)
	}
}

// TestClientSwitch: the registry of the computer with Outlook decides first.
func TestClientSwitch(t *testing.T) {
	t.Parallel()
	registry, err := outlook.ParseRegFile([]byte("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Exchange]\r\n\"MapiHttpDisabled\"=dword:00000001\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	o := options(start(t))
	o.Registry = registry
	r := diagnose(t, o)
	if r.Verdict.Cause != "client-mapihttp-disabled" || r.Protocol.Uses != "RPC/HTTP" || !strings.Contains(r.Protocol.Why, "MapiHttpDisabled is 1") {
		t.Errorf("verdict %+v, protocol %+v", r.Verdict, r.Protocol)
	}
	if !slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return f.Code == "healthy-legacy" }) {
		t.Errorf("no healthy-legacy: %+v", r.Findings)
	}
}

// TestNoQuestionNoRow: with the mailbox URL given, nobody asked for RPC.
func TestNoQuestionNoRow(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := options(s)
	o.MapiURL, o.UserDN = s.MailStoreURL(s.User(0)), s.User(0).LegacyDN
	r := diagnose(t, o)
	if len(rowsOf(r, "RPC/HTTP")) != 0 || r.Protocol != nil || len(r.Connections) != 2 {
		t.Errorf("%+v, %+v", r.Connections, r.Protocol)
	}
}

// The RPC proxy that was given is used: with what Autodiscover says of the rest,
// or, with a DN, without asking it.
func TestGivenRPCURL(t *testing.T) {
	s := start(t, exchangetest.Fault{Name: "outlook-anywhere-host"})
	u := s.User(0)
	exch := u.MailboxGUID.String() + "@contoso.test"
	for name, change := range map[string]func(*diag.Options){
		"with Autodiscover":        func(o *diag.Options) { o.RPCURL = "https://mail.contoso.test/rpc/rpcproxy.dll" },
		"the whole URL, and no DN": func(o *diag.Options) { o.RPCURL = "https://mail.contoso.test/rpc/rpcproxy.dll?" + exch + ":6001" },
		"without Autodiscover": func(o *diag.Options) {
			o.RPCURL, o.UserDN = "https://mail.contoso.test/rpc/rpcproxy.dll?"+exch+":6001", u.LegacyDN
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(s)
			change(&o)
			r := diagnose(t, o)
			for _, id := range []string{"rpc.echo", "rpc.connect", "rpc.mailbox", "rpc.directory"} {
				if c := checkRow(t, r, id); c.Status != report.Pass {
					t.Errorf("%s: %+v", id, c)
				}
			}
			asked := slices.ContainsFunc(r.Exchanges, func(x report.Exchange) bool { return strings.Contains(strings.ToLower(x.URL), "autodiscover") })
			if asked != (o.UserDN == "") {
				t.Errorf("Autodiscover was asked: %v", asked)
			}
		})
	}
}

// What is no RPC proxy is refused before anything is sent.
func TestRPCURLRefused(t *testing.T) {
	for _, given := range []string{"http://mail.contoso.test/rpc/rpcproxy.dll", "mail.contoso.test", "https:///rpc", "https://mail.contoso.test/mapi/emsmdb"} {
		_, err := diag.Diagnose(t.Context(), diag.Options{Address: "alice@contoso.test", RPCURL: given})
		var usage *diag.UsageError
		if !errors.As(err, &usage) {
			t.Errorf("%s: %v", given, err)
		}
	}
}
