package pac

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// friday is a Friday evening in Berlin.
var friday = time.Date(2026, 3, 20, 22, 30, 0, 0, time.FixedZone("CET", 3600))

var testWorld = World{
	Resolve: func(_ context.Context, host string) ([]netip.Addr, error) {
		if host == "mail.contoso.test" {
			return []netip.Addr{netip.MustParseAddr("fd00::5"), netip.MustParseAddr("10.1.2.3")}, nil
		}
		return nil, errors.New("no such host")
	},
	Addresses: func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("192.0.2.7")} },
	Now:       func() time.Time { return friday },
}

func find(t *testing.T, source, rawURL string) (string, error) {
	t.Helper()
	s, err := Compile([]byte(source))
	if err != nil {
		return "", err
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	return s.Find(t.Context(), testWorld, u)
}

const mailURL = "https://mail.contoso.test/mapi/emsmdb/?MailboxId=secret"

// TestHelpers asks every function that scripts may rely on.
func TestHelpers(t *testing.T) {
	for expression, want := range map[string]string{
		`url`: "https://mail.contoso.test/mapi/emsmdb/", `host`: "mail.contoso.test",
		`isPlainHostName("intranet")`: "true", `isPlainHostName(host)`: "false",
		`dnsDomainIs(host, ".Contoso.test")`: "true", `dnsDomainIs(host, ".other.test")`: "false",
		`localHostOrDomainIs("mail", host)`: "true", `localHostOrDomainIs("mail.x", host)`: "false",
		`isResolvable(host)`: "true", `isResolvable("nowhere.test")`: "false", `isResolvableEx(host)`: "true",
		`dnsResolve(host)`: "10.1.2.3", `dnsResolve("nowhere.test")`: "null", `dnsResolve("10.9.9.9")`: "10.9.9.9",
		`dnsResolveEx(host)`: "fd00::5;10.1.2.3", `myIpAddress()`: "192.0.2.7", `myIpAddressEx()`: "192.0.2.7",
		`isInNet(host, "10.1.0.0", "255.255.0.0")`: "true", `isInNet("10.2.0.1", "10.1.0.0", "255.255.0.0")`: "false", `isInNet(host, "x", "y")`: "false",
		`isInNetEx(host, "fd00::/8")`: "true", `isInNetEx(host, "10.2.0.0/16")`: "false",
		`dnsDomainLevels(host)`: "2", `convert_addr("1.2.3.4")`: "16909060", `sortIpAddressList("10.0.0.1;fd00::1")`: "fd00::1;10.0.0.1", `sortIpAddressList("x")`: "",
		`shExpMatch(url, "https://*.contoso.test/*")`: "true", `shExpMatch(host, "mail?contoso*")`: "true", `shExpMatch(host, "*.other.*")`: "false",
		`shExpMatch("a.b", "a[.]b")`: "false", `shExpMatch("aXbXc", "a*b*c")`: "true", `shExpMatch("", "*")`: "true", `shExpMatch("a", "")`: "false",
		`weekdayRange("FRI")`: "true", `weekdayRange("MON", "THU")`: "false", `weekdayRange("FRI", "MON")`: "true", `weekdayRange("NO")`: "false",
		`timeRange(22)`: "true", `timeRange(21, "GMT")`: "true", `timeRange(9, 17)`: "false", `timeRange(20, 6)`: "true", `timeRange(22, 0, 22, 29)`: "false",
		`timeRange(22, 30, 0, 22, 30, 0)`: "true", `timeRange("x")`: "false",
		`dateRange(20)`: "true", `dateRange("MAR")`: "true", `dateRange(2026)`: "true", `dateRange(1, 15)`: "false", `dateRange("NOV", "APR")`: "true",
		`dateRange(21, "MAR", 30, "APR")`: "false", `dateRange("JAN", 2026, "MAR", 2026)`: "true", `dateRange(1, "JAN", 2025, 19, "MAR", 2026)`: "false", `dateRange(1, 2, 3)`: "false",
		`getClientVersion()`: "1.0", `alert("x")`: "undefined",
		`[1,[2,3]].join("-")`: "1-2,3", `"a,b".split(",").length`: "2", `host.replace(/contoso/, "x")`: "mail.x.test", `new RegExp("^mail").test(host)`: "true", `RegExp("x").test(host)`: "false",
		`/(mail)\.(?=contoso)/.exec(host)[1]`: "mail", `[3,1,2].sort().map(function(x){return x*2}).join()`: "2,4,6",
		// What would make much out of little is not there.
		`typeof eval + typeof JSON + typeof Proxy + typeof "".repeat + typeof Uint8Array + ((function(){}).constructor === Object)`: strings.Repeat("undefined", 5) + "true",
	} {
		got, err := find(t, `function FindProxyForURL(url, host) { return String(`+expression+`) }`, mailURL)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", expression, got, err, want)
		}
	}
}

// TestBroken has scripts at fault, and what is said of them.
func TestBroken(t *testing.T) {
	for source, want := range map[string]string{
		"":                       "empty",
		"<html></html>":          "web page",
		"function x() {}":        "no function FindProxyForURL",
		"function FindProxyFor(": "line 1, column",
		"\n\nfunction FindProxyForURL(u, h) { return nothing.here }":            "line 3: ReferenceError",
		"function FindProxyForURL() { throw 'out of order' }":                   "out of order",
		"function FindProxyForURL() { return 17 }":                              "no text",
		"function FindProxyForURL() { return String(2n ** 9n) }":                "numbers of any length",
		"function FindProxyForURL() { return f() } function f() { return f() }": "functions in more than",
		strings.Repeat("(", 1<<19):                                              "brackets",
		strings.Repeat(" ", MaxScript+9):                                        "empty",
		strings.Repeat("x", MaxScript+9):                                        "more than 1024 KiB",
	} {
		_, err := find(t, source, mailURL)
		var broken *Error
		if !errors.As(err, &broken) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60q: %v, want something about %q", source, err, want)
		}
	}
}

func TestFindForms(t *testing.T) {
	for source, want := range map[string]string{
		"function FindProxyForURL(u, h) { if (h == 'none') return 'DIRECT' }":                  "",
		"function FindProxyForURL() { return null }":                                           "",
		"function FindProxyForURL() { return 'PROXY a:1' }":                                    "PROXY a:1",
		"\xEF\xBB\xBFfunction FindProxyForURL() { return 'DIRECT' }":                           "DIRECT",
		"// caf\xE9\nfunction FindProxyForURL() { return 'DIRECT' }":                           "DIRECT",
		"function FindProxyForURLEx(){return 'PROXY ex:1'} function FindProxyForURL(){return}": "PROXY ex:1",
	} {
		if got, err := find(t, source, mailURL); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", source, got, err, want)
		}
	}
}

// TestEndless has scripts that would go on for ever, or take all memory.
func TestEndless(t *testing.T) {
	for name, body := range map[string]string{
		"loop":           "while (true) {}",
		"doubling":       "var s = 'xxxxxxxxxxxxxxxx'; while (true) s += s",
		"growing":        "var a = []; while (true) a.push('x' + a.length)",
		"lookups":        "var i = 0; while (true) dnsResolve('h' + i++ + '.test')",
		"sparse join":    "var a = []; a.length = 4000000000; return a.join('xxxxxxxxxxxxxxx')",
		"array-like":     "return String(Array.prototype.indexOf.call({length: 9007199254740991}, 1))",
		"apply":          "return String.fromCharCode.apply(null, {length: 4000000000})",
		"cycle":          "var a = []; a[0] = a; return String(a)",
		"shared join":    "var a = 'xxxxxxxx'; for (var i = 0; i < 60; i++) a = [a, a]; return String(a)",
		"replace":        "var s = 'x'; while (s.length < 65536) s += s; return s.replace(/x/g, s)",
		"pattern":        "var s = 'a'; while (s.length < 512) s += s; return String(/^(a+)+(?=b)$/.test(s))",
		"built pattern":  "var s = '('; while (s.length < 1000000) s += s; return String('x'.match(s))",
		"taken function": "Function.prototype.apply = function() { throw 'mine' }; var a = []; a.length = 4000000000; return a.join()",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			s, err := Compile([]byte("function FindProxyForURL(url, host) { " + body + " }"))
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			before := heap()
			answer, err := s.Find(ctx, testWorld, &url.URL{Scheme: "https", Host: "x"})
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if grown := int64(heap()) - int64(before); grown > 1<<30 {
				t.Errorf("memory grew by %d MiB", grown>>20)
			}
			if err == nil && name != "pattern" { // the library gives a pattern up as not matching
				t.Errorf("answered %.40q", answer)
			}
		})
	}
}

// TestDeepSource has what makes a parser go deep.
func TestDeepSource(t *testing.T) {
	for _, unit := range []string{"!", "-", "a=", "a?", "if(1)", "a=>", "typeof ", "new ", "`${", "do ", "a.", "a+", "async ", "await ", "...", "/*", "else "} {
		if _, err := Compile([]byte(strings.Repeat(unit, 100_000/len(unit)))); err == nil {
			t.Errorf("%q repeated is taken for a script", unit)
		}
	}
}

// TestRunLimit: a caller without a deadline is not left waiting.
func TestRunLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as the limit")
	}
	_, err := find(t, "function FindProxyForURL() { while (true) {} }", mailURL)
	var broken *Error
	if !errors.As(err, &broken) || !broken.Limit {
		t.Errorf("%v", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, err := Compile([]byte("function FindProxyForURL() { while (true) {} }"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Find(ctx, World{}, &url.URL{Scheme: "https", Host: "x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// FuzzScript runs whatever can be read, for a moment.
func FuzzScript(f *testing.F) {
	f.Add([]byte("function FindProxyForURL(url, host) { return 'PROXY a:1' }"))
	f.Add([]byte("function FindProxyForURL(url, host) { if (shExpMatch(host, '*.test') && isInNet(dnsResolve(host), '10.0.0.0', '255.0.0.0')) return 'DIRECT'; return [1,2].join('-').replace(/1/, 'x') }"))
	f.Add([]byte("var x = /(?=a)\\1/; dateRange(1, 'JAN'); while(true) {}"))
	f.Fuzz(func(t *testing.T, source []byte) {
		s, err := Compile(source)
		if (s == nil) != (err != nil) {
			t.Fatal("a script and an error, or neither")
		}
		if s == nil {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		answer, err := s.Find(ctx, testWorld, &url.URL{Scheme: "https", Host: "mail.contoso.test"})
		if err != nil && answer != "" {
			t.Fatalf("answer %q and %v", answer, err)
		}
	})
}
