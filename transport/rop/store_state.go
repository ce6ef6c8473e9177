package rop

import "github.com/mapiscope/mapiscope/transport/wire"

// GetStoreStateRequest asks for the state of the mailbox store: the cheapest
// question to an open logon (MS-OXCROPS 2.2.3.5, MS-OXCSTOR 2.2.1.5).
type GetStoreStateRequest struct {
	LogonID uint8
	Input   uint8 // slot of the logon
}

// ID is RopGetStoreState.
func (*GetStoreStateRequest) ID() ID { return RopGetStoreState }

// Encode appends the request.
func (q *GetStoreStateRequest) Encode(w *wire.Writer) {
	writeHead(w, RopGetStoreState, q.LogonID, q.Input)
}

func (q *GetStoreStateRequest) decode(r *wire.Reader) { q.LogonID, q.Input = r.U8(), r.U8() }

func (q *GetStoreStateRequest) answer() Response {
	return &GetStoreStateResponse{Result: Result{Handle: q.Input}}
}

// GetStoreStateResponse has the state.
type GetStoreStateResponse struct {
	Result
	StoreState uint32 // StoreHasSearches or 0
}

// StoreHasSearches is the StoreState bit of a mailbox with active search folders
// (MS-OXCSTOR 2.2.2.1).
const StoreHasSearches uint32 = 0x01000000

// ID is RopGetStoreState.
func (*GetStoreStateResponse) ID() ID { return RopGetStoreState }

// Encode appends the response.
func (p *GetStoreStateResponse) Encode(w *wire.Writer) {
	if p.write(w, RopGetStoreState) {
		w.U32(p.StoreState)
	}
}

func (p *GetStoreStateResponse) decode(r *wire.Reader) {
	if p.read(r) {
		p.StoreState = r.U32()
	}
}
