package netmon

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// Proxy is the system's proxy setting, without credentials. All empty: direct.
type Proxy struct {
	HTTP       string // host:port for http
	HTTPS      string // host:port for https
	Bypass     string // hosts that go direct, separated by commas, as the system writes them
	ScriptURL  string // of a PAC script
	AutoDetect bool   // WPAD
}

// proxyOfEnv is the setting of the environment, as curl and Go read it.
func proxyOfEnv(getenv func(string) string) Proxy {
	get := func(name string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return getenv(strings.ToUpper(name))
	}
	p := Proxy{HTTP: hostOf(get("http_proxy")), HTTPS: hostOf(get("https_proxy"))}
	if p != (Proxy{}) {
		p.Bypass = get("no_proxy")
	}
	return p
}

// hostOf is host:port of a proxy, which may be written as a URL with a password.
func hostOf(s string) string {
	if s == "" {
		return ""
	}
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return "unreadable" // still a setting, and still comparable
	}
	return u.Host
}

// proxyOfGSettings reads "gsettings list-recursively org.gnome.system.proxy":
// one "schema key value" a line.
func proxyOfGSettings(out []byte) (p Proxy) {
	set := map[string]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(f) == 3 && strings.HasPrefix(f[0], "org.gnome.system.proxy") {
			set[strings.TrimPrefix(f[0], "org.gnome.system.")+" "+f[1]] = strings.Trim(f[2], "'")
		}
	}
	switch set["proxy mode"] {
	case "manual":
		p.HTTP = hostPort(set["proxy.http host"], set["proxy.http port"])
		p.HTTPS = hostPort(set["proxy.https host"], set["proxy.https port"])
		p.Bypass = commaList(set["proxy ignore-hosts"], "[]", ",")
	case "auto": // without a script the desktop searches for one
		p.ScriptURL = set["proxy autoconfig-url"]
		p.AutoDetect = p.ScriptURL == ""
	}
	return p
}

// proxyOfScutil reads "scutil --proxy" of macOS: a dictionary, one "Key : value"
// a line, with one array.
func proxyOfScutil(out []byte) (p Proxy) {
	set := map[string]string{}
	var bypass []string
	for line := range strings.Lines(string(out)) {
		key, value, found := strings.Cut(strings.TrimSpace(line), " : ")
		if _, err := strconv.Atoi(key); found && err == nil {
			bypass = append(bypass, value)
		} else if found {
			set[key] = value
		}
	}
	if set["HTTPEnable"] == "1" {
		p.HTTP = hostPort(set["HTTPProxy"], set["HTTPPort"])
	}
	if set["HTTPSEnable"] == "1" {
		p.HTTPS = hostPort(set["HTTPSProxy"], set["HTTPSPort"])
	}
	if p != (Proxy{}) {
		p.Bypass = strings.Join(bypass, ",")
	}
	if set["ProxyAutoConfigEnable"] == "1" {
		p.ScriptURL = set["ProxyAutoConfigURLString"]
	}
	p.AutoDetect = set["ProxyAutoDiscoveryEnable"] == "1"
	return p
}

// internetSettings are the values of the current user's Internet Settings in the
// registry of Windows.
type internetSettings struct {
	enable           uint32 // ProxyEnable
	server, override string // ProxyServer, ProxyOverride
	scriptURL        string // AutoConfigURL
	connection       []byte // Connections\DefaultConnectionSettings
}

// What byte 8 of DefaultConnectionSettings says.
const (
	connectionFlags = 8
	flagAutoDetect  = 0x08
)

// proxyOfWindows knows both forms of ProxyServer: "host:port" for everything and
// "http=host:port;https=host:port".
func proxyOfWindows(s internetSettings) Proxy {
	p := Proxy{ScriptURL: s.scriptURL}
	p.AutoDetect = len(s.connection) > connectionFlags && s.connection[connectionFlags]&flagAutoDetect != 0
	if s.enable == 0 || s.server == "" {
		return p
	}
	p.Bypass = commaList(s.override, "", ";")
	if !strings.Contains(s.server, "=") {
		p.HTTP = hostOf(s.server)
		p.HTTPS = p.HTTP
		return p
	}
	for _, part := range strings.Split(s.server, ";") {
		switch scheme, server, _ := strings.Cut(strings.TrimSpace(part), "="); strings.ToLower(scheme) {
		case "http":
			p.HTTP = hostOf(server)
		case "https":
			p.HTTPS = hostOf(server)
		}
	}
	return p
}

func hostPort(host, port string) string {
	if host == "" {
		return ""
	}
	return host + ":" + port
}

// commaList rewrites a list in the system's own writing to one with commas.
func commaList(s, brackets, separator string) string {
	var out []string
	for _, item := range strings.Split(strings.Trim(s, brackets), separator) {
		if item = strings.Trim(item, " '"); item != "" {
			out = append(out, item)
		}
	}
	return strings.Join(out, ",")
}

// For is the proxy for a URL, nil for none, by the fixed settings; a script is
// not run. Bypass knows "*.corp.test", ".corp.test", networks in CIDR notation,
// and "<local>" for names without a dot.
func (p Proxy) For(u *url.URL) (*url.URL, error) {
	var bypass []string
	for _, host := range strings.Split(p.Bypass, ",") {
		if host == "<local>" {
			if !strings.Contains(u.Hostname(), ".") {
				return nil, nil
			}
			continue
		}
		if rest, found := strings.CutPrefix(host, "*."); found {
			host = "." + rest
		}
		bypass = append(bypass, host)
	}
	c := httpproxy.Config{HTTPProxy: p.HTTP, HTTPSProxy: p.HTTPS, NoProxy: strings.Join(bypass, ",")}
	return c.ProxyFunc()(u)
}
