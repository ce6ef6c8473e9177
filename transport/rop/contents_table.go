package rop

import "github.com/mapiscope/mapiscope/transport/wire"

// Flags that only a contents table has (MS-OXCFOLD 2.2.1.14.1).
const (
	ContentsAssociated          uint8 = 0x02 // the hidden items instead of the messages
	ContentsConversationMembers uint8 = 0x80
)

// GetContentsTableRequest opens the table of a folder's messages (MS-OXCROPS 2.2.4.14,
// MS-OXCFOLD 2.2.1.14).
type GetContentsTableRequest struct {
	LogonID uint8
	Input   uint8 // slot of the folder
	Output  uint8 // slot for the table
	Flags   uint8 // ContentsAssociated, TableDeferredErrors …
}

// ID is RopGetContentsTable.
func (*GetContentsTableRequest) ID() ID { return RopGetContentsTable }

// Encode appends the request.
func (q *GetContentsTableRequest) Encode(w *wire.Writer) {
	writeHead(w, RopGetContentsTable, q.LogonID, q.Input, q.Output)
	w.U8(q.Flags)
}

func (q *GetContentsTableRequest) decode(r *wire.Reader) {
	q.LogonID, q.Input, q.Output, q.Flags = r.U8(), r.U8(), r.U8(), r.U8()
}

func (q *GetContentsTableRequest) answer() Response {
	return &GetContentsTableResponse{Result: Result{Handle: q.Output}}
}

// GetContentsTableResponse says that the table is open.
type GetContentsTableResponse struct {
	Result
	RowCount uint32 // of the whole table; not reliable with TableDeferredErrors
}

// ID is RopGetContentsTable.
func (*GetContentsTableResponse) ID() ID { return RopGetContentsTable }

// Encode appends the response.
func (p *GetContentsTableResponse) Encode(w *wire.Writer) {
	if p.write(w, RopGetContentsTable) {
		w.U32(p.RowCount)
	}
}

func (p *GetContentsTableResponse) decode(r *wire.Reader) {
	if p.read(r) {
		p.RowCount = r.U32()
	}
}
