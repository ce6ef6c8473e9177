package dcerpc

import (
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

func connectRequest() *ConnectRequest {
	return &ConnectRequest{UserDN: "/o=X", CodePage: 1252, LcidString: 0x409, LcidSort: 0x409, Client: WordsOf(16, 0, 4266, 1001), Aux: []byte{1, 2, 3}}
}

// The layouts of MS-OXCRPC 3.1.4.1 in NDR (C706 14).
func TestConnectStubs(t *testing.T) {
	golden(t, connectRequest(), (*ConnectRequest).Encode, DecodeConnectRequest,
		"05000000 00000000 05000000 2F6F3D5800 000000 | 00000000 00000000 00000000 | E4040000 09040000 09040000 | FFFFFFFF |"+
			"0100 0010 AA90 E903 | 00000000 | 03000000 010203 00 | 03000000 | 08100000")
	golden(t, &ConnectResponse{Handle: handle, PollsMax: time.Minute, RetryCount: 6, RetryDelay: 10 * time.Second, SessionIndex: 5,
		DNPrefix: "", DisplayName: "Al", Server: WordsOf(15, 2, 2562, 17), Best: Words{0xC, 0x183E, 0x3E8}, Aux: []byte{9}},
		(*ConnectResponse).Encode, DecodeConnectResponse,
		handleHex+"60EA0000 06000000 10270000 0500 0000 | 00000200 01000000 00000000 01000000 00 000000 | 00000200 03000000 00000000 03000000 416C00 00 |"+
			"020F 028A 1100 | 0C00 3E18 E803 | 00000000 | 01000000 00000000 01000000 09 000000 | 01000000 | 00000000")
}

func TestConnectRefused(t *testing.T) {
	p, err := DecodeConnectResponse((&ConnectResponse{ErrorCode: mapierr.UnknownUser}).Encode())
	if err != nil || p.ErrorCode != mapierr.UnknownUser || p.Handle != (Handle{}) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestNullStringsAreEmpty(t *testing.T) {
	b := unhex(t, handleHex+"00000000 00000000 00000000 0000 0000 | 00000000 | 00000000 | 0000 0000 0000 0000 0000 0000 | 00000000 | 00000000 00000000 00000000 | 00000000 | 05000780")
	if p, err := DecodeConnectResponse(b); err != nil || p.DisplayName != "" || p.ErrorCode != 0x80070005 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestWords(t *testing.T) {
	for want, w := range map[string]Words{ // MS-OXCRPC 3.1.4.1.3.1
		"15.0.847.32": {0x0F00, 0x834F, 0x0020}, "15.2.2562.17": {0x0F02, 0x8A02, 0x0011}, "16.0.4266.1001": {0x1000, 0x90AA, 0x03E9},
		"6.0.6755.0": {6, 6755, 0},
	} {
		if w.String() != want {
			t.Errorf("%x is %s, want %s", w, w, want)
		}
	}
}

func TestOtherStubs(t *testing.T) {
	golden(t, &HandleResult{Handle: handle, ErrorCode: 1}, (*HandleResult).Encode, DecodeHandleResult, handleHex+"01000000")
	golden(t, &NspiBindRequest{CodePage: 1252, Locale: 0x409}, (*NspiBindRequest).Encode, DecodeNspiBindRequest,
		"00000000 | 000000000000000000000000000000000000000000000000 E4040000 09040000 09040000 | 00000200 00000000000000000000000000000000")
	golden(t, &NspiBindResponse{ServerGUID: wire.GUID{1, 15: 2}, Handle: handle, ErrorCode: 0}, (*NspiBindResponse).Encode, DecodeNspiBindResponse,
		"00000200 01000000000000000000000000000002"+handleHex+"00000000")
	if h, err := DecodeHandle(encodeUnbind(handle)); err != nil || h != handle {
		t.Errorf("%v, %v", h, err)
	}
	if c, err := DecodeCode(EncodeCode(mapierr.AccessDenied)); err != nil || c != mapierr.AccessDenied {
		t.Errorf("%v, %v", c, err)
	}
}

const emsmdbFloors = "0500 | 1300 0D 00DBF1A447CA6710B31F00DD010662DA 0000 0200 5100 | 1300 0D 045D888AEB1CC9119FE808002B104860 0200 0200 0000 | 0100 0B 0200 0000 |"

func TestMapStubs(t *testing.T) {
	golden(t, &MapRequest{EMSMDB}, (*MapRequest).Encode, DecodeMapRequest,
		"00000000 | 00000200 | 4B000000 4B000000 "+emsmdbFloors+" 0100 07 0200 0000 | 0100 09 0400 00000000 | 00 | 0000000000000000000000000000000000000000 | 04000000")
	golden(t, &MapResponse{Towers: []Tower{{EMSMDB, netip.MustParseAddrPort("127.0.10.1:6001")}}}, (*MapResponse).Encode, DecodeMapResponse,
		"0000000000000000000000000000000000000000 | 01000000 | 04000000 00000000 01000000 | 00000200 | 4B000000 4B000000 "+emsmdbFloors+
			" 0100 07 0200 1771 | 0100 09 0400 7F000A01 | 00 | 00000000")
	p, err := DecodeMapResponse((&MapResponse{Status: EptNotRegistered}).Encode())
	if err != nil || len(p.Towers) != 0 || p.Status != EptNotRegistered {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestTowerOfAnotherProtocol(t *testing.T) {
	b := unhex(t, "0400 | 1300 0D 00DBF1A447CA6710B31F00DD010662DA 0000 0200 5100 | 1300 0D 045D888AEB1CC9119FE808002B104860 0200 0200 0000 | 0100 0C 0200 0000 | 0100 10 0400 41424300")
	tower, err := decodeTower(b)
	if err != nil || tower.Interface != EMSMDB || tower.Addr.Port() != 0 {
		t.Errorf("%+v, %v", tower, err)
	}
}

func TestArraysAreBounded(t *testing.T) {
	for name, s := range map[string]string{
		"actual beyond size": "01000000 00000000 05000000 4142434400",
		"an offset":          "05000000 01000000 04000000 41424300",
		"4 GiB":              "FFFFFFFF 00000000 FFFFFFFF 00",
	} {
		r := wire.NewReader(unhex(t, s))
		if got := readString(r); r.Err() == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func FuzzConnectRequest(f *testing.F) {
	fuzz(f, (*ConnectRequest).Encode, clean(DecodeConnectRequest, func(q *ConnectRequest) { q.Aux = append([]byte{}, q.Aux...) }), connectRequest())
}

func FuzzConnectResponse(f *testing.F) {
	fuzz(f, (*ConnectResponse).Encode, clean(DecodeConnectResponse, func(p *ConnectResponse) { p.Aux = append([]byte{}, p.Aux...) }),
		&ConnectResponse{Handle: handle, DisplayName: "Alice", Aux: []byte{1}}, &ConnectResponse{ErrorCode: mapierr.UnknownUser})
}

// clean makes what decode gives comparable.
func clean[T any](decode func([]byte) (*T, error), f func(*T)) func([]byte) (*T, error) {
	return func(b []byte) (*T, error) {
		m, err := decode(b)
		if err == nil {
			f(m)
		}
		return m, err
	}
}

func FuzzNspiBind(f *testing.F) {
	f.Add((&NspiBindRequest{CodePage: 1252}).Encode())
	f.Add((&NspiBindResponse{Handle: handle}).Encode())
	f.Add((&HandleResult{Handle: handle}).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		same(t, b, DecodeNspiBindRequest, (*NspiBindRequest).Encode)
		same(t, b, DecodeNspiBindResponse, (*NspiBindResponse).Encode)
		same(t, b, DecodeHandleResult, (*HandleResult).Encode)
	})
}

func FuzzMap(f *testing.F) {
	f.Add((&MapRequest{EMSMDB}).Encode())
	f.Add((&MapResponse{Towers: []Tower{{EMSMDB, netip.MustParseAddrPort("10.0.0.1:1")}, {NSPI, netip.MustParseAddrPort("10.0.0.1:2")}}}).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		same(t, b, DecodeMapRequest, (*MapRequest).Encode)
		same(t, b, DecodeMapResponse, (*MapResponse).Encode)
	})
}

func same[T any](t *testing.T, b []byte, decode func([]byte) (*T, error), encode func(*T) []byte) {
	m, err := decode(b)
	if err != nil {
		return
	}
	if again, err := decode(encode(m)); err != nil || !reflect.DeepEqual(m, again) {
		t.Errorf("%+v became %+v, %v", m, again, err)
	}
}
