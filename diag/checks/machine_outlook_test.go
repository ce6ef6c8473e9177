package checks

import (
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

const (
	testExchange     = `HKCU\Software\Microsoft\Exchange`
	testAutodiscover = `HKCU\Software\Microsoft\Office\16.0\Outlook\AutoDiscover`
	testInternet     = `HKCU\Software\Policies\Microsoft\Office\16.0\Common\Internet`
	testIdentity     = `HKCU\Software\Microsoft\Office\16.0\Common\Identity`
	testLSA          = `HKLM\SYSTEM\CurrentControlSet\Control\Lsa`
)

// clientWith is an Outlook whose registry has these numbers and texts.
func clientWith(values ...any) *outlook.Client {
	r := &outlook.Registry{}
	for i := 0; i < len(values); i += 3 {
		v := outlook.StringValue("")
		switch x := values[i+2].(type) {
		case int:
			v = outlook.DWORDValue(uint32(x))
		case string:
			v = outlook.StringValue(x)
		}
		r.Set(values[i].(string), values[i+1].(string), v)
	}
	return outlook.Inspect(r)
}

func TestOutlookVersions(t *testing.T) {
	version := func(v string) *outlook.Client {
		return clientWith(`HKLM\SOFTWARE\Microsoft\Office\15.0\Outlook\InstallRoot`, "Path", "x", `HKLM\SOFTWARE\Microsoft\Office\15.0\Common\ProductVersion`, "LastProduct", v)
	}
	want(t, judgeOutlook(version("15.0.4569.1506")), report.Pass, "can speak")
	want(t, judgeOutlook(version("15.0.4420.1017")), report.Fail, "Service Pack 1", suite.OutlookTooOld)
	want(t, judgeOutlook(version("?")), report.Warn, "does not tell")
	want(t, judgeOutlook(clientWith()), report.Skip, "no Outlook")
}

func TestRegistrySettings(t *testing.T) {
	works := seenByOutlook{domain: "contoso.test", works: []string{"autodiscover", "srv"}}
	modern := works
	modern.modern = true
	for _, test := range []struct {
		name   string
		client *outlook.Client
		seen   seenByOutlook
		status report.Status
		part   string
		codes  []string
	}{
		{"nothing", clientWith(), works, report.Pass, "nothing keeps Outlook", nil},
		{"switched off", clientWith(testExchange, "MapiHttpDisabled", 1), works, report.Fail, "does not use MAPI over HTTP", []string{suite.MapiHTTPOff}},
		{"switched on", clientWith(testExchange, "MapiHttpDisabled", 0), works, report.Pass, "(set: MapiHttpDisabled)", nil},
		{"one step left", clientWith(testAutodiscover, "ExcludeSrvRecord", 1), works, report.Pass, "ExcludeSrvRecord", nil},
		{"no step left", clientWith(testAutodiscover, "ExcludeSrvRecord", 1, testAutodiscover, "ExcludeHttpsAutoDiscoverDomain", 1), works, report.Fail, "ExcludeHttpsAutoDiscoverDomain, ExcludeSrvRecord", []string{suite.StepsExcluded}},
		{"no step works anyway", clientWith(testAutodiscover, "ExcludeSrvRecord", 1), seenByOutlook{}, report.Pass, "", nil},
		{"a myth", clientWith(testAutodiscover, "ExcludeSrvLookup", 1), works, report.Pass, "ExcludeSrvRecord", nil},
		{"a file", clientWith(testAutodiscover, "PreferLocalXML", 1, testAutodiscover, "contoso.test", `C:\a.xml`), works, report.Warn, `C:\a.xml`, []string{suite.LocalXML}},
		{"a file of another domain", clientWith(testAutodiscover, "PreferLocalXML", 1, testAutodiscover, "other.test", `C:\a.xml`), works, report.Pass, "", nil},
		{"a file that is not preferred", clientWith(testAutodiscover, "contoso.test", `C:\a.xml`), works, report.Pass, "", nil},
		{"NTLMv1", clientWith(testLSA, "LmCompatibilityLevel", 2), works, report.Warn, "LmCompatibilityLevel is 2", []string{suite.NTLMv1Allowed}},
		{"NTLMv2", clientWith(testLSA, "LmCompatibilityLevel", 3), works, report.Pass, "", nil},
		{"no online content", clientWith(testInternet, "UseOnlineContent", 0), modern, report.Fail, "sign-in service", []string{suite.OnlineContentOff}},
		{"no online content, none needed", clientWith(testInternet, "UseOnlineContent", 0), works, report.Warn, "may not use", []string{suite.OnlineContentOff}},
		{"online content", clientWith(testInternet, "UseOnlineContent", 2), modern, report.Pass, "", nil},
		{"no modern sign-in", clientWith(testIdentity, "EnableADAL", 0), modern, report.Warn, "modern sign-in", []string{suite.ModernAuthOff}},
		{"no modern sign-in, none needed", clientWith(testIdentity, "EnableADAL", 0), works, report.Pass, "", nil},
		{"the worst counts", clientWith(testLSA, "LmCompatibilityLevel", 1, testExchange, "MapiHttpDisabled", 1), works, report.Fail, "; ", []string{suite.MapiHTTPOff, suite.NTLMv1Allowed}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := judgeRegistry(test.client, test.seen)
			want(t, o, test.status, test.part, test.codes...)
			if len(o.Signals) != len(test.codes) {
				t.Errorf("signals %v", o.Signals)
			}
		})
	}
}

func TestOutlookRows(t *testing.T) {
	rows := outlookRows(clientWith(testExchange, "MapiHttpDisabled", 1, `HKCU\Software\Microsoft\Office\14.0\Outlook\AutoDiscover`, "ExcludeSrvRecord", 1))
	if len(rows) != 1 || rows[0].Version != "not known" || len(rows[0].Registry) != 1 || rows[0].Registry[testExchange+`\MapiHttpDisabled`] != "1" {
		t.Errorf("rows %+v", rows)
	}
	if rows := outlookRows(clientWith()); rows != nil {
		t.Errorf("rows of nothing: %+v", rows)
	}
}
