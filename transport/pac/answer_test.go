package pac

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

func TestParseAnswer(t *testing.T) {
	for answer, want := range map[string]string{
		"": "DIRECT", " ; ;": "DIRECT", "DIRECT": "DIRECT", "direct;": "DIRECT",
		"PROXY Proxy.contoso.test:8080; SOCKS b ;DIRECT":   "PROXY proxy.contoso.test:8080, SOCKS b:1080, DIRECT",
		"HTTP a; HTTPS b; SOCKS5 [fd00::1]:99; proxy\ta:1": "PROXY a:80, HTTPS b:443, SOCKS [fd00::1]:99, PROXY a:1",
		"PROXY fd00::1": "PROXY [fd00::1]:80", "PROXY [fd00::1]": "PROXY [fd00::1]:80",
		"PROXY": "!", "PROXY a:0": "!", "PROXY a:99999": "!", "PROXY a b": "!", "PROXY http://a": "!", "DIRECT x": "!", "nonsense": "!", "PROXY a:b:c": "!",
		strings.Repeat("DIRECT;", 33): "!", strings.Repeat(" ", maxAnswer+1): "!",
	} {
		ways, err := ParseAnswer(answer)
		var got []string
		for _, w := range ways {
			got = append(got, w.String())
		}
		if (err != nil) != (want == "!") || err == nil && strings.Join(got, ", ") != want {
			t.Errorf("%.40q: %v, %v; want %s", answer, got, err, want)
		}
	}
	ways, _ := ParseAnswer("PROXY a:1; HTTPS b:2; SOCKS c:3; DIRECT")
	if ways[0].URL().String() != "http://a:1" || ways[1].URL().String() != "https://b:2" || ways[2].URL() != nil || ways[3].URL() != nil {
		t.Errorf("URLs of %v", ways)
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add("PROXY a:1; SOCKS b; DIRECT")
	f.Add("HTTPS [fd00::1]:443;;DIRECT")
	f.Fuzz(func(t *testing.T, answer string) {
		ways, err := ParseAnswer(answer)
		if (err == nil) != (len(ways) > 0) || len(ways) > maxWays {
			t.Fatalf("%d ways, %v", len(ways), err)
		}
		for _, w := range ways {
			again, err := ParseAnswer(w.String())
			if err != nil || len(again) != 1 || again[0] != w {
				t.Fatalf("%q is read as %v, %v", w.String(), again, err)
			}
		}
	})
}

func FuzzShellMatch(f *testing.F) {
	f.Add("https://mail.contoso.test/", "https://*.contoso.?est/*")
	f.Fuzz(func(t *testing.T, s, pattern string) {
		if shellMatch(s, pattern) && !strings.ContainsAny(pattern, "*?") && s != pattern {
			t.Fatalf("%q matches %q", s, pattern)
		}
	})
}

func TestSearchURLs(t *testing.T) {
	got := strings.Join(SearchURLs([]string{"Corp.Contoso.test.", "", "test", "corp.contoso.test", "a/b.test", "contoso.test"}), " ")
	if want := "http://wpad.corp.contoso.test/wpad.dat http://wpad.contoso.test/wpad.dat"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFetch(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/good", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "Application/X-NS-Proxy-Autoconfig; charset=utf-8")
		w.Write([]byte("script"))
	})
	mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("<html></html>")) })
	mux.HandleFunc("/huge", func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, MaxScript+1)) })
	mux.Handle("/moved", http.RedirectHandler("/good", http.StatusFound))
	mux.Handle("/circle", http.RedirectHandler("/circle", http.StatusFound))
	s := httptest.NewServer(mux)
	defer s.Close()
	for path, want := range map[string]struct {
		status int
		right  bool
		source string
		err    string
	}{
		"/good": {200, true, "script", ""}, "/moved": {200, true, "script", ""}, "/page": {200, false, "<html></html>", ""}, "/none": {404, false, "", ""},
		"/huge": {200, false, "*", "more than 1024 KiB"}, "/circle": {302, false, "", "more than 5 times"},
	} {
		f, err := Fetch(t.Context(), &netpath.Path{}, s.URL+path)
		if f.Status != want.status || f.RightType() != want.right || want.source != "*" && string(f.Source) != want.source {
			t.Errorf("%s: %d %s %.20q", path, f.Status, f.Type, f.Source)
		}
		if (err == nil) != (want.err == "") || err != nil && !strings.Contains(err.Error(), want.err) {
			t.Errorf("%s: %v, want %q", path, err, want.err)
		}
	}
	for _, bad := range []string{"file://server/proxy.pac", "proxy.pac", "", "http://"} {
		if _, err := Fetch(t.Context(), &netpath.Path{}, bad); err == nil || !strings.Contains(err.Error(), "must begin with http") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
