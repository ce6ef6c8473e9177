package rop

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

const wrongServerDN = "/o=X/ou=E/cn=Configuration/cn=Servers/cn=93c61a6c-6e41-4c85-8a47-95173205942f@x.test"

func init() {
	request("logon", "FE 00 00 01 0C 04 00 01 00 00 00 00 05 00 2F 6F 3D 58 00", PrivateLogon("/o=X"))
	request("logon to public folders", "FE 01 02 00 02 00 00 01 00 00 00 00 00 00",
		&LogonRequest{LogonID: 1, Output: 2, OpenFlags: OpenPublic | OpenUsePerMDBReplIDMapped})
	response("logon refused", "FE 00 05 00 07 80",
		&LogonResponse{Result: Result{ReturnValue: mapierr.AccessDenied}})
	response("logon redirected", "FE 00 78 04 00 00 | 01 | 04 2F 6F 3D 00",
		&LogonResponse{Result: Result{ReturnValue: mapierr.WrongServer}, LogonFlags: LogonPrivate, ServerName: "/o="})
	response("logon to public folders", "FE 01 00 00 00 00 00"+strings.Repeat("AA", 104)+
		"05 00"+strings.Repeat("BB", 16)+strings.Repeat("CC", 16), publicLogon())
}

func publicLogon() *LogonResponse {
	p := &LogonResponse{Result: Result{Handle: 1}, ReplID: 5}
	for i := range p.FolderIDs {
		copy(p.FolderIDs[i][:], "\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA")
	}
	for i := range p.ReplGUID {
		p.ReplGUID[i], p.PerUserGUID[i] = 0xBB, 0xCC
	}
	return p
}

// What a real server answered.
func TestLogonCapture(t *testing.T) {
	payload := testdata(t, "gromox-logon.hex")
	sent := &RequestBuffer{Requests: []Request{PrivateLogon("/o=X")}, Handles: []uint32{NoHandle}}
	b, err := DecodeResponseBuffer(payload, sent, nil)
	if err != nil || len(b.Responses) != 1 {
		t.Fatal(b, err)
	}
	p := b.Responses[0].(*LogonResponse)
	guid, _ := wire.ParseGUID("93c61a6c-6e41-4c85-8a47-95173205942f")
	if p.ReturnValue != mapierr.OK || p.LogonFlags != LogonPrivate || p.MailboxGUID != guid || p.ReplID != 5 {
		t.Errorf("read %+v", p)
	}
	if want := ResponseReserved | ResponseOwner | ResponseSendAs; p.ResponseFlags != want {
		t.Errorf("ResponseFlags %#x", p.ResponseFlags)
	}
	if want := (FolderID{1, 0, 0, 0, 0, 0, 0, 0x0D}); p.FolderIDs[FolderInbox] != want {
		t.Errorf("inbox %v", p.FolderIDs[FolderInbox])
	}
	if want := time.Date(2026, 11, 22, 9, 0, 4, 0, time.UTC); !p.LogonTime.Equal(want) {
		t.Errorf("LogonTime %v", p.LogonTime)
	}
	if h, ok := b.Handle(p.Handle); !ok || h != 0 {
		t.Errorf("handle %#x, %v", h, ok)
	}
	if again, err := b.Encode(); err != nil || string(again) != string(payload) {
		t.Errorf("wrote % X, %v", again, err)
	}
}

func TestLogonRedirect(t *testing.T) {
	const id = "93c61a6c-6e41-4c85-8a47-95173205942f@x.test"
	for name, want := range map[string]string{
		wrongServerDN: id,
		strings.ReplaceAll(wrongServerDN, "cn", "CN"):   id,
		"/o=X/ou=E/cn=Configuration/cn=Servers/cn=EX01": "", // Exchange 2010: a server, no mailbox id
		"": "", "x@y": "", "/cn=": "",
	} {
		if got := (&LogonResponse{ServerName: name}).MailboxID(); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}

func TestLogonServerNameTooLong(t *testing.T) {
	w := new(wire.Writer)
	p := &LogonResponse{Result: Result{ReturnValue: mapierr.WrongServer}, ServerName: strings.Repeat("x", 255)}
	if p.Encode(w); w.Err() == nil {
		t.Error("256 bytes were written into an 8-bit size")
	}
}

func TestLogonTime(t *testing.T) {
	for text, want := range map[string]time.Time{
		"04 00 09 00 16 0B EA 07": time.Date(2026, 11, 22, 9, 0, 4, 0, time.UTC),
		"00 00 00 00 00 00 00 00": {},
		"00 00 00 00 1F 06 EA 07": {}, // the 31st of June
		"00 00 00 00 01 0D EA 07": {}, // month 13
		"00 00 18 00 01 01 EA 07": {}, // hour 24
		"00 3C 00 00 01 01 EA 07": {}, // minute 60
		"3C 00 00 00 01 01 EA 07": {}, // second 60
		"00 00 00 00 01 01 FF FF": {}, // a year that no report can print
		"00 00 00":                {},
	} {
		if got := readLogonTime(wire.NewReader(unhex(t, text))); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	w := new(wire.Writer)
	east := time.FixedZone("", 3600)
	writeLogonTime(w, time.Date(2026, 11, 22, 10, 0, 4, 999, east))
	writeLogonTime(w, time.Time{})
	if want := unhex(t, "04 00 09 00 16 0B EA 07 | 00 00 00 00 00 00 00 00"); !reflect.DeepEqual(w.Bytes(), want) {
		t.Errorf("wrote % X", w.Bytes())
	}
}
