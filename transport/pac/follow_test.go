package pac

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

func TestFollow(t *testing.T) {
	var fetched atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fetched.Add(1)
		switch r.URL.Path {
		case "/proxy.pac":
			w.Write([]byte(`function FindProxyForURL(url, host) {
				if (host == "direct.test") return "DIRECT";
				if (host == "socks.test") return "SOCKS s:1";
				if (host == "mixed.test") return "SOCKS s:1; HTTPS b:443";
				return "PROXY a:8080; DIRECT"; }`))
		case "/broken.pac":
			w.Write([]byte("function FindProxyForURL() { return nothing }"))
		default:
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	setting := netmon.Proxy{HTTPS: "fixed:3128"}
	proxy := Follow(func() netmon.Proxy { return setting }, &netpath.Path{})
	for _, c := range []struct{ script, host, want string }{
		{"", "mail.test", "http://fixed:3128"},
		{"/proxy.pac", "mail.test", "http://a:8080"}, {"/proxy.pac", "direct.test", ""}, {"/proxy.pac", "mixed.test", "https://b:443"},
		{"/proxy.pac", "socks.test", "error"}, {"/proxy.pac", "mail.test", "http://a:8080"},
		{"/none.pac", "mail.test", "http://fixed:3128"}, {"/broken.pac", "mail.test", "http://fixed:3128"}, {"/broken.pac", "mail.test", "http://fixed:3128"},
	} {
		if setting.ScriptURL = ""; c.script != "" {
			setting.ScriptURL = s.URL + c.script
		}
		got, err := proxy(&url.URL{Scheme: "https", Host: c.host + ":443"})
		text := ""
		if got != nil {
			text = got.String()
		}
		if err != nil {
			text = "error"
		}
		if text != c.want {
			t.Errorf("%s %s: %q, want %q", c.script, c.host, text, c.want)
		}
	}
	if n := fetched.Load(); n != 3 {
		t.Errorf("%d fetches of 3 scripts", n)
	}
}
