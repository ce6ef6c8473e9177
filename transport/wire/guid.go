package wire

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// GUID is a Windows GUID in wire order: the first three fields are
// little-endian, the rest is as written (MS-DTYP 2.3.4.2).
type GUID [16]byte

// NewGUID is a random version 4 GUID.
func NewGUID() (g GUID) {
	rand.Read(g[:]) // never fails (crypto/rand)
	g[7] = g[7]&0x0f | 0x40
	g[8] = g[8]&0x3f | 0x80
	return g
}

// String is the upper-case form without braces.
func (g GUID) String() string {
	return fmt.Sprintf("%08X-%04X-%04X-%X-%X", binary.LittleEndian.Uint32(g[0:]),
		binary.LittleEndian.Uint16(g[4:]), binary.LittleEndian.Uint16(g[6:]), g[8:10], g[10:])
}

// ParseGUID reads the text form, with or without braces, in any case.
func ParseGUID(s string) (g GUID, err error) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return g, errors.New("not a GUID")
	}
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != 16 {
		return g, errors.New("not a GUID")
	}
	copy(g[:], b)
	for _, p := range [][2]int{{0, 3}, {1, 2}, {4, 5}, {6, 7}} {
		g[p[0]], g[p[1]] = g[p[1]], g[p[0]]
	}
	return g, nil
}
