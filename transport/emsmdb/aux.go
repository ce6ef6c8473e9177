package emsmdb

import (
	"strings"
	"unicode"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// Aux is one block of an auxiliary buffer (MS-OXCRPC 2.2.2.2): ClientInfo,
// ServerSessionInfo, ... always as a pointer, or *UnknownAux. Blocks inform;
// nothing depends on them. They are kept one family a file.
type Aux interface {
	// kind is Version and Type of the AUX_HEADER.
	kind() auxKind
	// fields walks what follows the header.
	fields(*block)
}

// auxKind identifies a block: AUX_HEADER.Version and Type.
type auxKind struct{ version, typ uint8 }

// auxKinds makes an empty block of each known kind; what is missing here is
// read as UnknownAux.
var auxKinds = map[auxKind]func() Aux{
	{1, 0x01}: func() Aux { return &PerfRequestID{} },
	{1, 0x02}: func() Aux { return &ClientInfo{} },
	{1, 0x03}: func() Aux { return &ServerInfo{} },
	{1, 0x04}: func() Aux { return &SessionInfo{} },
	{2, 0x04}: func() Aux { return &SessionInfo{V2: true} },
	{1, 0x0A}: func() Aux { return &ClientControl{} },
	{1, 0x0B}: func() Aux { return &ProcessInfo{Version: 1} },
	{2, 0x0B}: func() Aux { return &ProcessInfo{} },
	{1, 0x16}: func() Aux { return &OSVersionInfo{} },
	{1, 0x17}: func() Aux { return &ExOrgInfo{} },
	{1, 0x18}: func() Aux { return &AccountInfo{} },
	{1, 0x46}: func() Aux { return &ServerCapabilities{} },
	{1, 0x48}: func() Aux { return &EndpointCapabilities{} },
	{1, 0x49}: func() Aux { return &ExceptionTrace{} },
	{1, 0x4A}: func() Aux { return &ClientConnectionInfo{} },
	{1, 0x4B}: func() Aux { return &ServerSessionInfo{} },
	{1, 0x4E}: func() Aux { return &DeviceIdentification{} },
}

const auxHeaderSize = 4

// maxAuxPayload is the most an auxiliary buffer carries (MS-OXCRPC 3.1.4.1.1).
const maxAuxPayload = 32768

// EncodeAux is an auxiliary buffer: one extended buffer with the blocks, or nil
// when there are none. A block that does not fit into the 32768 bytes of the
// buffer is left out.
func EncodeAux(blocks []Aux) []byte {
	var payload []byte
	for _, a := range blocks {
		if b := encodeBlock(a); len(payload)+len(b) <= maxAuxPayload {
			payload = append(payload, b...)
		}
	}
	if len(payload) == 0 {
		return nil
	}
	return PackBuffers([][]byte{payload}, Plain)
}

// DecodeAux reads an auxiliary buffer as far as it makes sense and ignores the
// rest: early builds of Exchange 2013 and 2016 send blocks without the extended
// buffer around them in failure bodies (MS-OXCMAPIHTTP product notes 2 to 5).
func DecodeAux(b []byte) []Aux {
	payloads, _, _ := UnpackBuffers(b)
	var blocks []Aux
	for _, payload := range payloads {
		blocks = appendBlocks(blocks, payload)
	}
	return blocks
}

// appendBlocks stops at a header whose Size does not even cover itself: there
// is no next block to step to.
func appendBlocks(blocks []Aux, payload []byte) []Aux {
	r := wire.NewReader(payload)
	for r.Remaining() >= auxHeaderSize {
		size, k := int(r.U16()), auxKind{r.U8(), r.U8()}
		if size < auxHeaderSize || size-auxHeaderSize > r.Remaining() {
			break
		}
		blocks = append(blocks, decodeBlock(k, r.Bytes(size-auxHeaderSize)))
	}
	return blocks
}

// AuxText gives what a server says to people among the blocks, about the session
// or a refusal: whole texts of one or more lines, without control characters. They
// name servers and users: redact them before they leave the machine.
func AuxText(blocks []Aux) []string {
	var out []string
	for _, a := range blocks {
		var text string
		switch a := a.(type) {
		case *ServerSessionInfo:
			text = a.Info
		case *ExceptionTrace:
			text = a.Text
		}
		if text = strings.TrimSpace(printable(text)); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// printable keeps lines and drops what could steer a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', unicode.IsPrint(r):
			return r
		case r == '\t':
			return ' '
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
}

// UnknownAux is a block of a kind that is not known here, or one of a known
// kind whose body does not have the layout of that kind.
type UnknownAux struct {
	Version, Type uint8
	Body          []byte // without the 4-byte header
}

func (a *UnknownAux) kind() auxKind   { return auxKind{a.Version, a.Type} }
func (a *UnknownAux) fields(b *block) { b.rest(&a.Body) }
