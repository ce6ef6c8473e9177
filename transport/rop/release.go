package rop

import "github.com/mapiscope/mapiscope/transport/wire"

// ReleaseRequest closes an object: children first, the logon last. No server
// answers it (MS-OXCROPS 2.2.15.3).
type ReleaseRequest struct {
	LogonID uint8
	Input   uint8 // slot of the object
}

// ID is RopRelease.
func (*ReleaseRequest) ID() ID { return RopRelease }

// Encode appends the request.
func (q *ReleaseRequest) Encode(w *wire.Writer) { writeHead(w, RopRelease, q.LogonID, q.Input) }

func (q *ReleaseRequest) decode(r *wire.Reader) { q.LogonID, q.Input = r.U8(), r.U8() }

func (q *ReleaseRequest) answer() Response { return nil }
