package report_test

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
)

func written(t *testing.T, write func(io.Writer, *report.Report) error, r *report.Report) string {
	t.Helper()
	var buf bytes.Buffer
	if err := write(&buf, r); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestHTMLPutsTheVerdictFirst(t *testing.T) {
	got := written(t, report.WriteHTML, reporttest.Sample())
	got = got[strings.Index(got, "<body"):]
	last := -1
	for _, want := range []string{
		"NOT WORKING", "<h1>The server refused the password", report.ShortCode(reporttest.Sample()).String(), "What to do", "Unlock-ADAccount -Identity alice",
		"<h2>Why", ">possible<", "It may also be", ">account-locked<", "To tell which: See whether", "Get-ADUser alice", ">mapi.ping<", "<h2>Checks", "Mailbox session", "<h2>Connections", "established", "search for in the server", "<h2>Timeline", "class=\"bad\">401<", "<rect class=\"wait\"",
		"<h2>Certificates", "svg class=\"rail fail\"", "Contoso CA", "<h2>In a browser", "<h2>Outages", "laptop-17",
	} {
		at := strings.Index(got[last+1:], want)
		if at < 0 {
			t.Errorf("%q is missing, or stands too early", want)
			continue
		}
		last += 1 + at
	}
}

// TestHTMLNeedsNothingElse reads the page as a browser does: no script, no link,
// nothing that would be loaded.
func TestHTMLNeedsNothingElse(t *testing.T) {
	r := reporttest.Sample()
	evil := `<script>alert(1)</script><img src="https://evil.test/x.png" onerror="x()">"><a href=javascript:x>` + "\u202Eabc\x1b"
	r.Verdict.Headline, r.Account.Address, r.Checks[0].Summary, r.Connections[0].Server = evil, evil, evil, evil
	r.Exchanges[0].URL, r.Exchanges[0].FEServer, r.Exchanges[0].RequestType, r.Checks[0].Evidence["x"] = evil, evil, evil, evil
	r.Findings[0].Actions[0].Command, r.Certificates[0].Chain[0].Subject, r.Certificates[0].Host = evil, evil, evil
	r.WebCheck.Page.User, r.Connections[0].Status, r.Checks[0].Status = evil, report.ConnStatus(evil), report.Status(evil)
	for name, sample := range map[string]*report.Report{"sample": reporttest.Sample(), "hostile": r} {
		page := written(t, report.WriteHTML, sample)
		if strings.ContainsAny(page, "\u202E\x1b") {
			t.Errorf("%s: control characters got through", name)
		}
		if i := strings.Index(page, "url("); i >= 0 || strings.Contains(page, "@import") {
			t.Errorf("%s: the style loads something", name)
		}
		elements := 0
		for z := html.NewTokenizer(strings.NewReader(page)); ; {
			kind := z.Next()
			if kind == html.ErrorToken {
				break
			}
			if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
				continue
			}
			elements++
			token := z.Token()
			switch token.Data {
			case "script", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "a":
				t.Errorf("%s: there is a <%s>", name, token.Data)
			}
			for _, a := range token.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "href" && a.Val != "data:," {
					t.Errorf("%s: <%s %s=%q>", name, token.Data, a.Key, a.Val)
				}
			}
		}
		if elements < 100 {
			t.Errorf("%s: read only %d elements: the walk is broken", name, elements)
		}
	}
}

func TestHTMLWithNothingInIt(t *testing.T) {
	r := &report.Report{Schema: report.Schema}
	page := written(t, report.WriteHTML, r)
	if !strings.Contains(page, "NOT KNOWN") || strings.Contains(page, "<h2>Timeline") {
		t.Error("an empty report is not shown as one")
	}
}

// TestWaterfallStaysInThePicture: phases lie between 0 and 100 percent, whatever
// the times are.
func TestWaterfallStaysInThePicture(t *testing.T) {
	r := reporttest.Sample()
	huge, negative := report.Milliseconds(9e9), report.Milliseconds(-5)
	r.Exchanges = append(r.Exchanges, report.Exchange{Seq: 2, Started: 1, DNS: &huge, Total: &negative}, report.Exchange{Seq: 3, Started: 5e9, Total: &huge})
	number := regexp.MustCompile(`<rect class="\w+" x="([\d.]+)%" width="([\d.]+)%"`)
	all := number.FindAllStringSubmatch(written(t, report.WriteHTML, r), -1)
	if len(all) < 6 {
		t.Fatalf("%d phases are drawn", len(all))
	}
	for _, m := range all {
		if len(m[1]) > 6 || len(m[2]) > 6 {
			t.Errorf("drawn at %s, %s wide", m[1], m[2])
		}
	}
}
