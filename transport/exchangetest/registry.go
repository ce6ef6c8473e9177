package exchangetest

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// Keys of a client's registry.
const (
	exchangeKey        = `HKEY_CURRENT_USER\Software\Microsoft\Exchange`
	exchangePolicy     = `HKEY_CURRENT_USER\Software\Policies\Microsoft\Exchange`
	autodiscoverKey    = `HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\AutoDiscover`
	internetPolicy     = `HKEY_CURRENT_USER\Software\Policies\Microsoft\Office\16.0\Common\Internet`
	lsaKey             = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa`
	officeKey          = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Office`
	clickToRunKey      = officeKey + `\ClickToRun\Configuration`
	tcpipKey           = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`
	internetKey        = `Software\Microsoft\Windows\CurrentVersion\Internet Settings`
	winINETKey         = `HKEY_CURRENT_USER\` + internetKey
	winHTTPKey         = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections`
	winHTTP32Key       = `HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Internet Settings\Connections`
	autodiscoverPolicy = `HKEY_CURRENT_USER\Software\Policies\Microsoft\Office\16.0\Outlook\AutoDiscover`
)

// export is a part of a registry: the values of each key, as a registration file
// spells them.
type export map[string]map[string]string

// set puts a value: dword(1), or quotedText("…").
func (e export) set(key, name, value string) {
	if e[key] == nil {
		e[key] = map[string]string{}
	}
	e[key][name] = value
}

func dword(n int) string { return fmt.Sprintf("dword:%08x", n) }

func quotedText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// What a connection setting of Windows says by its flags.
const (
	connDirect = 1
	connManual = 2
	connDetect = 8
)

// connection is a setting as WinINET and WinHTTP keep it: flags, then proxy, what
// it is not for, and script.
func connection(flags uint32, texts ...string) string {
	data := []byte{0x46, 0, 0, 0, 1, 0, 0, 0}
	data = binary.LittleEndian.AppendUint32(data, flags)
	for _, t := range texts {
		data = append(binary.LittleEndian.AppendUint32(data, uint32(len(t))), t...)
	}
	return "hex:" + strings.ReplaceAll(fmt.Sprintf("% x", data), " ", ",")
}

// winHTTP sets the proxy of services, as "netsh winhttp set proxy" does.
func (e export) winHTTP(key, proxy string) {
	e.set(key, "WinHttpSettings", connection(connDirect|connManual, proxy, "<local>"))
}

// healthyRegistry is a computer with a current Outlook, and with switches that do
// no harm and are found on many.
func healthyRegistry() export {
	e := export{}
	e.set(clickToRunKey, "VersionToReport", quotedText("16.0.17328.20124"))
	e.set(clickToRunKey, "ProductReleaseIds", quotedText("O365ProPlusRetail"))
	e.set(autodiscoverKey, "ExcludeExplicitO365Endpoint", dword(1))
	e.set(autodiscoverKey, "ExcludeHttpsRootDomain", dword(1))
	e.set(lsaKey, "LmCompatibilityLevel", dword(5))
	return e
}

// installed replaces the Outlook of the computer by an older one.
func (e export) installed(major, build string) {
	delete(e, clickToRunKey)
	e.set(officeKey+`\`+major+`\Outlook\InstallRoot`, "Path", quotedText(`C:\Program Files\Microsoft Office\`))
	if build != "" {
		e.set(officeKey+`\`+major+`\Common\ProductVersion`, "LastProduct", quotedText(build))
	}
}

// RegistryExport is the registry of a client's computer, as "reg export" writes
// it: UTF-16 with a byte order mark.
func (s *Server) RegistryExport() []byte {
	var b strings.Builder
	b.WriteString("Windows Registry Editor Version 5.00\r\n")
	e := s.behaviour().registry
	for _, key := range slices.Sorted(maps.Keys(e)) {
		b.WriteString("\r\n[" + key + "]\r\n")
		for _, name := range slices.Sorted(maps.Keys(e[key])) {
			b.WriteString(quotedText(name) + "=" + e[key][name] + "\r\n")
		}
	}
	out := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(b.String() + "\r\n")) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}
