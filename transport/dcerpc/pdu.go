package dcerpc

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// Type is PTYPE, what a PDU is (C706 12.6.4; 20 is MS-RPCH 2.2.3.6.1).
type Type uint8

// The types in use.
const (
	TypeRequest  Type = 0
	TypeResponse Type = 2
	TypeFault    Type = 3
	TypeBind     Type = 11
	TypeBindAck  Type = 12
	TypeBindNak  Type = 13
	TypeRTS      Type = 20 // between the ends of RPC over HTTP and its proxies
)

func (t Type) String() string {
	switch t {
	case TypeRequest:
		return "request"
	case TypeResponse:
		return "response"
	case TypeFault:
		return "fault"
	case TypeBind:
		return "bind"
	case TypeBindAck:
		return "bind_ack"
	case TypeBindNak:
		return "bind_nak"
	case TypeRTS:
		return "RTS"
	}
	return fmt.Sprintf("PDU type %d", uint8(t))
}

// Flags is pfc_flags (C706 12.6.3.1).
type Flags uint8

// First and Last mark the fragments of a message; a message of one fragment has
// both.
const (
	First Flags = 1
	Last  Flags = 2
)

// HeaderSize is the size of the header that every PDU begins with.
const HeaderSize = 16

// Header is the common header of a PDU (C706 12.6.3.1). Lengths are in bytes.
type Header struct {
	Type       Type
	Flags      Flags
	FragLength uint16 // of the whole PDU, header included
	AuthLength uint16
	CallID     uint32
}

// representation is NDR format label for little-endian integers, ASCII and IEEE
// floating point (C706 14.1).
const representation = 0x10

func (h Header) write(w *wire.Writer) {
	w.U8(5) // rpc_vers
	w.U8(0) // rpc_vers_minor
	w.U8(uint8(h.Type))
	w.U8(uint8(h.Flags))
	w.U32(representation)
	w.U16(h.FragLength)
	w.U16(h.AuthLength)
	w.U32(h.CallID)
}

// DecodeHeader reads the header in front of a PDU. It refuses other versions,
// other data representations, and lengths that cannot be. The error is a
// *wire.Error.
func DecodeHeader(b []byte) (Header, error) {
	r := wire.NewReader(b)
	h := readHeader(r)
	return h, r.Err()
}

func readHeader(r *wire.Reader) Header {
	version, minor := r.U8(), r.U8()
	h := Header{Type: Type(r.U8()), Flags: Flags(r.U8())}
	label := r.U32()
	h.FragLength, h.AuthLength, h.CallID = r.U16(), r.U16(), r.U32()
	switch {
	case r.Err() != nil:
	case version != 5 || minor > 1:
		r.Fail("RPC version %d.%d", version, minor)
	case label&0xFF != representation:
		r.Fail("data representation %#x, not little-endian", label)
	case int(h.FragLength) < HeaderSize+int(h.AuthLength):
		r.Fail("a fragment of %d bytes with %d bytes of authentication", h.FragLength, h.AuthLength)
	}
	return h
}

// ReadPDU takes one PDU off a stream: header, type and rest, 65535 bytes at most.
// io.EOF is an end between two PDUs; a malformed header is a *wire.Error.
func ReadPDU(r io.Reader) ([]byte, error) {
	head := make([]byte, HeaderSize)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	h, err := DecodeHeader(head)
	if err != nil {
		return nil, err
	}
	pdu := make([]byte, h.FragLength)
	copy(pdu, head)
	if _, err := io.ReadFull(r, pdu[HeaderSize:]); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return pdu, nil
}

// encode puts a header of the right length before what body writes.
func encode(t Type, f Flags, callID uint32, body func(w *wire.Writer)) []byte {
	var w wire.Writer
	Header{Type: t, Flags: f, CallID: callID}.write(&w)
	body(&w)
	w.SetU16(8, uint16(w.Len()))
	return w.Bytes()
}

// decode reads a whole PDU of one of the types and gives what follows its header
// to body. Authentication trailers are refused: nothing here asks for one.
func decode(b []byte, want Type, body func(r *wire.Reader, h Header)) error {
	r := wire.NewReader(b)
	h := readHeader(r)
	switch {
	case r.Err() != nil:
	case h.Type != want:
		r.Fail("%v where %v is due", h.Type, want)
	case int(h.FragLength) != len(b):
		r.Fail("%d bytes are said to be %d", len(b), h.FragLength)
	case h.AuthLength != 0:
		r.Fail("an authentication trailer that nobody asked for")
	default:
		body(r, h)
	}
	return r.Err()
}

// FragmentOf reads only the type of a PDU that ReadPDU gave.
func FragmentOf(pdu []byte) (t Type, callID uint32) {
	return Type(pdu[2]), binary.LittleEndian.Uint32(pdu[12:])
}
