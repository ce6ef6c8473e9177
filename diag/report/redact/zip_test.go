package redact

import (
	"archive/zip"
	"bytes"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
)

// TestStrictLeavesNoNameInTheZip looks into every file of what is handed on.
func TestStrictLeavesNoNameInTheZip(t *testing.T) {
	r, planted := canaries()
	out, err := Apply(r, Strict)
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?i)canary|10\.(66|77)\.|2a02:|secretorg|-bbbb-|-aaaa-`)
	seen := 0
	for name, text := range unzip(t, out) {
		seen++
		if m := names.FindStringIndex(text); m != nil {
			t.Errorf("%s: …%s…", name, text[max(0, m[0]-60):min(len(text), m[1]+60)])
		}
		for _, p := range planted {
			if strings.Contains(text, p) {
				t.Errorf("%s: still there: %s", name, p)
			}
		}
	}
	if seen != 4 || !names.MatchString(strings.Join(planted, " ")) {
		t.Errorf("%d files were searched for %d canaries", seen, len(planted))
	}
}

// TestNoSecretInTheZip: a password that slipped into the report is in no file.
func TestNoSecretInTheZip(t *testing.T) {
	const password = "Tr0ub4dor&3<x>"
	r := reporttest.Sample()
	r.Checks[0].Summary, r.Exchanges[0].Error, r.Verdict.Headline = "sent "+password, password, "No: "+password
	r.Exchanges[0].URL = "https://alice:" + password + "@mail.contoso.test/mapi/emsmdb/"
	for _, level := range []Level{None, Normal, Strict} {
		out, err := Apply(r, level, password)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range unzip(t, out) {
			if strings.Contains(text, "Tr0ub4dor") {
				t.Errorf("%s, %s: the password is in it", level, name)
			}
		}
	}
}

// TestAnEscapedAddressHasTheSameStandIn: in the query of a URL the @ is %40.
func TestAnEscapedAddressHasTheSameStandIn(t *testing.T) {
	r := reporttest.Sample()
	r.Exchanges[0].URL = "https://mail.contoso.test/autodiscover/autodiscover.json?Email=alice%40contoso.test&Protocol=Ews"
	out, err := Apply(r, Strict)
	if err != nil {
		t.Fatal(err)
	}
	if want := "?Email=" + out.Account.Address + "&Protocol=Ews"; !strings.HasSuffix(out.Exchanges[0].URL, want) {
		t.Errorf("%s does not end in %s", out.Exchanges[0].URL, want)
	}
}

func unzip(t *testing.T, r *report.Report) map[string]string {
	t.Helper()
	var buf bytes.Buffer
	if err := report.WriteZip(&buf, r); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(b)
	}
	return files
}

func TestPreviewIsWhatStrictDoes(t *testing.T) {
	want, err := Apply(reporttest.Sample(), Strict)
	if err != nil {
		t.Fatal(err)
	}
	got, changes, err := Preview(reporttest.Sample())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the preview differs from what is written (%v)", err)
	}
	if len(changes) < 10 || changes[0].Class != Address || changes[0].From != "alice@contoso.test" || changes[0].To != want.Account.Address {
		t.Fatalf("%d changes, the first %+v", len(changes), changes[0])
	}
	for _, c := range changes {
		if c.From == c.To || c.Times < 1 || c.Class == Keep {
			t.Errorf("no change: %+v", c)
		}
	}
}
