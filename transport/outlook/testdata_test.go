package outlook

import (
	"encoding/binary"
	"unicode/utf16"
)

// exported is what "reg export" writes of a computer with Outlook 365.
const exported = "Windows Registry Editor Version 5.00\r\n\r\n" +
	"[HKEY_CURRENT_USER\\Software\\Microsoft\\Exchange]\r\n" +
	"\"MapiHttpDisabled\"=dword:00000001\r\n" +
	"; a comment\r\n" +
	"@=\"default \\\"quoted\\\" C:\\\\Users\"\r\n\r\n" +
	"[HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Outlook\\AutoDiscover]\r\n" +
	"\"ExcludeHttpsRootDomain\"=dword:00000001\r\n" +
	"\"ExcludeSrvLookup\"=dword:1\r\n" +
	"\"contoso.com\"=\"C:\\\\autodiscover.xml\"\r\n" +
	"\"Gone\"=-\r\n" +
	"\"Lines\"=\"first\r\nsecond; not a comment\r\n[not a key]\"\r\n" +
	"\"Expand\"=hex(2):25,00,41,00,\\\r\n  25,00,00,00\r\n" +
	"\"Multi\"=hex(7):61,00,00,00,62,00,00,00,00,00\r\n" +
	"\"Big\"=hex(b):02,00,00,00,00,00,00,00\r\n" +
	"\"Ends\\\\\"=\"with \\\\\"\r\n\r\n" +
	"[-HKEY_CURRENT_USER\\Software\\Deleted]\r\n" +
	"\"x\"=dword:00000001\r\n\r\n" +
	"[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Office\\ClickToRun\\Configuration]\r\n" +
	"\"VersionToReport\"=\"16.0.17328.20124\"\r\n" +
	"\"ProductReleaseIds\"=\"O365ProPlusRetail,VisioProRetail\"\r\n"

func utf16File(s string, order binary.AppendByteOrder) []byte {
	out := order.AppendUint16(nil, 0xFEFF)
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

// settingsBytes writes a connection value as Windows does.
func settingsBytes(flags uint32, texts ...string) []byte {
	out := []byte{0x46, 0, 0, 0, 7, 0, 0, 0}
	out = binary.LittleEndian.AppendUint32(out, flags)
	for _, t := range texts {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(t)))
		out = append(out, t...)
	}
	return out
}
