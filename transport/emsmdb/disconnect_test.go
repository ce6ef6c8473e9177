package emsmdb

import (
	"reflect"
	"testing"
)

func TestDisconnectRequest(t *testing.T) {
	wantBytes(t, "request", (&DisconnectRequest{}).Encode(), []byte{0, 0, 0, 0})
	for _, b := range [][]byte{nil, {0, 0, 0, 0}} {
		if q, err := DecodeDisconnectRequest(b); err != nil || q.Aux != nil {
			t.Errorf("%x: %+v, %v", b, q, err)
		}
	}
	if _, err := DecodeDisconnectRequest([]byte{0, 0}); err == nil {
		t.Error("two bytes passed")
	}
}

func TestDisconnectResponseOfGromox(t *testing.T) {
	b := capture(t, "gromox-disconnect")
	p, err := DecodeDisconnectResponse(b)
	if err != nil || !reflect.DeepEqual(p, &DisconnectResponse{}) {
		t.Fatalf("%+v, %v", p, err)
	}
	wantBytes(t, "encoded again", p.Encode(), b)
}

func FuzzDisconnectRequest(f *testing.F) { fuzzBody(f, DecodeDisconnectRequest) }

func FuzzDisconnectResponse(f *testing.F) {
	fuzzBody(f, DecodeDisconnectResponse, capture(f, "gromox-disconnect"))
}
