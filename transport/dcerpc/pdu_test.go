package dcerpc

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"

	"github.com/mapiscope/mapiscope/transport/wire"
)

const ndrHex = "045D888AEB1CC9119FE808002B10486002000000"

func TestBind(t *testing.T) {
	golden(t, &Bind{CallID: 1, MaxXmit: 5840, MaxRecv: 5840, Contexts: []Context{{0, EMSMDB, []Syntax{NDR}}}},
		(*Bind).Encode, DecodeBind,
		"05000B03 10000000 4800 0000 01000000 | D016 D016 00000000 01000000 | 0000 0100 | 00DBF1A447CA6710B31F00DD010662DA 00005100 |"+ndrHex)
}

// TestBindAckOfGromox reads what a real server sent (captures, f4).
func TestBindAckOfGromox(t *testing.T) {
	b := unhex(t, "05000c03100000004400000001000000d01600200100000005003630303100000100000000000000"+ndrHex)
	b = append(b, make([]byte, 0x44-len(b))...)
	p, err := DecodeBindAck(b)
	want := &BindAck{CallID: 1, MaxXmit: 5840, MaxRecv: 8192, AssocGroup: 1, Endpoint: "6001", Results: []Result{{Transfer: NDR}}}
	if err != nil || !reflect.DeepEqual(p, want) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestBindAckAndNak(t *testing.T) {
	golden(t, &BindAck{CallID: 7, MaxXmit: 5840, MaxRecv: 5840, AssocGroup: 1, Endpoint: "6001", Results: []Result{{0, 0, NDR}, {2, 1, Syntax{}}}},
		(*BindAck).Encode, DecodeBindAck,
		"05000C03 10000000 5400 0000 07000000 | D016 D016 01000000 | 0500 3630303100 00 | 02000000 | 0000 0000"+ndrHex+"| 0200 0100 0000000000000000000000000000000000000000")
	golden(t, &BindNak{CallID: 7, Reason: 4}, (*BindNak).Encode, func(b []byte) (*BindNak, error) { return DecodeBindNak(b) },
		"05000D03 10000000 1500 0000 07000000 | 0400 | 01 0500")
}

func TestCallPDUs(t *testing.T) {
	golden(t, &Request{CallID: 2, Flags: First | Last, Context: 1, Opnum: 6, Stub: []byte{1, 2}}, (*Request).Encode, DecodeRequest,
		"05000003 10000000 1A00 0000 02000000 | 02000000 0100 0600 | 0102")
	golden(t, &Response{CallID: 2, Flags: First, Context: 1, Stub: []byte{9}}, (*Response).Encode, DecodeResponse,
		"05000201 10000000 1900 0000 02000000 | 01000000 0100 0000 | 09")
	golden(t, &Fault{CallID: 2, Status: UnknownInterface}, (*Fault).Encode, DecodeFault,
		"05000303 10000000 2000 0000 02000000 | 00000000 0000 0000 | 0300011C 00000000")
}

func TestRequestWithObject(t *testing.T) {
	b := unhex(t, "05000083 10000000 2900 0000 02000000 | 01000000 0100 0600 | 00112233445566778899AABBCCDDEEFF | 09")
	if p, err := DecodeRequest(b); err != nil || !bytes.Equal(p.Stub, []byte{9}) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestHeaderRefuses(t *testing.T) {
	good := "05000203 10000000 1800 0000 02000000"
	for name, b := range map[string]string{
		"another version":       "04000203 10000000 1800 0000 02000000",
		"big-endian":            "05000203 00000000 0018 0000 00000002",
		"shorter than a header": "05000203 10000000 0F00 0000 02000000",
		"authentication beyond": "05000203 10000000 1800 1000 02000000",
	} {
		if h, err := DecodeHeader(unhex(t, b)); err == nil {
			t.Errorf("%s: %+v", name, h)
		}
	}
	if h, err := DecodeHeader(unhex(t, good)); err != nil || h.FragLength != 24 || h.CallID != 2 || h.Type != TypeResponse {
		t.Errorf("%+v, %v", h, err)
	}
	if _, err := DecodeFault(unhex(t, good+"0000000000000000")); err == nil {
		t.Error("a response passed for a fault")
	}
	if _, err := DecodeResponse(unhex(t, "05000203 10000000 2000 0800 02000000 0000000000000000 0000000000000000")); err == nil {
		t.Error("an authentication trailer passed")
	}
}

func TestReadPDU(t *testing.T) {
	first, second := (&Fault{CallID: 1}).Encode(), (&Response{CallID: 2, Stub: make([]byte, 300)}).Encode()
	r := bytes.NewReader(append(append([]byte{}, first...), second...))
	for _, want := range [][]byte{first, second} {
		if got, err := ReadPDU(r); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%x, %v", got, err)
		}
	}
	if _, err := ReadPDU(r); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	for n := 1; n < len(first); n++ {
		if _, err := ReadPDU(bytes.NewReader(first[:n])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut to %d: %v", n, err)
		}
	}
	var malformed *wire.Error
	if _, err := ReadPDU(bytes.NewReader([]byte("HTTP/1.1 400 Bad Request\r\n"))); !errors.As(err, &malformed) {
		t.Errorf("no RPC: %v", err)
	}
}

func FuzzReadPDU(f *testing.F) {
	f.Add((&Fault{CallID: 1}).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if pdu, err := ReadPDU(bytes.NewReader(b)); err == nil && !bytes.HasPrefix(b, pdu) {
			t.Errorf("%x is not the beginning of %x", pdu, b)
		}
	})
}

func FuzzBind(f *testing.F) {
	fuzz(f, (*Bind).Encode, DecodeBind, &Bind{Contexts: []Context{{0, NSPI, []Syntax{NDR}}, {1, RFR, nil}}})
}

func FuzzBindAck(f *testing.F) {
	decode := func(b []byte) (*BindAck, error) {
		p, err := DecodeBindAck(b)
		if err == nil { // its string is cut at a NUL when written, and that of a PDU may fill it
			p.Endpoint = endpointAsWritten(p.Endpoint)
		}
		return p, err
	}
	fuzz(f, func(p *BindAck) []byte {
		if len(p.Endpoint) > 1000 {
			p.Endpoint = ""
		}
		return p.Encode()
	}, decode, &BindAck{Endpoint: "6001", Results: []Result{{Transfer: NDR}, {2, 1, Syntax{}}}})
}

func endpointAsWritten(s string) string {
	before, _, _ := bytes.Cut([]byte(s), []byte{0})
	if len(before) > 1000 {
		return ""
	}
	return string(before)
}

func FuzzCallPDUs(f *testing.F) {
	f.Add((&Request{Stub: []byte{1}}).Encode())
	f.Add((&Response{Stub: []byte{1}}).Encode())
	f.Add((&Fault{Status: AccessDenied}).Encode())
	f.Add((&BindNak{}).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := DecodeRequest(b); err == nil && p.Flags&objectFlag == 0 && len(p.Encode()) != len(b) {
			t.Errorf("request %x", b)
		}
		if p, err := DecodeResponse(b); err == nil && len(p.Encode()) != len(b) {
			t.Errorf("response %x", b)
		}
		if p, err := DecodeFault(b); err == nil {
			again, err := DecodeFault(p.Encode())
			if err != nil || *again != *p {
				t.Errorf("fault %+v, %+v", p, again)
			}
		}
		if p, err := DecodeBindNak(b); err == nil {
			again, err := DecodeBindNak(p.Encode())
			if err != nil || *again != *p {
				t.Errorf("bind_nak %+v, %+v", p, again)
			}
		}
	})
}
