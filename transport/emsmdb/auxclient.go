package emsmdb

import "github.com/mapiscope/mapiscope/transport/wire"

// Modes of ClientInfo.Mode (MS-OXCRPC 2.2.2.2.4).
const (
	ModeUnknown uint16 = 0
	ModeOnline  uint16 = 1 // "classic": without a local cache
	ModeCached  uint16 = 2
)

// ClientInfo says which machine and user a session comes from
// (AUX_PERF_CLIENTINFO, MS-OXCRPC 2.2.2.2.4). Absent parts are empty.
type ClientInfo struct {
	AdapterSpeed                       uint32 // kbit/s
	ClientID                           uint16
	MachineName, UserName, AdapterName string
	ClientIP, ClientIPMask, MACAddress []byte
	Mode                               uint16
}

func (*ClientInfo) kind() auxKind { return auxKind{1, 0x02} }

func (a *ClientInfo) fields(b *block) {
	b.u32(&a.AdapterSpeed)
	b.u16(&a.ClientID)
	b.text(&a.MachineName)
	b.text(&a.UserName)
	b.bytes(&a.ClientIP)
	b.bytes(&a.ClientIPMask)
	b.text(&a.AdapterName)
	b.bytes(&a.MACAddress)
	b.u16(&a.Mode)
	b.reserved(2)
}

// ProcessInfo names the client's process (AUX_PERF_PROCESSINFO, MS-OXCRPC
// 2.2.2.2.6).
type ProcessInfo struct {
	Version     uint8 // of the header: 2 as specified (also for 0), 1 as some clients send
	ProcessID   uint16
	ProcessGUID wire.GUID
	ProcessName string
}

func (a *ProcessInfo) kind() auxKind {
	if a.Version == 1 {
		return auxKind{1, 0x0B}
	}
	return auxKind{2, 0x0B}
}

func (a *ProcessInfo) fields(b *block) {
	b.u16(&a.ProcessID)
	b.reserved(2)
	b.guid(&a.ProcessGUID)
	b.text(&a.ProcessName)
	b.reserved(2)
}

// AccountInfo names the client's account (AUX_PERF_ACCOUNTINFO, MS-OXCRPC
// 2.2.2.2.18).
type AccountInfo struct {
	ClientID    uint16
	AccountGUID wire.GUID
}

func (*AccountInfo) kind() auxKind { return auxKind{1, 0x18} }

func (a *AccountInfo) fields(b *block) {
	b.u16(&a.ClientID)
	b.reserved(2)
	b.guid(&a.AccountGUID)
}

// OSVersionInfo is the operating system of the sender (AUX_OSVERSIONINFO,
// MS-OXCRPC 2.2.2.2.16); Exchange 2010 and later do not send it.
type OSVersionInfo struct {
	Major, Minor, Build                uint32
	ServicePackMajor, ServicePackMinor uint16
}

// osVersionSize is the structure's own size field (OSVERSIONINFOEX).
const osVersionSize = 156

func (*OSVersionInfo) kind() auxKind { return auxKind{1, 0x16} }

func (a *OSVersionInfo) fields(b *block) {
	size := uint32(osVersionSize)
	b.u32(&size)
	b.u32(&a.Major)
	b.u32(&a.Minor)
	b.u32(&a.Build)
	b.reserved(132)
	b.u16(&a.ServicePackMajor)
	b.u16(&a.ServicePackMinor)
	b.reserved(4)
}

// ConnectionCached in ClientConnectionInfo.Flags says that the client works in
// cached mode.
const ConnectionCached uint32 = 0x1

// ClientConnectionInfo describes the client's connection in words that the
// server writes to its log (AUX_CLIENT_CONNECTION_INFO, MS-OXCRPC 2.2.2.2.21).
// It is how a probe makes itself known: ContextInfo "Mapiscope/0.1 probe".
type ClientConnectionInfo struct {
	ConnectionGUID wire.GUID
	Attempts       uint32 // connection attempts so far
	Flags          uint32 // ConnectionCached
	ContextInfo    string
}

func (*ClientConnectionInfo) kind() auxKind { return auxKind{1, 0x4A} }

// contextAfterShort is the ContextInfoOffset of a sender that writes Attempts
// with 16 bits, as one reading of the specification has it; 32 bits are usual.
const contextAfterShort = 0x1E

func (a *ClientConnectionInfo) fields(b *block) {
	b.guid(&a.ConnectionGUID)
	b.text(&a.ContextInfo)
	b.reserved(2)
	if b.r != nil && b.offsetAt(16) == contextAfterShort {
		a.Attempts = uint32(b.r.U16())
	} else {
		b.u32(&a.Attempts)
	}
	b.u32(&a.Flags)
}
