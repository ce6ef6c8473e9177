package emsmdb

import "github.com/mapiscope/mapiscope/transport/wire"

// PerfRequestID names the request that performance data belongs to
// (AUX_PERF_REQUESTID, MS-OXCRPC 2.2.2.2.2).
type PerfRequestID struct{ SessionID, RequestID uint16 }

func (*PerfRequestID) kind() auxKind { return auxKind{1, 0x01} }

func (a *PerfRequestID) fields(b *block) {
	b.u16(&a.SessionID)
	b.u16(&a.RequestID)
}

// SessionInfo identifies a client's session (AUX_PERF_SESSIONINFO and, with V2,
// AUX_PERF_SESSIONINFO_V2; MS-OXCRPC 2.2.2.2.2 and 2.2.2.2.3).
type SessionInfo struct {
	V2           bool
	SessionID    uint16
	SessionGUID  wire.GUID
	ConnectionID uint32 // with V2
}

func (a *SessionInfo) kind() auxKind {
	if a.V2 {
		return auxKind{2, 0x04}
	}
	return auxKind{1, 0x04}
}

func (a *SessionInfo) fields(b *block) {
	b.u16(&a.SessionID)
	b.reserved(2)
	b.guid(&a.SessionGUID)
	if a.V2 {
		b.u32(&a.ConnectionID)
	}
}

// Server types of ServerInfo (MS-OXCRPC 2.2.2.2.5).
const (
	ServerUnknown   uint16 = 0
	ServerPrivate   uint16 = 1
	ServerPublic    uint16 = 2
	ServerDirectory uint16 = 3
	ServerReferral  uint16 = 4
)

// ServerInfo names a server that performance data is about
// (AUX_PERF_SERVERINFO, MS-OXCRPC 2.2.2.2.5).
type ServerInfo struct {
	ServerID, ServerType uint16
	ServerDN, ServerName string
}

func (*ServerInfo) kind() auxKind { return auxKind{1, 0x03} }

func (a *ServerInfo) fields(b *block) {
	b.u16(&a.ServerID)
	b.u16(&a.ServerType)
	b.text(&a.ServerDN)
	b.text(&a.ServerName)
}
