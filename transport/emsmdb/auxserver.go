package emsmdb

import "time"

// Flags of ClientControl (MS-OXCRPC 2.2.2.2.15).
const (
	ControlPerfToServer  uint32 = 0x01 // send performance data to the server
	ControlPerfToMailbox uint32 = 0x02
	ControlCompression   uint32 = 0x04
	ControlHTTPTunneling uint32 = 0x08
	ControlPerfGC        uint32 = 0x10
)

// ClientControl tells the client what to send (AUX_CLIENT_CONTROL, MS-OXCRPC
// 2.2.2.2.15).
type ClientControl struct {
	EnableFlags uint32
	Expiry      time.Duration // how long the client keeps unsent data, whole milliseconds
}

func (*ClientControl) kind() auxKind { return auxKind{1, 0x0A} }

func (a *ClientControl) fields(b *block) {
	b.u32(&a.EnableFlags)
	b.millis(&a.Expiry)
}

// Flags of ExOrgInfo (MS-OXCRPC 2.2.2.2.17).
const (
	OrgPublicFolders             uint32 = 0x1 // the organization has public folders
	OrgAutodiscoverPublicFolders uint32 = 0x2 // Autodiscover tells where
)

// ExOrgInfo describes the Exchange organization (AUX_EXORGINFO, MS-OXCRPC
// 2.2.2.2.17).
type ExOrgInfo struct{ Flags uint32 }

func (*ExOrgInfo) kind() auxKind     { return auxKind{1, 0x17} }
func (a *ExOrgInfo) fields(b *block) { b.u32(&a.Flags) }

// Flags of ServerCapabilities (MS-OXCRPC 2.2.2.2.19).
const (
	ServerPackedFastTransfer uint32 = 0x1
	ServerPackedWriteStream  uint32 = 0x2
	ServerUltraLargeDownload uint32 = 0x8 // MaxRopOut may be 0x100000
)

// ServerCapabilities says what the server can do (AUX_SERVER_CAPABILITIES,
// MS-OXCRPC 2.2.2.2.19).
type ServerCapabilities struct{ Flags uint32 }

func (*ServerCapabilities) kind() auxKind     { return auxKind{1, 0x46} }
func (a *ServerCapabilities) fields(b *block) { b.u32(&a.Flags) }

// EndpointSingle in EndpointCapabilities.Flags: one endpoint serves directory
// referral, address book and mailbox (MS-OXCRPC 2.2.2.2.20).
const EndpointSingle uint32 = 0x1

// EndpointCapabilities says what the endpoint can do
// (AUX_ENDPOINT_CAPABILITIES, MS-OXCRPC 2.2.2.2.20).
type EndpointCapabilities struct{ Flags uint32 }

func (*EndpointCapabilities) kind() auxKind     { return auxKind{1, 0x48} }
func (a *EndpointCapabilities) fields(b *block) { b.u32(&a.Flags) }

// ServerSessionInfo is text of the server about the session or its refusal,
// meant for logs (AUX_SERVER_SESSION_INFO, MS-OXCRPC 2.2.2.2.22).
type ServerSessionInfo struct{ Info string }

func (*ServerSessionInfo) kind() auxKind     { return auxKind{1, 0x4B} }
func (a *ServerSessionInfo) fields(b *block) { b.text(&a.Info) }

// ExceptionTrace is the server's account of an exception, one line after the
// other. It is in no specification; Microsoft's Office Inspectors for Fiddler
// decodes it like this.
type ExceptionTrace struct {
	RopIndex uint32 // which operation of the batch
	Text     string // as the server wrote it, any bytes
}

func (*ExceptionTrace) kind() auxKind { return auxKind{1, 0x49} }

func (a *ExceptionTrace) fields(b *block) {
	b.u32(&a.RopIndex)
	text := []byte(a.Text)
	b.rest(&text)
	if b.r != nil {
		a.Text = string(text)
	}
}

// DeviceIdentification is added by a device between client and server
// (AUX_PROTOCOL_DEVICE_IDENTIFICATION, MS-OXCRPC 2.2.2.2.23): seeing one proves
// that such a device touches the traffic.
type DeviceIdentification struct {
	Manufacturer, Model, SerialNumber, Version, FirmwareID string
}

func (*DeviceIdentification) kind() auxKind { return auxKind{1, 0x4E} }

func (a *DeviceIdentification) fields(b *block) {
	b.text(&a.Manufacturer)
	b.text(&a.Model)
	b.text(&a.SerialNumber)
	b.text(&a.Version)
	b.text(&a.FirmwareID)
}
