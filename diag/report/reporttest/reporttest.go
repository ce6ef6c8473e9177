// Package reporttest holds what tests need around a report: the validator
// against the published schema, and a sample with every field set.
package reporttest

import (
	"bytes"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mapiscope/mapiscope/diag/report"
)

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.SchemaJSON))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("report.json")
})

// Validate checks r, as written, against the schema.
func Validate(r *report.Report) error {
	var buf bytes.Buffer
	if err := report.WriteJSON(&buf, r); err != nil {
		return err
	}
	return ValidateJSON(buf.Bytes())
}

// ValidateJSON checks a written report against the schema.
func ValidateJSON(b []byte) error {
	schema, err := compiled()
	if err != nil {
		return err
	}
	var doc any
	if err := json.Unmarshal(b, &doc); err != nil {
		return err
	}
	return schema.Validate(doc)
}

// Valid fails the test when r does not validate.
func Valid(t testing.TB, r *report.Report) {
	t.Helper()
	if err := Validate(r); err != nil {
		t.Errorf("the report does not validate: %v", err)
	}
}

// Sample is a report with every field set, for tests of what reads a report.
func Sample() *report.Report {
	started := report.At(time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC))
	ms := func(f float64) *report.Milliseconds { m := report.Milliseconds(f); return &m }
	code := func(n int64) *int64 { return &n }
	yes := true
	return &report.Report{
		Schema: report.Schema,
		Tool:   report.Tool{Name: "mapiscope", Version: "1.0.0", Commit: "abc1234", OS: "linux", Arch: "amd64"},
		Run: report.Run{ID: "6f1c7a52-57cf-4b8a-9a35-0d2fd3ba2bd1", Started: started, Duration: 812.5, Trigger: "user",
			Redaction: "none", Incomplete: "the run was interrupted"},
		Machine: report.Machine{
			Hostname: "laptop-17", OS: "Debian GNU/Linux 13", ClockOffset: ms(-120),
			Interfaces: []report.Interface{{Name: "eth0", Addresses: []string{"10.1.2.3/24", "2001:db8:1::7/64"}, MTU: 1500}},
			Proxy:      &report.Proxy{Mode: "manual", URL: "http://proxy.corp.test:3128", PAC: "http://wpad.corp.test/wpad.dat"},
			DNS:        []string{"10.1.2.53:53"},
			Outlook: []report.Outlook{{Version: "16.0", Build: "16.0.17928.20114", MAPIHTTPCapable: &yes,
				Registry: map[string]string{`HKCU\Software\Microsoft\Exchange\MapiHttpDisabled`: "0"}}},
		},
		Account: report.Account{Address: "alice@contoso.test", User: `CONTOSO\alice`, Auth: "auto"},
		Verdict: report.Verdict{Status: report.Fail, Headline: "The server refused the password for alice@contoso.test.", Cause: "bad-credentials",
			Or: []string{"account-locked"}, Unexplained: []string{"mapi.ping"}},
		Connections: []report.Connection{{
			CID: 1, Service: "mailbox", Protocol: "HTTP", URL: "https://mail.contoso.test/mapi/emsmdb/?MailboxId=11111111-2222-3333-4444-555555555555@contoso.test",
			Server: "ex01.corp.contoso.test", Status: report.Established, Authn: "NTLM", Encrypt: "TLS 1.3", Requests: 9, Failures: 1,
			AvgResponse: ms(18.2), AvgProcessing: ms(4), Notification: "async", ServerVersion: "15.02.2562.017",
			ServerProduct: "Exchange Server SE RTM", Interface: "eth0", ContextAge: ms(702), LastError: "mail.contoso.test closed the connection",
			ProxyServer: "mail.contoso.test", RPCPort: 6001, RPCAuthn: "Anonymous", RPCEncrypt: "No",
		}},
		Protocol: &report.Protocol{Uses: "MAPI/HTTP", Why: "Outlook would use MAPI over HTTP: mail.contoso.test offers it.",
			Reasons:  []report.ProtocolReason{{About: "client switch", Says: "MapiHttpDisabled is not set"}},
			Settings: []report.ProtocolSettings{{Organization: true, Mailbox: "$null"}},
			Commands: []string{"Get-CasMailbox -Identity alice@contoso.test | fl MapiHttpEnabled"}},
		Checks: []report.Check{{
			ID: "mapi.connect", Group: "mapi", Title: "Mailbox session", Status: report.Fail, Summary: "mail.contoso.test refused the password",
			After: []string{"discovery.mailbox-url"}, SkippedBecause: "", Started: ms(210), Duration: ms(33),
			Evidence: map[string]any{"url": "https://mail.contoso.test/mapi/emsmdb/", "status": 401},
			Signals:  []report.Signal{{Code: "auth-refused", Subject: "mail.contoso.test", Detail: map[string]any{"scheme": "NTLM"}}},
			Findings: []string{"bad-credentials"},
		}},
		Findings: []report.Finding{{
			Code: "bad-credentials", Severity: report.SeverityFail, Confidence: report.Possible, Title: "The server refused the password for alice@contoso.test.",
			Explanation: "Every endpoint of mail.contoso.test answers 401 to CONTOSO\\alice.", Checks: []string{"mapi.connect"},
			Explains: []string{"mapi.logon"}, Evidence: map[string]any{"scheme": "NTLM"},
			Or: []report.Rival{{Code: "account-locked", Title: "The account is locked, disabled or expired.",
				Decide: report.Action{Who: "helpdesk", Text: "See whether the account is locked.", Command: "Get-ADUser alice -Properties LockedOut"}}},
			Actions: []report.Action{{Who: "admin", Text: "Unlock the account or set a new password.", Command: "Unlock-ADAccount -Identity alice"}},
			Source:  "CA unknown-username-bad-password",
		}},
		WebCheck: &report.WebCheck{URL: "https://mail.contoso.test/mapi/emsmdb/", Status: 200, Kind: "status-page", Product: "F5 BIG-IP APM",
			HeaderVersion: "Exchange/15.02.2562.017", VersionAgrees: &yes, Page: samplePage("/mapi/emsmdb/"), Debug: map[string]string{"Mailbox Server": "EX01"},
			AddressBook: &report.WebView{URL: "https://mail.contoso.test/mapi/nspi/", Status: 200, Kind: "status-page", Product: "none",
				HeaderVersion: "Exchange/15.02.2562.017", VersionAgrees: &yes, Page: samplePage("/mapi/nspi/"), Debug: map[string]string{"Mailbox Server": "EX01"}},
			Healthcheck:  &report.Healthcheck{Status: 200, Server: "EX01.CORP.CONTOSO.TEST"},
			Healthchecks: []report.ServiceHealth{{VDir: "ews", Address: "10.9.8.7:443", Status: 200, Healthy: &yes, Server: "EX01.CORP.CONTOSO.TEST", Took: ms(2), Error: "none"}}},
		Certificates: []report.Certificate{{
			Host: "mail.contoso.test", Address: "10.9.8.7:443", TLSVersion: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256",
			Chain: []report.ChainCert{{Subject: "CN=mail.contoso.test", Issuer: "CN=Contoso CA", SANs: []string{"mail.contoso.test"},
				NotBefore: started, NotAfter: started, Key: "ECDSA P-256", Signature: "ECDSA-SHA256", SHA256: "aa00"}},
			NamesWanted: []string{"mail.contoso.test"}, NamesMissing: []string{"autodiscover.contoso.test"}, Trusted: &yes,
			Revocation: "good", Problems: []string{"expired"},
			DaysLeft: days(12), Offers: []report.TLSOffer{{Version: "TLS 1.2", Accepted: &yes, Cipher: "x", Ciphers: []string{"x"}}}, ClientCert: true, WithoutSNI: "same",
			Revocations: []report.Revocation{{Subject: "mail.contoso.test", Source: "ocsp", URL: "http://ocsp.contoso.test/", Status: "good", Took: ms(34), Error: "none"}},
			Details:     []report.CertDetail{{Kind: "expired", Severity: "fail", Subject: "mail.contoso.test", Text: "it expired on 1 March 2026"}},
		}},
		Outages: []report.Outage{{Cause: "sleep", Started: started, Ended: &started, Duration: ms(1), Outcome: "resumed", Phase: "connect", Resume: ms(42)}},
		Exchanges: []report.Exchange{{
			Seq: 1, Started: 214, Check: "mapi.connect", Method: "POST", URL: "https://mail.contoso.test/mapi/emsmdb/?MailboxId=11111111-2222-3333-4444-555555555555@contoso.test",
			Local: "10.1.2.3:50122", Remote: "10.9.8.7:443", Proto: "HTTP/1.1", TLS: "TLS 1.3", Status: 401, RequestType: "Connect",
			RequestID: "{8C0D5A42-57CF-4B8A-9A35-0D2FD3BA2BD1}:1", ClientInfo: "{2EF33C39-49C8-421C-B876-CDF7F2AC3AA0}:1",
			ClientRequestID: "{0D2FD3BA-57CF-4B8A-9A35-0D2FD3BA2BD1}", ServerRequestID: "9f6b6f80-1111-4c3c-9d0e-aaaaaaaaaaaa",
			ResponseCode: code(0), ErrorCode: code(0), DNS: ms(1), Connect: ms(1), TLSTime: ms(3), FirstByte: ms(9), Total: ms(10),
			BytesOut: 812, BytesIn: 1033, Authn: "NTLM", FEServer: "EX01", BEServer: "EX02", Error: "401 Unauthorized",
		}},
	}
}

func days(n int) *int { return &n }

func samplePage(vdir string) *report.Page {
	return &report.Page{Version: "15.2.2562.17", VDir: vdir, User: `CONTOSO\alice`, UPN: "alice@contoso.test",
		SID: "S-1-5-21-1-2-3-1105", Organization: "contoso.test", Authentication: "NTLM", Server: "EX01", Other: map[string]string{"Created": "2026-03-01"}}
}
