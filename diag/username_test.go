package diag_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// TestOtherUserName: without the full test a refused address costs one attempt per
// place and leaves the question open; with it one more answers it.
func TestOtherUserName(t *testing.T) {
	s := start(t, exchangetest.Fault{Name: "upn-mismatch", Variant: "ntlm"})
	o := options(s)
	o.Krb5Conf, o.Auth = "", "ntlm"
	r := diagnose(t, o)
	if r.Verdict.Cause != "bad-credentials" || !slices.Contains(r.Verdict.Or, "upn-mismatch") {
		t.Errorf("verdict %+v", r.Verdict)
	}
	for _, x := range r.Exchanges {
		if x.Check == "auth.user-name" {
			t.Errorf("asked without leave: %+v", x)
		}
	}
	o.FullAuthTest = true
	r = diagnose(t, o)
	if r.Verdict.Cause != "upn-mismatch" || len(r.Verdict.Or) > 0 || !strings.Contains(r.Findings[0].Explanation, `CONTOSO\alice`) {
		t.Errorf("verdict %+v, findings %+v", r.Verdict, r.Findings)
	}

	// The password is wrong under every name: the full test says so and no more.
	wrong := start(t, exchangetest.Fault{Name: "upn-mismatch", Variant: "ntlm"}, exchangetest.Fault{Name: "bad-credentials"})
	o = options(wrong)
	o.Krb5Conf, o.Auth, o.FullAuthTest = "", "ntlm", true
	if r = diagnose(t, o); r.Verdict.Cause != "bad-credentials" {
		t.Errorf("verdict %+v", r.Verdict)
	}
	for _, c := range r.Checks {
		if c.ID == "auth.user-name" && c.Status != report.Skip {
			t.Errorf("%+v", c)
		}
	}
}
