package report_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
)

func TestShortCodeSurvivesThePhone(t *testing.T) {
	r := reporttest.Sample()
	want := report.ShortCode(r)
	said := want.String()
	if len(said) != 9 || strings.ContainsAny(said, "ILOU") {
		t.Fatalf("the code is %q", said)
	}
	spoken := strings.NewReplacer("-", " ", "0", "o", "1", "l").Replace(strings.ToLower(said))
	for _, form := range []string{said, strings.ToLower(said), strings.ReplaceAll(said, "-", ""), spoken} {
		if got, err := report.ParseCode(form); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", form, got, err, want)
		}
	}
	if want.Status != report.Fail || want.Cause != report.CauseMark("bad-credentials") || want.Machine != report.MachineMark("LAPTOP-17.corp.contoso.test") {
		t.Errorf("got %+v", want)
	}
}

// TestShortCodeNoticesWhatWasMisread changes every character into every other
// one, and swaps all neighbours.
func TestShortCodeNoticesWhatWasMisread(t *testing.T) {
	said := []byte(strings.ReplaceAll(report.ShortCode(reporttest.Sample()).String(), "-", ""))
	tried := 0
	refused := func(b []byte) {
		tried++
		if _, err := report.ParseCode(string(b)); !errors.Is(err, report.ErrNotACode) {
			t.Errorf("%s instead of %s is accepted (%v)", b, said, err)
		}
	}
	for i := range said {
		for _, other := range []byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
			if other != said[i] {
				b := append([]byte(nil), said...)
				b[i] = other
				refused(b)
			}
		}
		if i > 0 && said[i] != said[i-1] {
			b := append([]byte(nil), said...)
			b[i], b[i-1] = b[i-1], b[i]
			refused(b)
		}
	}
	if tried < 8*31 {
		t.Errorf("only %d codes were tried", tried)
	}
}

func TestShortCodeKeepsStandInsSecret(t *testing.T) {
	r := reporttest.Sample()
	r.Run.Redaction = "strict"
	if c := report.ShortCode(r); c.Machine != 0 || c.Cause == 0 {
		t.Errorf("got %+v", c)
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add(report.ShortCode(reporttest.Sample()).String())
	f.Add("oooo-oooo")
	f.Add("Ä7K2M9QX")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := report.ParseCode(s)
		if err != nil {
			return
		}
		if again, err := report.ParseCode(c.String()); err != nil || again != c {
			t.Errorf("%q is %+v, written %s, read %+v (%v)", s, c, c, again, err)
		}
	})
}
