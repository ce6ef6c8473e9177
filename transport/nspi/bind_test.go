package nspi

import (
	"reflect"
	"testing"

	"github.com/mapiscope/mapiscope/transport/wire"
)

func TestBindRequest(t *testing.T) {
	golden(t, &BindRequest{Stat: DefaultStat()}, DecodeBindRequest,
		"00000000 | FF | 000000000000000000000000000000000000000000000000 | E4040000 | 09040000 | 09040000 | 00000000")
	golden(t, &BindRequest{Flags: BindAnonymous}, DecodeBindRequest, "20000000 00 00000000")
	golden(t, &BindRequest{Stat: testStat(), Aux: []byte{7}}, DecodeBindRequest, "00000000"+statHex+"01000000 07")
}

func TestBindRequestTakesAnyHasState(t *testing.T) {
	b := mustEncode(t, &BindRequest{Stat: testStat()})
	b[4] = 1
	if q, err := DecodeBindRequest(b); err != nil || !reflect.DeepEqual(q.Stat, testStat()) {
		t.Errorf("%+v, %v", q, err)
	}
	if _, err := DecodeBindRequest(append(b, 0)); err == nil {
		t.Error("a byte too many passed")
	}
}

func TestBindResponseOfGromox(t *testing.T) {
	b := capture(t, "gromox-bind")
	p, err := DecodeBindResponse(b)
	if err != nil {
		t.Fatal(err)
	}
	want := &BindResponse{ServerGUID: wire.GUID(b[8:24])}
	if !reflect.DeepEqual(p, want) || p.ServerGUID[0] != 0xEF {
		t.Errorf("got %+v, want %+v", p, want)
	}
	wantBytes(t, "encoded again", mustEncode(t, p), b)
}

func FuzzBindRequest(f *testing.F) {
	fuzzBody(f, DecodeBindRequest, &BindRequest{Stat: DefaultStat()})
}

func FuzzBindResponse(f *testing.F) {
	fuzzBody(f, DecodeBindResponse, &BindResponse{ServerGUID: testGUID})
}
