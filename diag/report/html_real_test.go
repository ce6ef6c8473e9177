//go:build real && linux

package report_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
)

// phone holds the page in a frame as wide as a small phone, unfolds everything,
// and writes down whether its content fits and what is seen without scrolling.
const phone = `<!DOCTYPE html><title>phone</title><p id="out">not measured</p>
<iframe id="f" src="/report.html" style="width:360px;height:740px;border:0"></iframe>
<script>document.getElementById('f').onload = e => {
  const d = e.target.contentDocument;
  d.querySelectorAll('details').forEach(x => x.open = true);
  const h = d.querySelector('h1').getBoundingClientRect();
  document.getElementById('out').textContent = (d.documentElement.scrollWidth > d.documentElement.clientWidth ? 'too wide' : 'fits') +
    (h.bottom < 740 ? ', at once: ' : ', below: ') + d.querySelector('h1').textContent;
}</script>`

// TestRealHTMLOnAPhone: the verdict is on the first screen of a phone, nothing
// is wider than that, even with everything unfolded, and nobody else is asked.
func TestRealHTMLOnAPhone(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is missing; .ci/setup-real installs it")
		}
		t.Skip("left out: chromium is not installed (make setup-real)")
	}
	r := reporttest.Sample()
	r.Checks[0].Summary = strings.Repeat("https://mail.contoso.test/mapi/emsmdb/", 8)
	pages := map[string]string{"/phone.html": phone, "/report.html": written(t, report.WriteHTML, r)}
	var mu sync.Mutex
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { // the proxy for every address, too
		mu.Lock()
		asked = append(asked, q.Method+" "+q.Host+q.URL.Path)
		mu.Unlock()
		if page, ok := pages[q.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write([]byte(page))
			return
		}
		http.NotFound(w, q)
	}))
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		"--proxy-server="+s.URL, "--proxy-bypass-list=<-loopback>", "--window-size=800,1000", "--virtual-time-budget=5000",
		"--dump-dom", "http://page.test/phone.html").Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	_, rest, _ := strings.Cut(string(out), `<p id="out">`)
	said, _, _ := strings.Cut(rest, "</p>")
	if said != "fits, at once: "+r.Verdict.Headline {
		t.Errorf("the browser measured %q", said)
	}
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(asked)
	for _, q := range asked {
		own := strings.Contains(q, ".google.com") || strings.Contains(q, ".googleapis.com")                                  // Chromium's own calls, whatever page is open
		if !own && q != "GET page.test/phone.html" && q != "GET page.test/report.html" && q != "GET page.test/favicon.ico" { // of phone.html, which has none
			t.Errorf("the browser asked for %s", q)
		}
	}
	if !slices.Contains(asked, "GET page.test/report.html") {
		t.Error("the report was not asked for: nothing is shown by this")
	}
}
