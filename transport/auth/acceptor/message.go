package acceptor

import (
	"bytes"
	"encoding/binary"
	"time"
	"unicode/utf16"

	"github.com/mapiscope/mapiscope/transport/wire"
)

const signature = "NTLMSSP\x00"

// The message types (MS-NLMP 2.2.1).
const (
	typeNegotiate    = 1
	typeChallenge    = 2
	typeAuthenticate = 3
)

// The flags in use (MS-NLMP 2.2.2.5).
const (
	flagUnicode          = 0x00000001
	flagRequestTarget    = 0x00000004
	flagSign             = 0x00000010
	flagSeal             = 0x00000020
	flagNTLM             = 0x00000200
	flagAlwaysSign       = 0x00008000
	flagTargetDomain     = 0x00010000
	flagExtendedSecurity = 0x00080000
	flagTargetInfo       = 0x00800000
	flagVersion          = 0x02000000
	flag128              = 0x20000000
	flagKeyExchange      = 0x40000000
	flag56               = 0x80000000

	always    = flagUnicode | flagNTLM | flagAlwaysSign | flagTargetDomain | flagExtendedSecurity | flagTargetInfo | flagVersion
	onRequest = flagRequestTarget | flagSign | flagSeal | flag128 | flagKeyExchange | flag56
)

// The AV_PAIR ids in use (MS-NLMP 2.2.2.1).
const (
	avEOL             = 0
	avNbComputer      = 1
	avNbDomain        = 2
	avDNSComputer     = 3
	avDNSDomain       = 4
	avFlags           = 6
	avTimestamp       = 7
	avChannelBindings = 10

	micProvided = 0x2 // in MsvAvFlags
)

// messageType is the type of an NTLM message, 0 when it is none.
func messageType(b []byte) uint32 {
	if !bytes.HasPrefix(b, []byte(signature)) || len(b) < 12 {
		return 0
	}
	return binary.LittleEndian.Uint32(b[8:])
}

// negotiateFlags reads NEGOTIATE_MESSAGE (MS-NLMP 2.2.1.1).
func negotiateFlags(b []byte) (uint32, error) {
	r := wire.NewReader(b)
	r.Skip(12)
	flags := r.U32()
	if r.Err() != nil || flags&flagUnicode == 0 {
		return 0, ErrMalformed
	}
	return flags, nil
}

// challengeMessage builds CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2).
func (n *NTLM) challengeMessage(clientFlags uint32, challenge [8]byte, now time.Time) []byte {
	name, info := utf16Bytes(n.Domain), n.targetInfo(now)
	const header = 56
	flags := uint32(always)
	if n.Version1 {
		info, flags = nil, always&^flagTargetInfo
	}
	var w wire.Writer
	w.Raw([]byte(signature))
	w.U32(typeChallenge)
	field(&w, len(name), header)
	w.U32(flags | clientFlags&onRequest)
	w.Raw(challenge[:])
	w.U64(0) // reserved
	field(&w, len(info), header+len(name))
	w.Raw([]byte{10, 0, 0x7c, 0x4f, 0, 0, 0, 15}) // VERSION: Windows Server 2022, 10.0.20348
	w.Raw(name)
	w.Raw(info)
	return w.Bytes()
}

func field(w *wire.Writer, size, at int) {
	w.U16(uint16(size))
	w.U16(uint16(size))
	w.U32(uint32(at))
}

func (n *NTLM) targetInfo(now time.Time) []byte {
	var w wire.Writer
	pair := func(id uint16, v []byte) {
		w.U16(id)
		w.U16(uint16(len(v)))
		w.Raw(v)
	}
	pair(avNbDomain, utf16Bytes(n.Domain))
	pair(avNbComputer, utf16Bytes(n.Computer))
	pair(avDNSDomain, utf16Bytes(n.DNS))
	pair(avDNSComputer, utf16Bytes(n.Computer+"."+n.DNS))
	pair(avTimestamp, binary.LittleEndian.AppendUint64(nil, fileTime(now)))
	pair(avEOL, nil)
	return w.Bytes()
}

// fileTime is 100 ns since 1601 (MS-DTYP 2.3.3).
func fileTime(t time.Time) uint64 {
	return uint64(t.Unix()+11644473600)*1e7 + uint64(t.Nanosecond()/100)
}

func utf16Bytes(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func utf16Text(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}

// micAt is where AUTHENTICATE_MESSAGE has its integrity code, if it has one.
const micAt, micSize = 72, 16

// authenticate is AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3).
type authenticate struct {
	domain, user string
	nt           []byte // NTLMv2_RESPONSE
	sessionKey   []byte // EncryptedRandomSessionKey
	flags        uint32
	pairs        map[uint16][]byte // of the client challenge
}

func parseAuthenticate(b []byte) (*authenticate, error) {
	r := wire.NewReader(b)
	r.Skip(12)
	part := func() []byte {
		size, _, at := uint64(r.U16()), r.U16(), uint64(r.U32())
		if at+size > uint64(len(b)) {
			r.Fail("field outside of the message")
			return nil
		}
		return b[at : at+size]
	}
	part() // LmChallengeResponse: unused with NTLMv2
	a := &authenticate{nt: part()}
	domain, user := part(), part()
	part() // Workstation
	a.sessionKey = part()
	a.flags = r.U32()
	if r.Err() != nil || a.flags&flagUnicode == 0 {
		return nil, ErrMalformed
	}
	a.domain, a.user = utf16Text(domain), utf16Text(user)
	if len(a.nt) == ntlmV1Size {
		return nil, ErrNTLMv1
	}
	return a, a.parsePairs()
}

const (
	ntlmV1Size = 24
	proofSize  = 16
	pairsAt    = proofSize + 28 // NTLMv2_CLIENT_CHALLENGE up to its AvPairs (MS-NLMP 2.2.2.7)
)

func (a *authenticate) parsePairs() error {
	if len(a.nt) < pairsAt {
		return ErrMalformed
	}
	a.pairs = map[uint16][]byte{}
	for r := wire.NewReader(a.nt[pairsAt:]); ; {
		id, size := r.U16(), int(r.U16())
		value := r.Bytes(size)
		switch {
		case r.Err() != nil:
			return ErrMalformed
		case id == avEOL:
			return nil
		}
		a.pairs[id] = value
	}
}

func (a *authenticate) hasMIC() bool {
	v := a.pairs[avFlags]
	return len(v) == 4 && binary.LittleEndian.Uint32(v)&micProvided != 0
}
