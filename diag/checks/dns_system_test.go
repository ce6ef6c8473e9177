package checks

import (
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
)

func TestHostsFile(t *testing.T) {
	const file = "127.0.0.1 localhost\r\n# 10.0.0.1 mail.contoso.test\n10.0.0.2\told.contoso.test MAIL.contoso.test # until May\nmail.contoso.test\n\xff\xfe"
	for host, want := range map[string]bool{"mail.contoso.test": true, "old.contoso.test": true, "contoso.test": false, "localhost": true, "until": false} {
		if inHosts([]byte(file), host) != want {
			t.Errorf("%s: not %v", host, want)
		}
	}
}

// TestNamesCompared: a second view is no fault while it answers, and nothing is
// said where there is none.
func TestNamesCompared(t *testing.T) {
	same := nameView{Host: "mail", System: []string{"192.0.2.1"}, DNS: []string{"192.0.2.1"}}
	other := nameView{Host: "mail", System: []string{"192.0.2.9"}, DNS: []string{"192.0.2.1"}}
	stale, gone := other, other
	stale.stale, gone.stale, gone.System = true, true, nil
	for name, c := range map[string]struct {
		views []nameView
		want  report.Status
	}{
		"the same": {[]nameView{same}, report.Pass}, "another that answers": {[]nameView{same, other}, report.Pass},
		"one that does not": {[]nameView{same, stale}, report.Fail}, "none at all": {[]nameView{gone}, report.Fail},
		"nothing to compare with": {[]nameView{{Host: "mail"}}, report.Skip},
	} {
		if out := judgeNameViews(c.views, "192.0.2.53:53"); out.Status != c.want || (len(out.Signals) > 0) != (c.want == report.Fail) {
			t.Errorf("%s: %+v", name, out)
		}
	}
}
