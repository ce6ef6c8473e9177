package outlook

import (
	"reflect"
	"strings"
	"testing"
)

func registryOf(pairs ...any) *Registry {
	r := &Registry{}
	for i := 0; i < len(pairs); i += 3 {
		v := StringValue("")
		switch x := pairs[i+2].(type) {
		case int:
			v = DWORDValue(uint32(x))
		case string:
			v = StringValue(x)
		case []byte:
			v = Value{TypeBinary, x}
		}
		r.Set(pairs[i].(string), pairs[i+1].(string), v)
	}
	return r
}

const office = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Office\`

func TestInstalled(t *testing.T) {
	for name, test := range map[string]struct {
		r    *Registry
		want []Installed
		mapi []Capability
	}{
		"nothing": {&Registry{}, nil, nil},
		"nil":     {nil, nil, nil},
		"365": {registryOf(clickToRun, "VersionToReport", "16.0.17328.20124", clickToRun, "ProductReleaseIds", "O365ProPlusRetail"),
			[]Installed{{16, "16.0.17328.20124", "Outlook 2016 or later (Click-to-Run)", true}}, []Capability{Capable}},
		"Visio alone": {registryOf(clickToRun, "VersionToReport", "16.0.17328.20124", clickToRun, "ProductReleaseIds", "VisioProRetail"), nil, nil},
		"2016 beside 2010": {registryOf(office+`14.0\Outlook\InstallRoot`, "Path", `C:\O14\`, office+`14.0\Common\ProductVersion`, "LastProduct", "14.0.7015.1000",
			office+`16.0\Outlook\InstallRoot`, "Path", `C:\O16\`),
			[]Installed{{16, "16.0", "Outlook 2016 or later", false}, {14, "14.0.7015.1000", "Outlook 2010", true}}, []Capability{Capable, Depends}},
		"2013 of 32 bits": {registryOf(`HKLM\SOFTWARE\Wow6432Node\Microsoft\Office\15.0\Outlook\InstallRoot`, "Path", "x", `HKLM\SOFTWARE\Wow6432Node\Microsoft\Office\15.0\Common\ProductVersion`, "LastProduct", "15.0.4420.1017"),
			[]Installed{{15, "15.0.4420.1017", "Outlook 2013", true}}, []Capability{Incapable}},
		"2007": {registryOf(office+`12.0\Outlook\InstallRoot`, "Path", "x"), []Installed{{12, "12.0", "Outlook 2007", false}}, []Capability{Incapable}},
		"other product's version": {registryOf(office+`15.0\Outlook\InstallRoot`, "Path", "x", office+`15.0\Common\ProductVersion`, "LastProduct", "16.0.1.1"),
			[]Installed{{15, "15.0", "Outlook 2013", false}}, []Capability{Depends}},
	} {
		c := Inspect(test.r)
		if !reflect.DeepEqual(c.Installed, test.want) {
			t.Errorf("%s: %+v, want %+v", name, c.Installed, test.want)
			continue
		}
		for i, o := range c.Installed {
			if got, needs := o.MAPIHTTP(); got != test.mapi[i] || (got == Capable) != (needs == "") {
				t.Errorf("%s: %s is %q, needs %q", name, o.Version, got, needs)
			}
		}
	}
}

// TestCapabilityEdges has the last build that cannot and the first that can.
func TestCapabilityEdges(t *testing.T) {
	for version, want := range map[string]Capability{
		"15.0.4569.1505": Incapable, "15.0.4569.1506": Capable, "15.0.5000.0": Capable,
		"14.0.7014.9999": Incapable, "14.0.7015.1000": Depends, "14.0.7269.5000": Depends,
		"16.0.4266.1001": Capable, "12.0.6798.5000": Incapable, "11.0.1.1": Incapable,
	} {
		numbers, _ := parts(version)
		if got, _ := (Installed{Major: numbers[0], Version: version, Built: true}).MAPIHTTP(); got != want {
			t.Errorf("%s: %q, want %q", version, got, want)
		}
	}
}

// TestPolicyWins holds the two hives against each other.
func TestPolicyWins(t *testing.T) {
	c := Inspect(registryOf(exchangeKey, "MapiHttpDisabled", 1, exchangePolicy, "mapihttpDISABLED", 0))
	if s := c.Effective(MapiHttpDisabled, 16); s == nil || !s.Policy || s.On() {
		t.Errorf("effective: %+v", s)
	}
	if len(c.Settings) != 2 || c.Settings[0].Beaten || !c.Settings[1].Beaten {
		t.Errorf("settings: %+v", c.Settings)
	}
	c = Inspect(registryOf(exchangeKey, "MapiHttpDisabled", 1))
	if s := c.Effective(MapiHttpDisabled, 16); s == nil || s.Policy || !s.On() || s.Path() != `HKCU\Software\Microsoft\Exchange\MapiHttpDisabled` {
		t.Errorf("effective: %+v", s)
	}
	if s := Inspect(registryOf(exchangeKey, "MapiHttpDisabled", "1")).Effective(MapiHttpDisabled, 16); s == nil || s.On() {
		t.Errorf("a text switches: %+v", s)
	}
}

// TestVersionsDoNotMix has a switch of another Office.
func TestVersionsDoNotMix(t *testing.T) {
	old := strings.ReplaceAll(autodiscoverKey, "{v}", "14.0")
	now := strings.ReplaceAll(autodiscoverPolicy, "{v}", "16.0")
	c := Inspect(registryOf(old, "ExcludeSrvRecord", 1, now, "ExcludeHttpRedirect", 1, now, "ExcludeScpLookup", 0))
	got := c.Excluded()
	if len(got) != 1 || got["http-redirect"] == nil || !got["http-redirect"].Policy {
		t.Errorf("excluded: %v", got)
	}
}

func TestLocalXML(t *testing.T) {
	at := strings.ReplaceAll(autodiscoverKey, "{v}", "16.0")
	c := Inspect(registryOf(at, "Contoso.com", `C:\a.xml`, at, "PreferLocalXML", 1, at, "other.com", 1))
	want := []LocalXML{{"contoso.com", `C:\a.xml`, at}}
	if !reflect.DeepEqual(c.LocalXML, want) || !c.Effective(PreferLocalXML, 16).On() {
		t.Errorf("%+v", c.LocalXML)
	}
}

func TestConnections(t *testing.T) {
	c := Inspect(registryOf(winINET[0], winINET[1], settingsBytes(2|4|8, "proxy:8080", "<local>", "http://wpad/p.pac"),
		winHTTP[0], winHTTP[1], settingsBytes(3, "proxy:3128", "*.test")))
	if want := (Connection{"proxy:8080", "<local>", "http://wpad/p.pac", true}); c.WinINET == nil || *c.WinINET != want {
		t.Errorf("WinINET %+v", c.WinINET)
	}
	if want := (Connection{Proxy: "proxy:3128", Bypass: "*.test"}); c.WinHTTP == nil || *c.WinHTTP != want || c.WinHTTP.Direct() {
		t.Errorf("WinHTTP %+v", c.WinHTTP)
	}
	c = Inspect(registryOf(internetSettingsKey, "ProxyEnable", 1, internetSettingsKey, "ProxyServer", "p:1", internetSettingsKey, "AutoConfigURL", "http://x"))
	if want := (Connection{Proxy: "p:1", PAC: "http://x"}); c.WinINET == nil || *c.WinINET != want {
		t.Errorf("values %+v", c.WinINET)
	}
	if c := Inspect(registryOf(internetSettingsKey, "ProxyEnable", 0, internetSettingsKey, "ProxyServer", "p:1")); c.WinINET == nil || !c.WinINET.Direct() {
		t.Errorf("a proxy that is switched off: %+v", c.WinINET)
	}
}

func TestParseConnectionErrors(t *testing.T) {
	good := settingsBytes(2, "proxy", "local", "pac")
	for n := range len(good) {
		c, err := ParseConnection(good[:n])
		whole := n == len(settingsBytes(2, "proxy")) || n == len(settingsBytes(2, "proxy", "local"))
		if (err == nil) != whole || (c == nil) == whole {
			t.Errorf("cut at %d: %+v, %v", n, c, err)
		}
	}
	if _, err := ParseConnection(append(settingsBytes(2), 0xFF, 0xFF, 0xFF, 0xFF)); err == nil {
		t.Error("a text of 4 GiB is accepted")
	}
}

// TestKeysHoldWhatInspectReads builds a registry of Keys alone, as Windows gives it.
func TestKeysHoldWhatInspectReads(t *testing.T) {
	fetched := map[string]bool{}
	for _, k := range Keys() {
		fetched[strings.ToLower(k)] = true
		if !strings.HasPrefix(k, `HKCU\`) && !strings.HasPrefix(k, `HKLM\`) {
			t.Errorf("%s is in a hive that Read does not open", k)
		}
	}
	all, err := ParseRegFile([]byte(exported))
	if err != nil {
		t.Fatal(err)
	}
	for id := range all.keys {
		if !fetched[id] {
			t.Errorf("%s is never fetched", id)
		}
	}
}

func FuzzParseConnection(f *testing.F) {
	f.Add(settingsBytes(2|4|8, "proxy:8080", "<local>", "http://wpad/p.pac"))
	f.Add(settingsBytes(3, "proxy:3128", "*.test"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConnection(data)
		if (c == nil) != (err != nil) {
			t.Fatal("settings and an error, or neither")
		}
		if c != nil && len(c.Proxy)+len(c.Bypass)+len(c.PAC) > len(data) {
			t.Fatal("more text than there are bytes")
		}
	})
}
