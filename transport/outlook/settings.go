package outlook

import (
	"slices"
	"strconv"
	"strings"
)

// Known is a registry value that changes how Outlook finds or opens a mailbox.
type Known struct {
	Name string
	Keys []string // where it may stand, with {v} for the Office version; policies first, for they win
	Does string   // what it does when it is set as Bad says, as a clause
	Step string   // step of Autodiscover that it makes Outlook leave out, "" for none
}

// Places of the keys below.
const (
	exchangeKey         = `HKCU\Software\Microsoft\Exchange`
	exchangePolicy      = `HKCU\Software\Policies\Microsoft\Exchange`
	autodiscoverKey     = `HKCU\Software\Microsoft\Office\{v}\Outlook\AutoDiscover`
	autodiscoverPolicy  = `HKCU\Software\Policies\Microsoft\Office\{v}\Outlook\AutoDiscover`
	identityKey         = `HKCU\Software\Microsoft\Office\{v}\Common\Identity`
	identityPolicy      = `HKCU\Software\Policies\Microsoft\Office\{v}\Common\Identity`
	internetKey         = `HKCU\Software\Microsoft\Office\{v}\Common\Internet`
	internetPolicy      = `HKCU\Software\Policies\Microsoft\Office\{v}\Common\Internet`
	preferencesKey      = `HKCU\Software\Microsoft\Office\{v}\Outlook\Preferences`
	lsaKey              = `HKLM\SYSTEM\CurrentControlSet\Control\Lsa`
	lsaSavedKey         = `HKLM\SYSTEM\ControlSet001\Control\Lsa`
	internetSettingsKey = `HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings`
)

var (
	exchangeKeys     = []string{exchangePolicy, exchangeKey}
	autodiscoverKeys = []string{autodiscoverPolicy, autodiscoverKey}
)

// The names of the values that checks ask for.
const (
	MapiHttpDisabled     = "MapiHttpDisabled"
	LmCompatibilityLevel = "LmCompatibilityLevel"
	UseOnlineContent     = "UseOnlineContent"
	EnableADAL           = "EnableADAL"
	PreferLocalXML       = "PreferLocalXML"
	ExcludeSrvLookup     = "ExcludeSrvLookup"
	ExcludeExplicitO365  = "ExcludeExplicitO365Endpoint"
)

// known are all of them (Microsoft support article 3211279 "Outlook 2016
// implementation of Autodiscover", 2937684, and those of the causes that name them).
var known = []Known{
	{Name: MapiHttpDisabled, Keys: exchangeKeys, Does: "keeps Outlook from MAPI over HTTP"},
	{Name: "AlwaysUseMSOAuthForAutoDiscover", Keys: exchangeKeys, Does: "makes Autodiscover sign in by modern authentication"},
	{Name: EnableADAL, Keys: []string{identityPolicy, identityKey}, Does: "switches modern authentication"},
	{Name: UseOnlineContent, Keys: []string{internetPolicy, internetKey}, Does: "decides whether Office may ask services on the internet, sign-in among them"},
	{Name: "UseNewOutlook", Keys: []string{preferencesKey}, Does: "starts the new Outlook, which does not open mailboxes by MAPI"},
	{Name: LmCompatibilityLevel, Keys: []string{lsaKey, lsaSavedKey}, Does: "chooses the version of NTLM"},

	{Name: PreferLocalXML, Keys: autodiscoverKeys, Does: "takes the settings from a file on this computer first"},
	{Name: "PreferProvidedEmailInAutoDiscoverAuthPrompts", Keys: autodiscoverKeys, Does: "offers the address as sign-in name"},
	{Name: "ExcludeLastKnownGoodURL", Keys: autodiscoverKeys, Does: "forgets the URL that worked last"},
	{Name: ExcludeExplicitO365, Keys: autodiscoverKeys, Does: "does not ask Microsoft 365 first"},
	{Name: "ExcludeScpLookup", Keys: autodiscoverKeys, Does: "does not ask Active Directory", Step: "scp"},
	{Name: "ExcludeHttpsRootDomain", Keys: autodiscoverKeys, Does: "does not ask the domain itself", Step: "root"},
	{Name: "ExcludeHttpsAutoDiscoverDomain", Keys: autodiscoverKeys, Does: "does not ask autodiscover. and the domain", Step: "autodiscover"},
	{Name: "ExcludeHttpRedirect", Keys: autodiscoverKeys, Does: "follows no redirect from plain http", Step: "http-redirect"},
	{Name: "ExcludeSrvRecord", Keys: autodiscoverKeys, Does: "does not look for an SRV record", Step: "srv"},
	{Name: ExcludeSrvLookup, Keys: autodiscoverKeys, Does: "does nothing: Outlook knows no such value (it is ExcludeSrvRecord)"},
	{Name: "ZeroConfigExchange", Keys: autodiscoverKeys, Does: "makes the first profile by itself"},

	{Name: "ProxyEnable", Keys: []string{internetSettingsKey}, Does: "switches the proxy of the user"},
	{Name: "ProxyServer", Keys: []string{internetSettingsKey}, Does: "is the proxy of the user"},
	{Name: "ProxyOverride", Keys: []string{internetSettingsKey}, Does: "lists what the proxy is not used for"},
	{Name: "AutoConfigURL", Keys: []string{internetSettingsKey}, Does: "is the script that chooses the proxy"},
}

// Setting is a known value that is there.
type Setting struct {
	Known
	Version int    // of Office, 0 for a value of no version
	Key     string // where it stands
	Value   Value
	Policy  bool // a policy set it: changing it is the administrator's
	Beaten  bool // a policy says otherwise, so it does nothing
}

// On says that a switch is set to 1.
func (s *Setting) On() bool {
	n, ok := s.Value.Number()
	return ok && n == 1 && s.Value.Type != TypeString && s.Value.Type != TypeExpand
}

// Path is key and name, as people write it.
func (s *Setting) Path() string { return s.Key + `\` + s.Name }

// settings finds what is there of known.
func settings(r *Registry) []Setting {
	var out []Setting
	for _, k := range known {
		versions := []int{0}
		if strings.Contains(k.Keys[0], "{v}") {
			versions = officeVersions
		}
		for _, v := range versions {
			out = append(out, found(r, k, v)...)
		}
	}
	return out
}

func found(r *Registry, k Known, version int) []Setting {
	var out []Setting
	for _, place := range k.Keys {
		path := strings.ReplaceAll(place, "{v}", strconv.Itoa(version)+".0")
		v, ok := r.Value(path, k.Name)
		if !ok {
			continue
		}
		out = append(out, Setting{Known: k, Version: version, Key: path, Value: v,
			Policy: strings.Contains(strings.ToLower(path), `\policies\`), Beaten: len(out) > 0})
	}
	return out
}

// Effective is the value with that name that Outlook of an Office version goes
// by; nil when there is none. A value of no version is everybody's.
func (c *Client) Effective(name string, version int) *Setting {
	for i, s := range c.Settings {
		if strings.EqualFold(s.Name, name) && !s.Beaten && (s.Version == 0 || s.Version == version) {
			return &c.Settings[i]
		}
	}
	return nil
}

// Current is the version of Office that people use here: the newest installed, or
// 16 when none was found (an export of the user's hive alone does not tell).
func (c *Client) Current() int {
	if len(c.Installed) > 0 {
		return c.Installed[0].Major
	}
	return officeVersions[0]
}

// Excluded are the steps of Autodiscover that this Outlook leaves out, with the
// value that says so.
func (c *Client) Excluded() map[string]*Setting {
	out := map[string]*Setting{}
	for i, s := range c.Settings {
		if s.Step != "" && !s.Beaten && s.Version == c.Current() && s.On() {
			out[s.Step] = &c.Settings[i]
		}
	}
	return out
}

// LocalXML is a file that Outlook takes the settings of a mail domain from.
type LocalXML struct {
	Domain string
	File   string
	Key    string
}

// localXML finds the texts of the Autodiscover keys that have a domain as name.
func localXML(r *Registry) []LocalXML {
	var out []LocalXML
	for _, version := range officeVersions {
		for _, place := range autodiscoverKeys {
			path := strings.ReplaceAll(place, "{v}", strconv.Itoa(version)+".0")
			for _, name := range r.Names(path) {
				v, _ := r.Value(path, name)
				if v.Type != TypeDWORD && strings.Contains(name, ".") && v.Text() != "" {
					out = append(out, LocalXML{Domain: strings.ToLower(name), File: v.Text(), Key: path})
				}
			}
		}
	}
	return out
}

// Keys are all registry keys that Inspect looks at.
func Keys() []string {
	out := []string{clickToRun, winINET[0], winHTTP[0], winHTTP32[0], tcpipKey}
	add := func(path string) {
		if !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	for _, major := range officeVersions {
		v := strconv.Itoa(major) + ".0"
		for _, software := range installerRoots {
			add(software + v + `\Outlook\InstallRoot`)
			add(software + v + `\Common\ProductVersion`)
		}
		for _, k := range known {
			for _, place := range k.Keys {
				add(strings.ReplaceAll(place, "{v}", v))
			}
		}
	}
	return out
}
