package dcerpc

import (
	"encoding/binary"
	"net/netip"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// OpMap is ept_map of the endpoint mapper (C706, appendix O).
const OpMap uint16 = 3

// Protocol identifiers of tower floors (C706, appendix I).
const (
	floorUUID = 0x0D
	floorRPC  = 0x0B // connection-oriented
	floorTCP  = 0x07
	floorIP   = 0x09
)

// maxTowers is how many places of a service a client asks for.
const maxTowers = 4

// Tower is one place of a service that is reached by TCP (C706, appendix L).
type Tower struct {
	Interface Syntax
	Addr      netip.AddrPort // zero in a question
}

type floor struct{ left, right []byte }

func (t Tower) floors() []floor {
	ip := t.Addr.Addr()
	if !ip.Is4() {
		ip = netip.IPv4Unspecified()
	}
	return []floor{
		uuidFloor(t.Interface), uuidFloor(NDR),
		{[]byte{floorRPC}, []byte{0, 0}},
		{[]byte{floorTCP}, binary.BigEndian.AppendUint16(nil, t.Addr.Port())},
		{[]byte{floorIP}, ip.AsSlice()},
	}
}

func uuidFloor(s Syntax) floor {
	left := binary.LittleEndian.AppendUint16(append([]byte{floorUUID}, s.UUID[:]...), s.Major)
	return floor{left, binary.LittleEndian.AppendUint16(nil, s.Minor)}
}

func (t Tower) octets() []byte {
	var w wire.Writer
	floors := t.floors()
	w.U16(uint16(len(floors)))
	for _, f := range floors {
		w.U16(uint16(len(f.left)))
		w.Raw(f.left)
		w.U16(uint16(len(f.right)))
		w.Raw(f.right)
	}
	return w.Bytes()
}

// decodeTower reads the floors that matter; what is not TCP leaves the port 0.
func decodeTower(b []byte) (t Tower, err error) {
	r := wire.NewReader(b)
	var port uint16
	addr := netip.IPv4Unspecified()
	for i := range r.Count16(4) {
		left := r.Bytes(int(r.U16()))
		right := r.Bytes(int(r.U16()))
		switch {
		case len(left) == 19 && left[0] == floorUUID && len(right) == 2 && i == 0:
			f := wire.NewReader(left[1:])
			t.Interface = Syntax{f.GUID(), f.U16(), binary.LittleEndian.Uint16(right)}
		case len(left) == 1 && left[0] == floorTCP && len(right) == 2:
			port = binary.BigEndian.Uint16(right)
		case len(left) == 1 && left[0] == floorIP && len(right) == 4:
			addr = netip.AddrFrom4([4]byte(right))
		}
	}
	t.Addr = netip.AddrPortFrom(addr, port)
	return t, r.Err()
}

// writeTower writes what a pointer to twr_t points to.
func writeTower(w *wire.Writer, t Tower) {
	b := t.octets()
	padTo(w, 4)
	w.U32(uint32(len(b))) // conformance
	w.U32(uint32(len(b))) // tower_length
	w.Raw(b)
}

func readTower(r *wire.Reader) Tower {
	skipTo(r, 4)
	r.U32() // conformance
	t, err := decodeTower(r.Bytes(int(r.U32())))
	if err != nil {
		r.Fail("tower: %v", err)
	}
	return t
}

// MapRequest is the in side of ept_map: where is this interface?
type MapRequest struct{ Interface Syntax }

// Encode is the stub.
func (q *MapRequest) Encode() []byte {
	var w wire.Writer
	w.U32(0) // object: none
	w.U32(referent)
	writeTower(&w, Tower{Interface: q.Interface})
	padTo(&w, 4)
	w.Raw(make([]byte, len(Handle{}))) // entry_handle: from the start
	w.U32(maxTowers)
	return w.Bytes()
}

// DecodeMapRequest reads a stub; the error is a *wire.Error.
func DecodeMapRequest(b []byte) (*MapRequest, error) {
	r := wire.NewReader(b)
	if r.U32() != 0 {
		r.GUID()
	}
	q := &MapRequest{}
	if r.U32() != 0 {
		q.Interface = readTower(r).Interface
	}
	skipTo(r, 4)
	readHandle(r) // entry_handle
	r.U32()       // max_towers
	if err := r.Err(); err != nil {
		return nil, err
	}
	return q, nil
}

// MapResponse is the out side of ept_map.
type MapResponse struct {
	Towers []Tower
	Status Status // 0, or EptNotRegistered
}

// Encode is the stub.
func (p *MapResponse) Encode() []byte {
	var w wire.Writer
	w.Raw(make([]byte, len(Handle{})))
	n := uint32(len(p.Towers))
	w.U32(n)
	w.U32(maxTowers)
	w.U32(0)
	w.U32(n)
	for i := range p.Towers {
		w.U32(referent + uint32(4*i))
	}
	for _, t := range p.Towers {
		writeTower(&w, t)
	}
	writeAlignedU32(&w, uint32(p.Status))
	return w.Bytes()
}

// DecodeMapResponse reads a stub; the error is a *wire.Error.
func DecodeMapResponse(b []byte) (*MapResponse, error) {
	r := wire.NewReader(b)
	readHandle(r)
	r.U32() // num_towers
	r.U32() // max_count
	r.U32() // offset
	var present int
	for range r.Count32(4) {
		if r.U32() != 0 {
			present++
		}
	}
	p := &MapResponse{}
	for range present {
		if t := readTower(r); r.Err() == nil {
			p.Towers = append(p.Towers, t)
		}
	}
	p.Status = Status(alignedU32(r))
	if err := r.Err(); err != nil {
		return nil, err
	}
	return p, nil
}
