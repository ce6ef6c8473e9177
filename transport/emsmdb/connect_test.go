package emsmdb

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

const goldenConnect = "2F 6F 3D 58 00 | 00 00 00 00 | E4 04 00 00 | 09 04 00 00 | 09 04 00 00 | 00 00 00 00"

func TestConnectRequestGolden(t *testing.T) {
	q := &ConnectRequest{UserDN: "/o=X", CodePage: 1252, LcidSort: 0x409, LcidString: 0x409}
	wantBytes(t, "Connect request", q.Encode(), unhex(t, goldenConnect))
	got, err := DecodeConnectRequest(unhex(t, goldenConnect))
	if err != nil || !reflect.DeepEqual(got, q) {
		t.Errorf("decoded %+v, %v; want %+v", got, err, q)
	}
}

func TestConnectRequestOrderOfLocales(t *testing.T) {
	q := &ConnectRequest{LcidSort: 1, LcidString: 2}
	wantBytes(t, "Connect request", q.Encode(), unhex(t, "00 | 00000000 | 00000000 | 01000000 | 02000000 | 00000000"))
}

func TestConnectRequestRefusesLeftoversAndCuts(t *testing.T) {
	b := unhex(t, goldenConnect)
	var malformed *wire.Error
	if _, err := DecodeConnectRequest(append(b[:len(b):len(b)], 0)); !errors.As(err, &malformed) {
		t.Errorf("one byte too many: %v", err)
	}
	for n := range b {
		if _, err := DecodeConnectRequest(b[:n]); !errors.As(err, &malformed) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

func TestConnectRequestCarriesProbe(t *testing.T) {
	probe := &ClientConnectionInfo{ConnectionGUID: testGUID, Attempts: 1, ContextInfo: "Mapiscope/0.1 probe"}
	b := (&ConnectRequest{UserDN: "/o=X", Aux: []Aux{probe}}).Encode()
	got, err := DecodeConnectRequest(b)
	if err != nil || !reflect.DeepEqual(got.Aux, []Aux{probe}) {
		t.Errorf("aux %+v, %v", got.Aux, err)
	}
}

func TestConnectResponseOfGromox(t *testing.T) {
	b := capture(t, "gromox-connect")
	p, err := DecodeConnectResponse(b)
	if err != nil {
		t.Fatal(err)
	}
	want := &ConnectResponse{
		PollsMax: time.Minute, RetryCount: 6, RetryDelay: 10 * time.Second, DisplayName: "Alice Example",
		Aux: []Aux{
			&ExOrgInfo{Flags: OrgPublicFolders | OrgAutodiscoverPublicFolders},
			&ClientControl{EnableFlags: ControlCompression | ControlHTTPTunneling, Expiry: 7 * 24 * time.Hour},
			&EndpointCapabilities{Flags: EndpointSingle},
		},
	}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("got  %+v\nwant %+v", p, want)
	}
	wantBytes(t, "encoded again", p.Encode(), b)
}

func TestConnectResponseRefused(t *testing.T) {
	b := capture(t, "gromox-connect-refused")
	p, err := DecodeConnectResponse(b)
	if err != nil || p.StatusCode != 0 || p.ErrorCode != 0x80040115 || p.DisplayName != "" || len(p.Aux) != 3 {
		t.Fatalf("%+v, %v", p, err)
	}
	wantBytes(t, "encoded again", p.Encode(), b)
}

func TestConnectResponseTextOfRefusal(t *testing.T) {
	p := &ConnectResponse{ErrorCode: mapierr.UnknownUser, Aux: []Aux{
		&ServerSessionInfo{Info: "MapiHttp: ex1.contoso.test\x1b[2J"},
		&ExceptionTrace{Text: "UnknownUserException\r\n   at Connect\x00"},
	}}
	got, err := DecodeConnectResponse(p.Encode())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"MapiHttp: ex1.contoso.test[2J", "UnknownUserException\n   at Connect"}
	if got.ErrorCode != mapierr.UnknownUser || !reflect.DeepEqual(got.AuxText, want) {
		t.Errorf("code %v, text %q, want %q", got.ErrorCode, got.AuxText, want)
	}
}

func TestConnectResponseKeepsCodeOfRefusalCutShort(t *testing.T) {
	p, err := DecodeConnectResponse(unhex(t, "00000000 EB030000 60EA0000"))
	if err != nil || !reflect.DeepEqual(p, &ConnectResponse{ErrorCode: mapierr.UnknownUser}) {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := DecodeConnectResponse(unhex(t, "00000000 00000000 60EA0000")); err == nil {
		t.Error("a success cut short passed")
	}
	if _, err := DecodeConnectResponse(unhex(t, "00000000 EB03")); err == nil {
		t.Error("an ErrorCode cut short passed")
	}
}

func TestConnectResponseToleratesLeftovers(t *testing.T) {
	p, err := DecodeConnectResponse(append(capture(t, "gromox-connect"), 1, 2, 3))
	if err != nil || p.DisplayName != "Alice Example" {
		t.Errorf("%+v, %v", p, err)
	}
}

func FuzzConnectRequest(f *testing.F) {
	q := &ConnectRequest{UserDN: "/o=X", Aux: []Aux{&ClientConnectionInfo{ContextInfo: "x"}}}
	fuzzBody(f, DecodeConnectRequest, unhex(f, goldenConnect), q.Encode())
}

func FuzzConnectResponse(f *testing.F) {
	fuzzBody(f, DecodeConnectResponse, capture(f, "gromox-connect"), capture(f, "gromox-connect-refused"))
}
