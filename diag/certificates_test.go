package diag_test

import (
	"slices"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// TestKindOfCertificateFault wants the finding to say which kind it is, and the
// rows of the certificate the same.
func TestKindOfCertificateFault(t *testing.T) {
	i := slices.IndexFunc(exchangetest.Faults(), func(f exchangetest.FaultInfo) bool { return f.Name == "cert-invalid" })
	for _, kind := range exchangetest.Faults()[i].Variants {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := start(t, exchangetest.Fault{Name: "cert-invalid", Variant: kind})
			r := diagnose(t, options(s))
			if len(r.Findings) == 0 || r.Findings[0].Code != "cert-invalid" || r.Findings[0].Evidence["kind"] != kind {
				t.Fatalf("findings %+v", r.Findings)
			}
			at := slices.IndexFunc(r.Certificates, func(c report.Certificate) bool { return c.Host == s.MailHost() })
			if at < 0 {
				t.Fatalf("no row in %+v", r.Certificates)
			}
			row := r.Certificates[at]
			if kind == "revoked" {
				if row.Revocation == "" || row.Revocations[0].Status != "revoked" || row.Revocations[0].Source != "crl" || row.Revocations[0].Took == nil {
					t.Errorf("%+v", row)
				}
			} else if len(row.Problems) != 1 || row.Problems[0] != kind || len(row.Details) == 0 {
				t.Errorf("%+v", row)
			}
		})
	}
}

// TestHealthyCertificates wants rows in which nothing is wrong.
func TestHealthyCertificates(t *testing.T) {
	s := start(t, exchangetest.Fault{})
	r := diagnose(t, options(s))
	if len(r.Certificates) < 2 {
		t.Fatalf("%d rows", len(r.Certificates))
	}
	for _, c := range r.Certificates {
		if len(c.Problems) > 0 || len(c.NamesMissing) > 0 || c.Trusted == nil || !*c.Trusted || c.DaysLeft == nil || len(c.Offers) != 4 || len(c.Chain) != 2 {
			t.Errorf("%+v", c)
		}
	}
	if row := checkRow(t, r, "tls.names"); row.Status != report.Pass {
		t.Errorf("tls.names: %s %s", row.Status, row.Summary)
	}
	if row := checkRow(t, r, "tls.revocation"); row.Status != report.Skip || row.SkippedBecause == "" {
		t.Errorf("tls.revocation: %+v", row)
	}
}
