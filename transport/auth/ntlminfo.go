package auth

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf16"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// NTLMInfo is what a server tells about itself in its CHALLENGE_MESSAGE
// (MS-NLMP 2.2.1.2), before anyone has signed in. Fields it left out are zero.
type NTLMInfo struct {
	NetBIOSComputer, NetBIOSDomain  string
	DNSComputer, DNSDomain, DNSTree string
	Time                            time.Time // the server's clock, UTC
}

// ErrNTLMv1 is a server that sends no target information: it knows NTLM version
// 1 alone, which this client does not speak and Extended Protection refuses.
var ErrNTLMv1 = errors.New("the server sends no target information: it does not speak NTLMv2")

const ntlmSignature = "NTLMSSP\x00"

// NTLM flags that are looked at (MS-NLMP 2.2.2.5).
const (
	flagUnicode    = 0x00000001
	flagTargetInfo = 0x00800000
)

// AV_PAIR ids that are looked at (MS-NLMP 2.2.2.1).
const (
	avEOL = iota
	avNbComputer
	avNbDomain
	avDNSComputer
	avDNSDomain
	avDNSTree
	avFlags
	avTimestamp
)

// ParseNTLMChallenge reads a CHALLENGE_MESSAGE and checks all of it that
// building an answer depends on. Errors: *wire.Error, or what is missing.
func ParseNTLMChallenge(b []byte) (*NTLMInfo, error) {
	r := wire.NewReader(b)
	if string(r.Bytes(8)) != ntlmSignature || r.U32() != 2 {
		return nil, errors.New("not an NTLM CHALLENGE message")
	}
	nameLen, _, nameAt := r.U16(), r.U16(), r.U32()
	flags := r.U32()
	r.Skip(16) // challenge, reserved
	infoLen, _, infoAt := r.U16(), r.U16(), r.U32()
	if r.Err() != nil {
		return nil, r.Err()
	}
	if !inside(b, nameAt, nameLen) || !inside(b, infoAt, infoLen) {
		return nil, errors.New("a field of the NTLM CHALLENGE message points outside of it")
	}
	if flags&flagUnicode == 0 {
		return nil, errors.New("the server does not speak Unicode in NTLM")
	}
	if flags&flagTargetInfo == 0 || infoLen == 0 {
		return nil, ErrNTLMv1
	}
	return parseTargetInfo(b[infoAt:][:infoLen])
}

func inside(b []byte, at uint32, n uint16) bool { return uint64(at)+uint64(n) <= uint64(len(b)) }

func parseTargetInfo(b []byte) (*NTLMInfo, error) {
	info, pairs := &NTLMInfo{}, 0
	for r := wire.NewReader(b); ; pairs++ {
		id, size := r.U16(), int(r.U16())
		value := r.Bytes(size)
		if r.Err() != nil {
			return nil, r.Err()
		}
		if id == avEOL {
			break
		}
		if err := info.set(id, value); err != nil {
			return nil, err
		}
	}
	if pairs == 0 {
		return nil, errors.New("the server's NTLM target information is empty")
	}
	return info, nil
}

func (i *NTLMInfo) set(id uint16, v []byte) error {
	switch id {
	case avNbComputer:
		i.NetBIOSComputer = utf16Text(v)
	case avNbDomain:
		i.NetBIOSDomain = utf16Text(v)
	case avDNSComputer:
		i.DNSComputer = utf16Text(v)
	case avDNSDomain:
		i.DNSDomain = utf16Text(v)
	case avDNSTree:
		i.DNSTree = utf16Text(v)
	case avFlags:
		if len(v) != 4 {
			return fmt.Errorf("MsvAvFlags has %d bytes, not 4", len(v))
		}
	case avTimestamp:
		if len(v) != 8 {
			return fmt.Errorf("MsvAvTimestamp has %d bytes, not 8", len(v))
		}
		i.Time = fileTime(wire.NewReader(v).U64())
	}
	return nil
}

// fileTime converts 100 ns since 1601 (MS-DTYP 2.3.3).
func fileTime(ft uint64) time.Time {
	const to1970 = 11644473600 // seconds
	return time.Unix(int64(ft/1e7)-to1970, int64(ft%1e7)*100).UTC()
}

func utf16Text(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
	}
	return string(utf16.Decode(u))
}
