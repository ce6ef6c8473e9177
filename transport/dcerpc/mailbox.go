package dcerpc

import (
	"fmt"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// Calls of EMSMDB (MS-OXCRPC 3.1.4).
const (
	OpDisconnect uint16 = 1  // EcDoDisconnect
	OpDummy      uint16 = 6  // EcDummyRpc: no parameters, no session
	OpConnect    uint16 = 10 // EcDoConnectEx
)

// Words is a version as EMSMDB sends it (MS-OXCRPC 3.1.4.1.3.1).
type Words [3]uint16

// String is the usual four numbers, "15.2.2562.45".
func (v Words) String() string {
	if v[1]&0x8000 == 0 {
		return fmt.Sprintf("%d.0.%d.%d", v[0], v[1], v[2])
	}
	return fmt.Sprintf("%d.%d.%d.%d", v[0]>>8, v[0]&0xFF, v[1]&0x7FFF, v[2])
}

// WordsOf is the reverse of Words.String for versions from 6 up: major and minor
// must fit into a byte, build into 15 bits.
func WordsOf(major, minor, build, revision int) Words {
	return Words{uint16(major&0xFF)<<8 | uint16(minor&0xFF), 0x8000 | uint16(build&0x7FFF), uint16(revision)}
}

func (v *Words) read(r *wire.Reader) {
	skipTo(r, 2)
	for i := range v {
		v[i] = r.U16()
	}
}

func (v Words) write(w *wire.Writer) {
	padTo(w, 2)
	for _, x := range v {
		w.U16(x)
	}
}

// noLink says that a session context is linked with no other (MS-OXCRPC 3.1.4.1).
const noLink = 0xFFFFFFFF

// maxAuxOut is the room that a client gives the server's auxiliary buffer
// (MS-OXCRPC 3.1.4.1).
const maxAuxOut = 0x1008

// ConnectRequest is the in side of EcDoConnectEx (MS-OXCRPC 3.1.4.1).
type ConnectRequest struct {
	UserDN               string // legacyExchangeDN
	Flags                uint32 // 0: an ordinary user
	CodePage             uint32
	LcidString, LcidSort uint32
	Client               Words
	Aux                  []byte // extended buffer with auxiliary blocks; nil for none
}

// Encode is the stub.
func (q *ConnectRequest) Encode() []byte {
	var w wire.Writer
	writeString(&w, q.UserDN)
	padTo(&w, 4)
	for _, v := range []uint32{q.Flags, 0, 0, q.CodePage, q.LcidString, q.LcidSort, noLink} {
		w.U32(v)
	}
	w.U16(1) // usFCanConvertCodePages
	q.Client.write(&w)
	writeAlignedU32(&w, 0) // ulTimeStamp
	writeConformant(&w, q.Aux)
	writeAlignedU32(&w, uint32(len(q.Aux)))
	w.U32(maxAuxOut)
	return w.Bytes()
}

// DecodeConnectRequest reads a stub; the error is a *wire.Error.
func DecodeConnectRequest(b []byte) (*ConnectRequest, error) {
	r := wire.NewReader(b)
	q := &ConnectRequest{UserDN: readString(r), Flags: alignedU32(r)}
	r.Skip(8) // ulConMod, cbLimit
	q.CodePage, q.LcidString, q.LcidSort = r.U32(), r.U32(), r.U32()
	r.Skip(6) // ulIcxrLink, usFCanConvertCodePages
	q.Client.read(r)
	alignedU32(r) // ulTimeStamp
	q.Aux = readConformant(r)
	alignedU32(r) // cbAuxIn
	r.U32()       // cbAuxOut
	if err := r.Finish(); err != nil {
		return nil, err
	}
	return q, nil
}

// ConnectResponse is the out side of EcDoConnectEx.
type ConnectResponse struct {
	Handle       Handle // zero when ErrorCode is not
	PollsMax     time.Duration
	RetryCount   uint32
	RetryDelay   time.Duration
	SessionIndex uint16
	DNPrefix     string
	DisplayName  string
	Server, Best Words
	Aux          []byte
	ErrorCode    mapierr.Code
}

// Encode is the stub.
func (p *ConnectResponse) Encode() []byte {
	var w wire.Writer
	w.Raw(p.Handle[:])
	w.U32(uint32(p.PollsMax.Milliseconds()))
	w.U32(p.RetryCount)
	w.U32(uint32(p.RetryDelay.Milliseconds()))
	w.U16(p.SessionIndex)
	for _, s := range []string{p.DNPrefix, p.DisplayName} {
		writeAlignedU32(&w, referent)
		writeString(&w, s)
	}
	p.Server.write(&w)
	p.Best.write(&w)
	writeAlignedU32(&w, 0) // ulTimeStamp
	writeVarying(&w, p.Aux)
	writeAlignedU32(&w, uint32(len(p.Aux)))
	w.U32(uint32(p.ErrorCode))
	return w.Bytes()
}

// DecodeConnectResponse reads a stub; the error is a *wire.Error. A refusal by the
// server is not an error.
func DecodeConnectResponse(b []byte) (*ConnectResponse, error) {
	r := wire.NewReader(b)
	p := &ConnectResponse{Handle: readHandle(r)}
	p.PollsMax, p.RetryCount, p.RetryDelay = millis(r.U32()), r.U32(), millis(r.U32())
	p.SessionIndex = r.U16()
	for _, s := range []*string{&p.DNPrefix, &p.DisplayName} {
		if alignedU32(r) != 0 {
			*s = readString(r)
		}
	}
	p.Server.read(r)
	p.Best.read(r)
	alignedU32(r) // ulTimeStamp
	p.Aux = readVarying(r)
	alignedU32(r) // cbAuxOut
	p.ErrorCode = mapierr.Code(r.U32())
	if err := r.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

func millis(n uint32) time.Duration { return time.Duration(n) * time.Millisecond }

// HandleResult is the out side of EcDoDisconnect and NspiUnbind: the handle, all
// zero when it is gone, and the result.
type HandleResult struct {
	Handle    Handle
	ErrorCode mapierr.Code
}

// Encode is the stub.
func (p *HandleResult) Encode() []byte {
	var w wire.Writer
	w.Raw(p.Handle[:])
	w.U32(uint32(p.ErrorCode))
	return w.Bytes()
}

// DecodeHandleResult reads a stub; the error is a *wire.Error.
func DecodeHandleResult(b []byte) (*HandleResult, error) {
	r := wire.NewReader(b)
	p := &HandleResult{Handle: readHandle(r), ErrorCode: mapierr.Code(r.U32())}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// DecodeHandle reads the in side of EcDoDisconnect and the begin of that of
// NspiUnbind; the error is a *wire.Error.
func DecodeHandle(b []byte) (Handle, error) {
	r := wire.NewReader(b)
	h := readHandle(r)
	return h, r.Err()
}

// EncodeCode is a stub that is a result alone, as that of EcDummyRpc.
func EncodeCode(c mapierr.Code) []byte {
	var w wire.Writer
	w.U32(uint32(c))
	return w.Bytes()
}

// DecodeCode reads a stub that is a result alone; the error is a *wire.Error.
func DecodeCode(b []byte) (mapierr.Code, error) {
	r := wire.NewReader(b)
	c := mapierr.Code(r.U32())
	return c, r.Err()
}
