package nspi

import (
	"reflect"
	"testing"
)

func TestUnbindRequest(t *testing.T) {
	golden(t, &UnbindRequest{}, DecodeUnbindRequest,
		"00000000 00000000")
}

func TestUnbindResponse(t *testing.T) {
	golden(t, &UnbindResponse{Result: Result{ErrorCode: UnbindSuccess}}, DecodeUnbindResponse,
		"00000000 01000000 00000000")
}

func TestUnbindResponseOfGromox(t *testing.T) {
	b := capture(t, "gromox-unbind")
	p, err := DecodeUnbindResponse(b)
	if err != nil || p.ErrorCode != UnbindSuccess || p.StatusCode != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	wantBytes(t, "encoded again", mustEncode(t, p), b)
}

func TestUnbindFailureBodies(t *testing.T) {
	for body, want := range map[string]Result{
		"ED030000 02000000 00000000":    {StatusCode: 0x3ED, ErrorCode: UnbindFailure},
		"ED030000 00000000":             {StatusCode: 0x3ED},
		"ED030000 02000000 01000000 09": {StatusCode: 0x3ED, ErrorCode: UnbindFailure, Aux: []byte{9}},
	} {
		p, err := DecodeUnbindResponse(unhex(t, body))
		if err != nil || !reflect.DeepEqual(p.Result, want) {
			t.Errorf("%s: %+v, %v", body, p, err)
		}
	}
	p := &UnbindResponse{Result: Result{StatusCode: 0x3ED, ErrorCode: UnbindFailure}}
	wantBytes(t, "encoded", mustEncode(t, p), unhex(t, "ED030000 02000000 00000000"))
}

func FuzzUnbindRequest(f *testing.F) {
	fuzzBody(f, DecodeUnbindRequest, &UnbindRequest{})
}

func FuzzUnbindResponse(f *testing.F) {
	fuzzBody(f, DecodeUnbindResponse, &UnbindResponse{Result: Result{ErrorCode: UnbindSuccess}})
}
