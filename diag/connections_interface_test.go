package diag

import (
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
)

func TestNameInterfaces(t *testing.T) {
	r := &report.Report{
		Machine: report.Machine{Interfaces: []report.Interface{
			{Name: "wifi", Addresses: []string{"192.0.2.7/24", "2001:db8::7/64"}},
		}},
		Exchanges: []report.Exchange{
			{URL: "https://mail.example.com/mapi/emsmdb/?MailboxId=1", Local: "192.0.2.7:50000"},
			{URL: "https://mail.example.com/mapi/nspi/?MailboxId=1", Local: "[2001:db8::7]:50000"},
			{URL: "https://demo.example.com/mapi/emsmdb/", Local: "127.0.0.5:1"},
			{URL: "https://gone.example.com/mapi/emsmdb/", Local: "198.51.100.1:1"},
		},
	}
	want := map[string]string{
		"https://mail.example.com/mapi/emsmdb/?MailboxId=1": "wifi",
		"https://mail.example.com/mapi/nspi/?MailboxId=1":   "wifi",
		"https://demo.example.com/mapi/emsmdb/":             "loopback",
		"https://gone.example.com/mapi/emsmdb/":             "",
	}
	for u := range want {
		r.Connections = append(r.Connections, report.Connection{URL: u, Status: report.Established})
	}
	r.Connections = append(r.Connections, report.Connection{URL: "https://demo.example.com/mapi/emsmdb/", Status: report.Refused})
	want["refused"] = ""
	nameInterfaces(r)
	for _, row := range r.Connections {
		key := row.URL
		if row.Status == report.Refused {
			key = "refused"
		}
		if row.Interface != want[key] {
			t.Errorf("%s %s leaves by %q, want %q", row.Status, row.URL, row.Interface, want[key])
		}
	}
}
