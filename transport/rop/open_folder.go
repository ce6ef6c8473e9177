package rop

import "github.com/mapiscope/mapiscope/transport/wire"

// OpenFolderRequest opens a folder for looking (MS-OXCROPS 2.2.4.1,
// MS-OXCFOLD 2.2.1.1).
type OpenFolderRequest struct {
	LogonID  uint8
	Input    uint8 // slot of the logon or of any folder
	Output   uint8 // slot for the folder
	FolderID FolderID
	Flags    uint8 // OpenModeFlags: 0x04 opens a soft-deleted folder too
}

// ID is RopOpenFolder.
func (*OpenFolderRequest) ID() ID { return RopOpenFolder }

// Encode appends the request.
func (q *OpenFolderRequest) Encode(w *wire.Writer) {
	writeHead(w, RopOpenFolder, q.LogonID, q.Input, q.Output)
	w.Raw(q.FolderID[:])
	w.U8(q.Flags)
}

func (q *OpenFolderRequest) decode(r *wire.Reader) {
	q.LogonID, q.Input, q.Output = r.U8(), r.U8(), r.U8()
	q.FolderID = readID[FolderID](r)
	q.Flags = r.U8()
}

func (q *OpenFolderRequest) answer() Response {
	return &OpenFolderResponse{Result: Result{Handle: q.Output}}
}

// OpenFolderResponse says that the folder is open. A ghosted folder (public
// folders only) lists the servers that hold its content.
type OpenFolderResponse struct {
	Result
	HasRules         bool
	Ghosted          bool
	CheapServerCount uint16 // how many of Servers, from the first, are near
	Servers          []string
}

// ID is RopOpenFolder.
func (*OpenFolderResponse) ID() ID { return RopOpenFolder }

// Encode appends the response.
func (p *OpenFolderResponse) Encode(w *wire.Writer) {
	if !p.write(w, RopOpenFolder) {
		return
	}
	writeBool(w, p.HasRules)
	writeBool(w, p.Ghosted)
	if !p.Ghosted {
		return
	}
	writeCount16(w, len(p.Servers), "servers")
	w.U16(p.CheapServerCount)
	for _, s := range p.Servers {
		w.ASCIIZ(s)
	}
}

func (p *OpenFolderResponse) decode(r *wire.Reader) {
	if !p.read(r) {
		return
	}
	p.HasRules, p.Ghosted = readBool(r), readBool(r)
	if !p.Ghosted {
		return
	}
	n := int(r.U16())
	p.CheapServerCount = r.U16()
	if n > r.Remaining() {
		r.Fail("%d servers need more than the %d bytes left", n, r.Remaining())
	}
	for ; n > 0 && r.Err() == nil; n-- {
		p.Servers = append(p.Servers, r.ASCIIZ())
	}
}
