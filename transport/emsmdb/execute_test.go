package emsmdb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"
)

const (
	goldenLogon = `03 00 00 00 | 21 00 00 00 | 00 00 04 00 19 00 19 00 | 15 00 | FE 00 00 01 0C 04 00 01 00 00 00 00 05 00 2F 6F 3D 58 00 | FF FF FF FF |
		08 00 01 00 | 00 00 00 00`
	goldenEmptyBatch = "03 00 00 00 | 0A 00 00 00 | 00 00 04 00 02 00 02 00 02 00 | 08 00 01 00 | 00 00 00 00"
)

func TestExecuteRequestGolden(t *testing.T) {
	logon := unhex(t, "15 00 | FE 00 00 01 0C 04 00 01 00 00 00 00 05 00 2F 6F 3D 58 00 | FF FF FF FF")
	for golden, rops := range map[string][]byte{goldenLogon: logon, goldenEmptyBatch: {2, 0}} {
		q := &ExecuteRequest{Flags: ExecuteNoCompression | ExecuteNoXorMagic, ROPs: [][]byte{rops}, MaxRopOut: DefaultMaxRopOut}
		wantBytes(t, "Execute request", q.Encode(), unhex(t, golden))
		got, err := DecodeExecuteRequest(unhex(t, golden))
		if err != nil || !reflect.DeepEqual(got, q) {
			t.Errorf("decoded %+v, %v; want %+v", got, err, q)
		}
	}
}

// gromoxLogonResponse is the captured RopBuffer in the body around it; gromox
// echoes the Flags of the request.
func gromoxLogonResponse(t testing.TB) []byte {
	ropBuffer := capture(t, "gromox-execute-roplogon-ropbuffer")
	b := unhex(t, "00000000 00000000 03000000")
	b = binary.LittleEndian.AppendUint32(b, uint32(len(ropBuffer)))
	return append(append(b, ropBuffer...), 0, 0, 0, 0)
}

func TestExecuteResponseOfGromox(t *testing.T) {
	b := gromoxLogonResponse(t)
	p, err := DecodeExecuteResponse(b)
	if err != nil || len(p.ROPs) != 1 || p.Flags != 3 || p.Packing != Plain {
		t.Fatalf("%+v, %v", p, err)
	}
	rops := p.ROPs[0] // RopSize 0xA8, RopLogon, handle table with one handle
	if len(rops) != 0xAC || rops[0] != 0xA8 || rops[2] != 0xFE {
		t.Errorf("payload %x", rops)
	}
	wantBytes(t, "encoded again", p.Encode(), b)
}

func TestExecuteResponsePackings(t *testing.T) {
	rops := [][]byte{bytes.Repeat([]byte("row "), 500), []byte("tail"), {}}
	for _, packing := range []Packing{Plain, XorMagic, Compress, Compress | XorMagic} {
		p := &ExecuteResponse{ROPs: rops, Packing: packing}
		b := p.Encode()
		got, err := DecodeExecuteResponse(b)
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("packing %d: %v", packing, err)
		}
		if squeezed := len(b) < 500; squeezed != (packing&Compress != 0) {
			t.Errorf("packing %d: %d bytes", packing, len(b))
		}
		if plain := bytes.Contains(b, []byte("tail")); plain != (packing&XorMagic == 0) {
			t.Errorf("packing %d: readable %t", packing, plain)
		}
	}
}

func TestExecuteTellsBadBufferFromBadBody(t *testing.T) {
	noLast := unhex(t, goldenEmptyBatch)
	noLast[10] = 0
	if _, err := DecodeExecuteRequest(noLast); !errors.Is(err, ErrBuffer) {
		t.Errorf("chain without an end: %v", err)
	}
	short := unhex(t, goldenEmptyBatch)
	if _, err := DecodeExecuteRequest(short[:len(short)-1]); err == nil || errors.Is(err, ErrBuffer) {
		t.Errorf("body cut short: %v", err)
	}
}

func TestExecuteResponseRefusedWithoutROPs(t *testing.T) {
	p, err := DecodeExecuteResponse(unhex(t, "00000000 7D040000 00000000 00000000 00000000"))
	if err != nil || p.ErrorCode != 0x47D || p.ROPs != nil {
		t.Errorf("%+v, %v", p, err)
	}
}

func FuzzExecuteRequest(f *testing.F) {
	fuzzBody(f, DecodeExecuteRequest, unhex(f, goldenLogon), unhex(f, goldenEmptyBatch))
}

func FuzzExecuteResponse(f *testing.F) {
	packed := &ExecuteResponse{ROPs: [][]byte{bytes.Repeat([]byte("row "), 50), []byte("tail")}, Packing: Compress | XorMagic}
	fuzzBody(f, DecodeExecuteResponse, gromoxLogonResponse(f), packed.Encode())
}
