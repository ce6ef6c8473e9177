package rop

import (
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// GetPropertiesSpecificRequest reads named properties of an open object
// (MS-OXCROPS 2.2.8.3, MS-OXCPRPT 2.2.2).
type GetPropertiesSpecificRequest struct {
	LogonID     uint8
	Input       uint8  // slot of the object
	SizeLimit   uint16 // bytes per value, 0 for none
	WantUnicode bool   // for columns of type Unspecified
	Columns     []props.Tag
}

// ID is RopGetPropertiesSpecific.
func (*GetPropertiesSpecificRequest) ID() ID { return RopGetPropertiesSpecific }

// Encode appends the request.
func (q *GetPropertiesSpecificRequest) Encode(w *wire.Writer) {
	writeHead(w, RopGetPropertiesSpecific, q.LogonID, q.Input)
	w.U16(q.SizeLimit)
	writeBool(w, q.WantUnicode)
	w.U8(0) // WantUnicode has 16 bits
	writeTags(w, q.Columns)
}

func (q *GetPropertiesSpecificRequest) decode(r *wire.Reader) {
	q.LogonID, q.Input = r.U8(), r.U8()
	q.SizeLimit = r.U16()
	q.WantUnicode = r.U16() != 0
	q.Columns = readTags(r)
}

func (q *GetPropertiesSpecificRequest) answer() Response {
	return &GetPropertiesSpecificResponse{Result: Result{Handle: q.Input}, Columns: q.Columns}
}

// GetPropertiesSpecificResponse has one value for each column asked for.
type GetPropertiesSpecificResponse struct {
	Result
	Columns []props.Tag // as asked; not on the wire
	Row     []props.Value
}

// ID is RopGetPropertiesSpecific.
func (*GetPropertiesSpecificResponse) ID() ID { return RopGetPropertiesSpecific }

// Encode appends the response.
func (p *GetPropertiesSpecificResponse) Encode(w *wire.Writer) {
	if p.write(w, RopGetPropertiesSpecific) {
		w.Fail(props.WriteRow(w, p.Columns, p.Row, props.ROP))
	}
}

func (p *GetPropertiesSpecificResponse) decode(r *wire.Reader) {
	if p.read(r) {
		p.Row = props.ReadRow(r, p.Columns, props.ROP)
	}
}
