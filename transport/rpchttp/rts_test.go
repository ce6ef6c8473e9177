package rpchttp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/wire"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "|", "", "\n", "", "\t", "").Replace(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var (
	guidA = wire.GUID{0: 0xA, 15: 1}
	guidB = wire.GUID{0: 0xB, 15: 2}
	guidC = wire.GUID{0: 0xC, 15: 3}
)

// TestSizes holds every PDU of the protocol that has a fixed size against it
// (MS-RPCH 2.2.4).
func TestSizes(t *testing.T) {
	v4 := ClientAddress{netip.MustParseAddr("10.0.0.1")}
	for name, c := range map[string]struct {
		size int
		pdu  []byte
	}{
		"CONN/A1": {76, (&ConnA1{}).Encode()},
		"CONN/B1": {104, (&ConnB1{}).Encode()},
		"CONN/A2": {84, (&RTS{FlagOutChannel, []Command{Version(1), Cookie(guidA), Cookie(guidB), ChannelLifetime(1), ReceiveWindow(1)}}).Encode()},
		"CONN/B2": {128, (&RTS{FlagInChannel, []Command{Version(1), Cookie(guidA), Cookie(guidB), ReceiveWindow(1), ConnectionTimeout(1), AssociationGroup(guidC), v4}}).Encode()},
		"CONN/A3": {28, (&ConnA3{}).Encode()},
		"CONN/B3": {36, (&RTS{FlagNone, []Command{ReceiveWindow(1), Version(1)}}).Encode()},
		"CONN/C1": {44, (&RTS{FlagNone, []Command{Version(1), ReceiveWindow(1), ConnectionTimeout(1)}}).Encode()},
		"CONN/C2": {44, (&ConnC2{}).Encode()},
		"echo":    {20, EchoPDU()},
		"ping":    {20, PingPDU()},
		"ack":     {56, ackPDU(FlowControlAck{})},
	} {
		if len(c.pdu) != c.size || int(c.pdu[8])|int(c.pdu[9])<<8 != c.size {
			t.Errorf("%s has %d bytes, want %d: %x", name, len(c.pdu), c.size, c.pdu)
		}
		if _, err := DecodeRTS(c.pdu); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a real gromox sent (captures, f2 and f4).
const (
	capturedEcho = "0500140310000000140000000000000040000000"
	capturedA3   = "05001403100000001c00000000000000000001000200000020bf0200"
	capturedC2   = "05001403100000002c0000000000000000000300060000000100000000000000000001000200000020bf0200"
)

func TestCaptures(t *testing.T) {
	if err := checkEcho(unhex(t, capturedEcho)); err != nil || !bytes.Equal(EchoPDU(), unhex(t, capturedEcho)) {
		t.Errorf("echo: %v, ours is %x", err, EchoPDU())
	}
	a3, err := DecodeConnA3(unhex(t, capturedA3))
	if err != nil || a3.Timeout != 180*time.Second || !bytes.Equal(a3.Encode(), unhex(t, capturedA3)) {
		t.Errorf("A3: %+v, %v", a3, err)
	}
	c2, err := DecodeConnC2(unhex(t, capturedC2))
	if err != nil || *c2 != (ConnC2{65536, 180 * time.Second}) || !bytes.Equal(c2.Encode(), unhex(t, capturedC2)) {
		t.Errorf("C2: %+v, %v", c2, err)
	}
}

func TestConnPDUs(t *testing.T) {
	a1 := &ConnA1{Connection: guidA, Channel: guidB, Window: 65536}
	want := "05001403 10000000 4C00 0000 00000000 0000 0400 | 06000000 01000000 | 03000000 0A000000000000000000000000000001 | 03000000 0B000000000000000000000000000002 | 00000000 00000100"
	if !bytes.Equal(a1.Encode(), unhex(t, want)) {
		t.Errorf("A1 %x", a1.Encode())
	}
	if got, err := DecodeConnA1(a1.Encode()); err != nil || *got != *a1 {
		t.Errorf("A1 %+v, %v", got, err)
	}
	b1 := &ConnB1{Connection: guidA, Channel: guidB, Lifetime: 1 << 30, Keepalive: 300000, Group: guidC}
	want = "05001403 10000000 6800 0000 00000000 0000 0600 | 06000000 01000000 | 03000000 0A000000000000000000000000000001 | 03000000 0B000000000000000000000000000002 |" +
		"04000000 00000040 | 05000000 E0930400 | 0C000000 0C000000000000000000000000000003"
	if !bytes.Equal(b1.Encode(), unhex(t, want)) {
		t.Errorf("B1 %x", b1.Encode())
	}
	if got, err := DecodeConnB1(b1.Encode()); err != nil || *got != *b1 {
		t.Errorf("B1 %+v, %v", got, err)
	}
	for name, decode := range map[string]func([]byte) error{
		"A1": func(b []byte) error { _, err := DecodeConnA1(b); return err },
		"A3": func(b []byte) error { _, err := DecodeConnA3(b); return err },
		"C2": func(b []byte) error { _, err := DecodeConnC2(b); return err },
	} {
		if err := decode(b1.Encode()); err == nil {
			t.Errorf("B1 passed for %s", name)
		}
	}
}

// allCommands has one of each.
func allCommands() []Command {
	return []Command{ReceiveWindow(1), FlowControlAck{1, 2, guidA}, ConnectionTimeout(3), Cookie(guidB), ChannelLifetime(4), ClientKeepalive(5), Version(1),
		Empty{}, Padding(3), NegativeANCE{}, ANCE{}, ClientAddress{netip.MustParseAddr("10.0.0.1")}, ClientAddress{netip.MustParseAddr("2001:db8::1")},
		AssociationGroup(guidC), Destination(3), PingTrafficSent(6)}
}

func TestEveryCommand(t *testing.T) {
	p := &RTS{FlagOther, allCommands()}
	got, err := DecodeRTS(p.Encode())
	if err != nil || !reflect.DeepEqual(got, p) {
		t.Errorf("%+v, %v", got, err)
	}
	var malformed *wire.Error
	b := p.Encode()
	for n := range b {
		if _, err := DecodeRTS(b[:n]); !errors.As(err, &malformed) {
			t.Errorf("cut to %d: %v", n, err)
		}
	}
	for i, c := range p.Commands {
		if one := (&RTS{Commands: []Command{c}}).Encode(); one[rtsHeader] != byte(c.number()) {
			t.Errorf("command %d has number %d", i, one[rtsHeader])
		}
	}
}

func TestRTSRefuses(t *testing.T) {
	head := "05001403 10000000 %s 0000 00000000 0000 0100"
	for name, s := range map[string]string{
		"an unknown command": strings.Replace(head, "%s", "1800", 1) + "0F000000",
		"an unknown family":  strings.Replace(head, "%s", "2C00", 1) + "0B000000 02000000 00000000 000000000000000000000000",
		"endless padding":    strings.Replace(head, "%s", "1C00", 1) + "08000000 FFFFFFFF",
		"leftovers":          strings.Replace(head, "%s", "1C00", 1) + "07000000 00000000",
		"a response":         "05000203 10000000 1800 0000 02000000 0000000000000000",
		"more commands":      "05001403 10000000 1400 0000 00000000 0000 FFFF",
		"another length":     "05001403 10000000 1500 0000 00000000 0000 0000",
	} {
		if p, err := DecodeRTS(unhex(t, s)); err == nil {
			t.Errorf("%s passed: %+v", name, p)
		}
	}
	if err := checkEcho(PingPDU()); err == nil {
		t.Error("a ping passed for an echo")
	}
}

func FuzzRTS(f *testing.F) {
	f.Add((&RTS{FlagOther, allCommands()}).Encode())
	for _, s := range []string{capturedEcho, capturedA3, capturedC2} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := DecodeRTS(b)
		if err != nil {
			return
		}
		again, err := DecodeRTS(p.Encode())
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("%+v became %+v, %v", p, again, err)
		}
	})
}

func FuzzConn(f *testing.F) {
	f.Add((&ConnA1{Connection: guidA}).Encode())
	f.Add((&ConnB1{Connection: guidA}).Encode())
	f.Add(unhex(f, capturedA3))
	f.Add(unhex(f, capturedC2))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := DecodeConnA1(b); err == nil && len(p.Encode()) != 76 {
			t.Errorf("A1 %+v", p)
		}
		if p, err := DecodeConnB1(b); err == nil && len(p.Encode()) != 104 {
			t.Errorf("B1 %+v", p)
		}
		if p, err := DecodeConnA3(b); err == nil && len(p.Encode()) != 28 {
			t.Errorf("A3 %+v", p)
		}
		if p, err := DecodeConnC2(b); err == nil && len(p.Encode()) != 44 {
			t.Errorf("C2 %+v", p)
		}
	})
}

func FuzzReasonPhrase(f *testing.F) {
	f.Add("RPC Error: 6ba, EEInfo: AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if code, ok := codeOf(s); !ok && code != 0 {
			t.Errorf("%q: %v", s, code)
		}
	})
}

func TestReasonPhrases(t *testing.T) {
	for s, want := range map[string]uint32{"RPC Error: 6ba": 0x6BA, "RPC Error: 6BF, EEInfo: AgAA": 0x6BF, "RPC Error:5": 5} {
		if got, ok := codeOf(s); !ok || uint32(got) != want {
			t.Errorf("%q: %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"Service Unavailable", "RPC Error: ", "RPC Error: xyz", ""} {
		if got, ok := codeOf(s); ok {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestURL(t *testing.T) {
	c := &Client{Proxy: "mail.contoso.test", Server: "0aa1-ff@contoso.test"}
	if got, err := c.URL(6001); err != nil || got != "https://mail.contoso.test/rpc/rpcproxy.dll?0aa1-ff@contoso.test:6001" {
		t.Errorf("%s, %v", got, err)
	}
	for _, bad := range []string{"", "a b", "a\r\nX: y", "a#b", "a:b", "a%00", "é", strings.Repeat("a", 1024)} {
		if got, err := (&Client{Proxy: "mail.contoso.test", Server: bad}).URL(6001); err == nil {
			t.Errorf("%q passed: %s", bad, got)
		}
	}
}
