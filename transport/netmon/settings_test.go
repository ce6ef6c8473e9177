package netmon

import (
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestResolvConf(t *testing.T) {
	servers, search := parseResolvConf([]byte(`# written by hand
nameserver 192.0.2.53
nameserver   2001:db8::53
nameserver 192.0.2.53
nameserver fe80::1%eth0
nameserver not-an-address
nameserver
domain old.test
search corp.test eu.corp.test
options edns0
`))
	if want := []netip.Addr{addr("192.0.2.53"), addr("2001:db8::53"), addr("fe80::1%eth0")}; !slices.Equal(servers, want) {
		t.Errorf("servers %v, want %v", servers, want)
	}
	if want := []string{"corp.test", "eu.corp.test"}; !slices.Equal(search, want) {
		t.Errorf("search %v, want %v", search, want)
	}
}

func TestUpstreamLooksBehindACache(t *testing.T) {
	stub := []byte("nameserver 127.0.0.53\nsearch corp.test\n")
	real := []byte("nameserver 192.0.2.53\n")
	for _, c := range []struct {
		name  string
		files [][]byte
		want  string
	}{
		{"no cache", [][]byte{real, stub}, "192.0.2.53"},
		{"cache", [][]byte{stub, nil, real}, "192.0.2.53"},
		{"cache, nothing known behind it", [][]byte{stub, nil, nil}, "127.0.0.53"},
	} {
		t.Run(c.name, func(t *testing.T) {
			servers, search := upstream(c.files...)
			if len(servers) != 1 || servers[0] != addr(c.want) {
				t.Errorf("servers %v, want %s", servers, c.want)
			}
			if len(c.files) == 3 && c.files[1] == nil && !slices.Equal(search, []string{"corp.test"}) {
				t.Errorf("search %v", search)
			}
		})
	}
}

func TestProxyOfEnv(t *testing.T) {
	env := map[string]string{
		"HTTPS_PROXY": "http://alice:secret@proxy.test:3128", "http_proxy": "plain.test:8080", "NO_PROXY": ".corp.test",
	}
	got := proxyOfEnv(func(k string) string { return env[k] })
	if want := (Proxy{HTTP: "plain.test:8080", HTTPS: "proxy.test:3128", Bypass: ".corp.test"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := proxyOfEnv(func(k string) string { return map[string]string{"no_proxy": "*"}[k] }); got != (Proxy{}) {
		t.Errorf("no_proxy alone is a proxy: %+v", got)
	}
}

// As "gsettings list-recursively org.gnome.system.proxy" writes it.
const gsettings = `org.gnome.system.proxy autoconfig-url 'http://wpad.corp.test/wpad.dat'
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1']
org.gnome.system.proxy mode 'MODE'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.ftp host ''
org.gnome.system.proxy.http authentication-password 'secret'
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host 'proxy.corp.test'
org.gnome.system.proxy.http port 3128
org.gnome.system.proxy.https host 'proxy.corp.test'
org.gnome.system.proxy.https port 3129
org.gnome.system.proxy.socks host ''
`

func TestProxyOfGSettings(t *testing.T) {
	for mode, want := range map[string]Proxy{
		"none":   {},
		"manual": {HTTP: "proxy.corp.test:3128", HTTPS: "proxy.corp.test:3129", Bypass: "localhost,127.0.0.0/8,::1"},
		"auto":   {ScriptURL: "http://wpad.corp.test/wpad.dat"},
	} {
		if got := proxyOfGSettings([]byte(strings.Replace(gsettings, "MODE", mode, 1))); got != want {
			t.Errorf("%s: %+v, want %+v", mode, got, want)
		}
	}
	search := strings.NewReplacer("MODE", "auto", "http://wpad.corp.test/wpad.dat", "").Replace(gsettings)
	if got := proxyOfGSettings([]byte(search)); got != (Proxy{AutoDetect: true}) {
		t.Errorf("auto without a script: %+v", got)
	}
	if got := proxyOfGSettings(nil); got != (Proxy{}) {
		t.Errorf("no desktop: %+v", got)
	}
}

// As "scutil --proxy" writes it.
const scutil = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  FTPPassive : 1
  HTTPEnable : 0
  HTTPPort : 8080
  HTTPProxy : old.corp.test
  HTTPSEnable : 1
  HTTPSPort : 3128
  HTTPSProxy : proxy.corp.test
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://wpad.corp.test/wpad.dat
  ProxyAutoDiscoveryEnable : 1
}
`

func TestProxyOfScutil(t *testing.T) {
	want := Proxy{
		HTTPS: "proxy.corp.test:3128", Bypass: "*.local,169.254/16",
		ScriptURL: "http://wpad.corp.test/wpad.dat", AutoDetect: true,
	}
	if got := proxyOfScutil([]byte(scutil)); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := proxyOfScutil([]byte("<dictionary> {\n  HTTPEnable : 0\n}\n")); got != (Proxy{}) {
		t.Errorf("direct: %+v", got)
	}
}

func TestProxyOfWindows(t *testing.T) {
	detect := []byte{0x46, 0, 0, 0, 5, 0, 0, 0, 0x09, 0, 0, 0}
	for _, c := range []struct {
		name string
		in   internetSettings
		want Proxy
	}{
		{"direct", internetSettings{server: "old.test:8080", connection: []byte{0x46, 0, 0, 0, 5, 0, 0, 0, 1}}, Proxy{}},
		{"one for all", internetSettings{enable: 1, server: "proxy.test:8080", override: "*.corp.test;<local>"},
			Proxy{HTTP: "proxy.test:8080", HTTPS: "proxy.test:8080", Bypass: "*.corp.test,<local>"}},
		{"one each", internetSettings{enable: 1, server: "ftp=f.test:1; http=h.test:2;https=https://s.test:3"},
			Proxy{HTTP: "h.test:2", HTTPS: "s.test:3"}},
		{"script and search", internetSettings{scriptURL: "http://wpad.test/p.pac", connection: detect},
			Proxy{ScriptURL: "http://wpad.test/p.pac", AutoDetect: true}},
		{"blob cut off", internetSettings{connection: detect[:8]}, Proxy{}},
	} {
		if got := proxyOfWindows(c.in); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// FuzzSettings feeds one text to everything that reads text of the system.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(gsettings))
	f.Add([]byte(scutil))
	f.Add([]byte("nameserver 192.0.2.53\nsearch corp.test\n"))
	f.Add([]byte("http=h.test:2;https=https://s.test:3"))
	f.Fuzz(func(t *testing.T, b []byte) {
		servers, _ := parseResolvConf(b)
		for _, s := range servers {
			if !s.IsValid() {
				t.Error("a server without an address")
			}
		}
		proxyOfGSettings(b)
		proxyOfScutil(b)
		p := proxyOfWindows(internetSettings{enable: 1, server: string(b), connection: b})
		if strings.Contains(p.HTTP, "@") {
			t.Errorf("a password may be in %q", p.HTTP)
		}
	})
}

func TestProxyFor(t *testing.T) {
	p := Proxy{HTTP: "plain.test:8080", HTTPS: "proxy.test:3128", Bypass: "*.corp.test,<local>,203.0.113.0/24"}
	for target, want := range map[string]string{
		"https://mail.contoso.test/mapi/": "http://proxy.test:3128", "http://mail.contoso.test/": "http://plain.test:8080",
		"https://mail.corp.test/": "", "https://intranet/": "", "https://203.0.113.10/": "",
	} {
		u, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if proxy, err := p.For(u); err != nil {
			t.Errorf("%s: %v", target, err)
		} else if proxy != nil {
			got = proxy.String()
		}
		if got != want {
			t.Errorf("%s goes by %q, want %q", target, got, want)
		}
	}
	if proxy, err := (Proxy{}).For(&url.URL{Scheme: "https", Host: "mail.contoso.test"}); proxy != nil || err != nil {
		t.Errorf("direct goes by %v, %v", proxy, err)
	}
}
