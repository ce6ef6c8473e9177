package dcerpc

import (
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// Calls of NSPI (MS-OXNSPI 3.1.4.1).
const (
	OpNspiBind   uint16 = 0
	OpNspiUnbind uint16 = 1
)

// NspiBindRequest is the in side of NspiBind (MS-OXNSPI 3.1.4.1.1): the place is
// the start of the global address list.
type NspiBindRequest struct {
	Flags    uint32 // 0
	CodePage uint32 // of 8-bit strings, 1252
	Locale   uint32 // language id, for templates and sorting
}

// Encode is the stub.
func (q *NspiBindRequest) Encode() []byte {
	var w wire.Writer
	w.U32(q.Flags)
	for _, v := range []uint32{0, 0, 0, 0, 0, 0, q.CodePage, q.Locale, q.Locale} { // STAT (MS-OXNSPI 2.2.8)
		w.U32(v)
	}
	w.U32(referent)
	w.GUID(wire.GUID{})
	return w.Bytes()
}

// DecodeNspiBindRequest reads a stub; the error is a *wire.Error.
func DecodeNspiBindRequest(b []byte) (*NspiBindRequest, error) {
	r := wire.NewReader(b)
	q := &NspiBindRequest{Flags: r.U32()}
	r.Skip(6 * 4)
	q.CodePage = r.U32()
	r.U32() // TemplateLocale
	q.Locale = r.U32()
	if r.U32() != 0 {
		r.GUID()
	}
	if err := r.Finish(); err != nil {
		return nil, err
	}
	return q, nil
}

// NspiBindResponse is the out side of NspiBind.
type NspiBindResponse struct {
	ServerGUID wire.GUID
	Handle     Handle
	ErrorCode  mapierr.Code
}

// Encode is the stub.
func (p *NspiBindResponse) Encode() []byte {
	var w wire.Writer
	w.U32(referent)
	w.GUID(p.ServerGUID)
	w.Raw(p.Handle[:])
	w.U32(uint32(p.ErrorCode))
	return w.Bytes()
}

// DecodeNspiBindResponse reads a stub; the error is a *wire.Error.
func DecodeNspiBindResponse(b []byte) (*NspiBindResponse, error) {
	r := wire.NewReader(b)
	p := &NspiBindResponse{}
	if r.U32() != 0 {
		p.ServerGUID = r.GUID()
	}
	p.Handle, p.ErrorCode = readHandle(r), mapierr.Code(r.U32())
	if err := r.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// encodeUnbind is the in side of NspiUnbind (MS-OXNSPI 3.1.4.1.2).
func encodeUnbind(h Handle) []byte {
	var w wire.Writer
	w.Raw(h[:])
	w.U32(0) // Reserved
	return w.Bytes()
}
