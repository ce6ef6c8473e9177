package emsmdb

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"
)

// auxLayouts has one block of each kind next to its bytes, written by hand from
// the field tables of MS-OXCRPC 2.2.2.2.
func auxLayouts() map[string]struct {
	block Aux
	bytes string
} {
	const guid = "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF"
	times := PerfTimes{Since: 258 * time.Millisecond, Took: 772 * time.Millisecond} // 0x102, 0x304
	return map[string]struct {
		block Aux
		bytes string
	}{
		"request id":      {&PerfRequestID{0x102, 0x304}, "0800 01 01 0201 0403"},
		"session info":    {&SessionInfo{SessionID: 0x102, SessionGUID: testGUID}, "1800 01 04 0201 0000" + guid},
		"session info v2": {&SessionInfo{V2: true, SessionID: 0x102, SessionGUID: testGUID, ConnectionID: 0x3040506}, "1C00 02 04 0201 0000" + guid + "06050403"},
		"server info": {&ServerInfo{ServerID: 1, ServerType: ServerPrivate, ServerDN: "/o", ServerName: "S"},
			"1600 01 03 0100 0100 0C00 1200 2F006F000000 53000000"},
		"client info": {&ClientInfo{AdapterSpeed: 0x1020304, ClientID: 5, MachineName: "M", ClientIP: []byte{127, 0, 0, 1}, Mode: ModeCached},
			"2800 01 02 04030201 0500 2000 0000 0400 2400 0000 0000 0000 0000 0000 0200 0000 4D000000 7F000001"},
		"process info":    {&ProcessInfo{ProcessID: 7, ProcessGUID: testGUID, ProcessName: "P"}, "2000 02 0B 0700 0000" + guid + "1C00 0000 50000000"},
		"process info v1": {&ProcessInfo{Version: 1, ProcessID: 7, ProcessGUID: testGUID}, "1C00 01 0B 0700 0000" + guid + "0000 0000"},
		"account info":    {&AccountInfo{ClientID: 9, AccountGUID: testGUID}, "1800 01 18 0900 0000" + guid},
		"client control":  {&ClientControl{EnableFlags: 0xC, Expiry: 604800 * time.Second}, "0C00 01 0A 0C000000 00840C24"},
		"org info":        {&ExOrgInfo{3}, "0800 01 17 03000000"},
		"server caps":     {&ServerCapabilities{8}, "0800 01 46 08000000"},
		"endpoint caps":   {&EndpointCapabilities{1}, "0800 01 48 01000000"},
		"exception":       {&ExceptionTrace{RopIndex: 2, Text: "no\n"}, "0B00 01 49 02000000 6E6F0A"},
		"connection info": {&ClientConnectionInfo{ConnectionGUID: testGUID, Attempts: 0x10002, Flags: ConnectionCached, ContextInfo: "M"},
			"2400 01 4A" + guid + "2000 0000 02000100 01000000 4D000000"},
		"session text":  {&ServerSessionInfo{Info: "ok"}, "0C00 01 4B 0600 6F006B000000"},
		"device":        {&DeviceIdentification{Manufacturer: "A", FirmwareID: "B"}, "1600 01 4E 0E00 0000 0000 0000 1200 41000000 42000000"},
		"default store": {&PerfDefMDBSuccess{PerfTimes: times, RequestID: 5}, "1000 01 05 02010000 04030000 0500 0000"},
		"default gc bg": {&PerfDefGCSuccess{Priority: Background, ServerID: 1, SessionID: 2, PerfTimes: times, Operation: 3}, "1400 01 0D 0100 0200 02010000 04030000 03 000000"},
		"store fg":      {&PerfMDBSuccess{Priority: Foreground, ClientID: 1, ServerID: 2, SessionID: 3, RequestID: 4, PerfTimes: times}, "1400 01 13 0100 0200 0300 0400 02010000 04030000"},
		"store v2":      {&PerfMDBSuccess{V2: true, ProcessID: 9, ClientID: 1, ServerID: 2, SessionID: 3, RequestID: 4, PerfTimes: times}, "1800 02 07 0900 0100 0200 0300 0400 0000 02010000 04030000"},
		"gc":            {&PerfGCSuccess{ClientID: 1, ServerID: 2, SessionID: 3, PerfTimes: times, Operation: 4}, "1800 01 08 0100 0200 0300 0000 02010000 04030000 04 000000"},
		"gc v2 bg":      {&PerfGCSuccess{Priority: Background, V2: true, ProcessID: 9, ClientID: 1, ServerID: 2, SessionID: 3, PerfTimes: times, Operation: 4}, "1800 02 0F 0900 0100 0200 0300 02010000 04030000 04 000000"},
		"failure":       {&PerfFailure{ClientID: 1, ServerID: 2, SessionID: 3, RequestID: 4, PerfTimes: times, ResultCode: 0x80040115, Operation: 5}, "1C00 01 09 0100 0200 0300 0400 02010000 04030000 15010480 05 000000"},
		"failure v2 fg": {&PerfFailure{Priority: Foreground, V2: true, ProcessID: 9, ClientID: 1, ServerID: 2, SessionID: 3, RequestID: 4, PerfTimes: times, ResultCode: 1, Operation: 5}, "2000 02 15 0900 0100 0200 0300 0400 0000 02010000 04030000 01000000 05 000000"},
		"system": {&OSVersionInfo{Major: 10, Minor: 1, Build: 0x4A61, ServicePackMajor: 2, ServicePackMinor: 3},
			"A000 01 16 9C000000 0A000000 01000000 614A0000" + strings.Repeat("00", 132) + "0200 0300 00000000"},
		"unknown":          {&UnknownAux{Version: 1, Type: 0x52, Body: []byte{1, 2, 3}}, "0700 01 52 010203"},
		"unknown, version": {&UnknownAux{Version: 9, Type: 0x17, Body: []byte{3, 0, 0, 0}}, "0800 09 17 03000000"},
	}
}

func TestAuxLayouts(t *testing.T) {
	for name, test := range auxLayouts() {
		want := unhex(t, test.bytes)
		wantBytes(t, name, encodeBlock(test.block), want)
		got := appendBlocks(nil, want)
		if !reflect.DeepEqual(got, []Aux{test.block}) {
			t.Errorf("%s: got %+v, want %+v", name, got, test.block)
		}
	}
}

func TestAuxEveryKnownKindIsTested(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for _, test := range auxLayouts() {
		seen[reflect.TypeOf(test.block)] = true
	}
	for k, create := range auxKinds {
		a := create()
		if a.kind() != k || !seen[reflect.TypeOf(a)] {
			t.Errorf("%T of kind %v says it is %v; has a layout test: %t", a, k, a.kind(), seen[reflect.TypeOf(a)])
		}
	}
}

func TestAuxConnectionInfoWithShortAttempts(t *testing.T) {
	b := unhex(t, "2200 01 4A A0A1A2A3A4A5A6A7A8A9AAABACADAEAF 1E00 0000 0500 01000000 4D000000")
	want := []Aux{&ClientConnectionInfo{ConnectionGUID: testGUID, Attempts: 5, Flags: ConnectionCached, ContextInfo: "M"}}
	if got := appendBlocks(nil, b); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got[0])
	}
}

func TestAuxSizesThatLeadNowhere(t *testing.T) {
	const org = "0800 01 17 03000000"
	for name, test := range map[string]struct {
		bytes  string
		blocks int
	}{
		"size 0":                 {org + "0000 01 17 03000000", 1},
		"size 3":                 {org + "0300 01 17 03000000", 1},
		"size beyond the buffer": {org + "FF00 01 17 03000000", 1},
		"half a header":          {org + "08 00 01", 1},
		"header alone":           {"0400 01 52" + org, 2},
		"nothing":                {"", 0},
	} {
		if got := appendBlocks(nil, unhex(t, test.bytes)); len(got) != test.blocks {
			t.Errorf("%s: %d blocks", name, len(got))
		}
	}
}

func TestAuxKnownKindWithAnotherLayoutStaysUnknown(t *testing.T) {
	for name, b := range map[string]string{
		"body too short":         "0600 01 17 0300",
		"offset out of block":    "0600 01 4B FF00",
		"offset in the header":   "0A00 01 4B 0200 41000000",
		"text without an end":    "0800 01 4B 0600 4100",
		"bytes out of the block": "2000 01 02 00000000 0000 0000 0000 0900 1C00 0000 0000 0000 0000 0000 0000 0000",
	} {
		want := unhex(t, b)
		got := appendBlocks(nil, want)
		if len(got) != 1 {
			t.Fatalf("%s: %d blocks", name, len(got))
		}
		if u, ok := got[0].(*UnknownAux); !ok || !bytes.Equal(encodeBlock(u), want) {
			t.Errorf("%s: %+v", name, got[0])
		}
	}
}

func TestEncodeAuxLeavesOutWhatDoesNotFit(t *testing.T) {
	small := &ExOrgInfo{1}
	long := &ServerSessionInfo{Info: string(bytes.Repeat([]byte("x"), maxAuxPayload))}
	half := &UnknownAux{Version: 1, Type: 0x52, Body: make([]byte, maxAuxPayload/2)}
	got := DecodeAux(EncodeAux([]Aux{long, half, small, half}))
	if !reflect.DeepEqual(got, []Aux{half, small}) {
		t.Errorf("%d blocks", len(got))
	}
	if b := EncodeAux([]Aux{long}); b != nil {
		t.Errorf("%d bytes", len(b))
	}
}

func TestDecodeAuxCompressedChain(t *testing.T) {
	one, two := encodeBlock(&ServerSessionInfo{Info: "aaaaaaaaaaaaaaaaaaaaaaaa"}), encodeBlock(&ExOrgInfo{1})
	got := DecodeAux(PackBuffers([][]byte{one, two}, Compress|XorMagic))
	if len(got) != 2 || !reflect.DeepEqual(AuxText(got), []string{"aaaaaaaaaaaaaaaaaaaaaaaa"}) {
		t.Errorf("%+v", got)
	}
}

func FuzzDecodeAux(f *testing.F) {
	for _, test := range auxLayouts() {
		f.Add(EncodeAux([]Aux{test.block}))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		first := EncodeAux(DecodeAux(b))
		wantBytes(t, "second encoding", EncodeAux(DecodeAux(first)), first)
		for _, text := range AuxText(DecodeAux(b)) {
			if text == "" || bytes.ContainsAny([]byte(text), "\x1b\x00\r") {
				t.Fatalf("text %q", text)
			}
		}
	})
}
