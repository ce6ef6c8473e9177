// Package outlook reads what an Outlook on this computer would do: which versions
// are installed, whether they can speak MAPI over HTTP, and the registry values
// with which people and policies change how Outlook finds and opens a mailbox.
//
// Everything is worked out from a Registry, whether Windows gave it (Read) or a
// file did that somebody exported elsewhere (ParseRegFile); nothing is ever
// written.
package outlook

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Client is the Outlook side of a computer.
type Client struct {
	Installed []Installed // the newest first
	Settings  []Setting   // values that are there and matter, in the order of Known
	LocalXML  []LocalXML  // files that stand in for Autodiscover
	WinINET   *Connection // of the user; nil when not known
	WinHTTP   *Connection // of services; nil when not known, which is direct as long as nobody set it
	WinHTTP32 *Connection // the copy for 32-bit programs, a 32-bit Outlook among them; nil when not known
	Domains   []string    // of the computer in DNS, the one it was given first
}

// Installed is one installed Outlook.
type Installed struct {
	Major   int    // 16 is 2016 and everything later
	Version string // "16.0.17328.20124"; "16.0" when the build is not known
	Product string // "Outlook 2013", "Microsoft 365 Apps (Click-to-Run)"
	Built   bool   // Version has a build
}

// officeVersions are the versions whose keys are looked at, the newest first.
var officeVersions = []int{16, 15, 14, 12}

// Inspect works out what is installed and set. It never fails: what is not there
// is not known.
func Inspect(r *Registry) *Client {
	c := &Client{Installed: installed(r), Settings: settings(r), LocalXML: localXML(r)}
	c.WinINET = connection(r, winINET)
	if c.WinINET == nil {
		c.WinINET = winINETValues(r)
	}
	c.WinHTTP, c.WinHTTP32 = connection(r, winHTTP), connection(r, winHTTP32)
	c.Domains = domains(r)
	return c
}

const tcpipKey = `HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`

// domains are the DNS domains of the computer, each once.
func domains(r *Registry) []string {
	var out []string
	for _, name := range []string{"Domain", "NV Domain", "DhcpDomain", "SearchList"} {
		v, _ := r.Value(tcpipKey, name)
		for _, d := range strings.FieldsFunc(v.textOr(""), func(r rune) bool { return r == ',' || r == ' ' }) {
			if d = strings.ToLower(strings.Trim(d, ".")); d != "" && !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	return out
}

const clickToRun = `HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration`

// installed finds Click-to-Run and Windows Installer versions side by side.
func installed(r *Registry) []Installed {
	var out []Installed
	if v, ok := r.Value(clickToRun, "VersionToReport"); ok {
		if i, ok := version(v.Text()); ok && hasOutlook(r) {
			i.Product = productName(i.Major) + " (Click-to-Run)"
			out = append(out, i)
		}
	}
	for _, major := range officeVersions {
		if i, ok := windowsInstaller(r, major); ok && !slices.ContainsFunc(out, func(o Installed) bool { return o.Major == major }) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b Installed) int { return cmp.Compare(b.Major, a.Major) })
	return out
}

// withoutOutlook are products of Click-to-Run that do not bring Outlook.
var withoutOutlook = []string{"visio", "project", "onenote", "word", "excel", "powerpoint", "access", "publisher", "skypeforbusiness", "lync"}

// hasOutlook says whether one of the products of Click-to-Run brings Outlook.
// When they are not told, it does: nearly every suite has it.
func hasOutlook(r *Registry) bool {
	v, ok := r.Value(clickToRun, "ProductReleaseIds")
	if !ok {
		return true
	}
	for _, id := range strings.Split(strings.ToLower(v.Text()), ",") {
		alone := func(name string) bool { return strings.HasPrefix(strings.TrimSpace(id), name) }
		if !slices.ContainsFunc(withoutOutlook, alone) {
			return true
		}
	}
	return false
}

// installerRoots are where Windows Installer notes 64 and 32 bit versions.
var installerRoots = []string{`HKLM\SOFTWARE\Microsoft\Office\`, `HKLM\SOFTWARE\Wow6432Node\Microsoft\Office\`}

// windowsInstaller finds an Outlook of one version, 32 or 64 bits.
func windowsInstaller(r *Registry, major int) (Installed, bool) {
	for _, software := range installerRoots {
		office := software + strconv.Itoa(major) + ".0"
		if _, ok := r.Value(office+`\Outlook\InstallRoot`, "Path"); !ok {
			continue
		}
		i := Installed{Major: major, Version: strconv.Itoa(major) + ".0"}
		if v, ok := r.Value(office+`\Common\ProductVersion`, "LastProduct"); ok {
			if known, ok := version(v.Text()); ok && known.Major == major {
				i = known
			}
		}
		i.Product = productName(major)
		return i, true
	}
	return Installed{}, false
}

// version reads "16.0.17328.20124".
func version(s string) (Installed, bool) {
	numbers, ok := parts(s)
	if !ok || numbers[0] == 0 {
		return Installed{}, false
	}
	return Installed{Major: numbers[0], Version: strings.TrimSpace(s), Built: true}, true
}

func parts(s string) (n [4]int, ok bool) {
	fields := strings.Split(strings.TrimSpace(s), ".")
	if len(fields) != 4 {
		return n, false
	}
	for i, f := range fields {
		v, err := strconv.ParseUint(f, 10, 16)
		if err != nil {
			return n, false
		}
		n[i] = int(v)
	}
	return n, true
}

func productName(major int) string {
	switch major {
	case 16:
		return "Outlook 2016 or later"
	case 15:
		return "Outlook 2013"
	case 14:
		return "Outlook 2010"
	case 12:
		return "Outlook 2007"
	}
	return "Outlook " + strconv.Itoa(major) + ".0"
}

// Capability is whether an Outlook can speak MAPI over HTTP.
type Capability string

// The answers. Depends means that updates decide that the registry does not tell.
const (
	Capable   Capability = "yes"
	Incapable Capability = "no"
	Depends   Capability = "depends"
)

// The first builds: Outlook 2013 SP1; for Outlook 2010 SP2 is needed and two
// updates of April 2015 whose build is not documented (MS-OXCMAPIHTTP section 6,
// configure-mapi-over-http.md).
var (
	outlook2013SP1 = [4]int{15, 0, 4569, 1506}
	outlook2010SP2 = [4]int{14, 0, 7015, 1000}
)

// MAPIHTTP says whether it can speak MAPI over HTTP, and what it needs when not.
func (i Installed) MAPIHTTP() (c Capability, needs string) {
	n, _ := parts(i.Version)
	switch {
	case i.Major >= 16:
		return Capable, ""
	case i.Major == 15 && !i.Built:
		return Depends, "Service Pack 1 (15.0.4569.1506)"
	case i.Major == 15 && slices.Compare(n[:], outlook2013SP1[:]) < 0:
		return Incapable, "Service Pack 1 (15.0.4569.1506)"
	case i.Major == 15:
		return Capable, ""
	case i.Major == 14 && i.Built && slices.Compare(n[:], outlook2010SP2[:]) < 0:
		return Incapable, "Service Pack 2 and the updates KB2956191 and KB2965295"
	case i.Major == 14:
		return Depends, "Service Pack 2 and the updates KB2956191 and KB2965295"
	}
	return Incapable, "a newer Outlook: this one will never speak MAPI over HTTP"
}

var (
	winINET = []string{`HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\Connections`, "DefaultConnectionSettings"}
	winHTTP = []string{`HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections`, "WinHttpSettings"}
	// "netsh winhttp" of SysWOW64 keeps another.
	winHTTP32 = []string{`HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Internet Settings\Connections`, "WinHttpSettings"}
)

func connection(r *Registry, where []string) *Connection {
	v, ok := r.Value(where[0], where[1])
	if !ok {
		return nil
	}
	c, err := ParseConnection(v.Data)
	if err != nil {
		return nil
	}
	return c
}

// winINETValues are the user's settings as single values, for an export that does
// not have the binary one.
func winINETValues(r *Registry) *Connection {
	const path = `HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings`
	if !r.Has(path) {
		return nil
	}
	c := &Connection{}
	if on, ok := r.Value(path, "ProxyEnable"); ok {
		if n, _ := on.Number(); n == 1 {
			server, _ := r.Value(path, "ProxyServer")
			bypass, _ := r.Value(path, "ProxyOverride")
			c.Proxy, c.Bypass = server.textOr(""), bypass.textOr("")
		}
	}
	if pac, ok := r.Value(path, "AutoConfigURL"); ok {
		c.PAC = pac.Text()
	}
	if detect, ok := r.Value(path, "AutoDetect"); ok {
		n, _ := detect.Number()
		c.AutoDetect = n == 1
	}
	return c
}

// textOr is the text of a value, or other when there is none.
func (v Value) textOr(other string) string {
	if v.Data == nil {
		return other
	}
	return v.Text()
}
