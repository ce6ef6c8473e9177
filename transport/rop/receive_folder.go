package rop

import "github.com/mapiscope/mapiscope/transport/wire"

// GetReceiveFolderRequest asks into which folder mail of a class is delivered
// (MS-OXCROPS 2.2.3.2, MS-OXCSTOR 2.2.1.2).
type GetReceiveFolderRequest struct {
	LogonID      uint8
	Input        uint8  // slot of the logon
	MessageClass string // "IPM.Note", or "" for the default
}

// ID is RopGetReceiveFolder.
func (*GetReceiveFolderRequest) ID() ID { return RopGetReceiveFolder }

// Encode appends the request.
func (q *GetReceiveFolderRequest) Encode(w *wire.Writer) {
	writeHead(w, RopGetReceiveFolder, q.LogonID, q.Input)
	w.ASCIIZ(q.MessageClass)
}

func (q *GetReceiveFolderRequest) decode(r *wire.Reader) {
	q.LogonID, q.Input = r.U8(), r.U8()
	q.MessageClass = r.ASCIIZ()
}

func (q *GetReceiveFolderRequest) answer() Response {
	return &GetReceiveFolderResponse{Result: Result{Handle: q.Input}}
}

// GetReceiveFolderResponse names the folder and the longest class prefix that
// has a rule.
type GetReceiveFolderResponse struct {
	Result
	FolderID     FolderID
	MessageClass string
}

// ID is RopGetReceiveFolder.
func (*GetReceiveFolderResponse) ID() ID { return RopGetReceiveFolder }

// Encode appends the response.
func (p *GetReceiveFolderResponse) Encode(w *wire.Writer) {
	if p.write(w, RopGetReceiveFolder) {
		w.Raw(p.FolderID[:])
		w.ASCIIZ(p.MessageClass)
	}
}

func (p *GetReceiveFolderResponse) decode(r *wire.Reader) {
	if p.read(r) {
		p.FolderID = readID[FolderID](r)
		p.MessageClass = r.ASCIIZ()
	}
}
