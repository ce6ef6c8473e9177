// Package dcerpc speaks connection-oriented DCE/RPC 5.0 (C706 12, MS-RPCE) as far
// as a look at Exchange needs it: bind, request, response and fault, without
// security of its own, and the few calls of EMSMDB, NSPI and the endpoint mapper
// by which one sees whether a server is there. It is codec for both sides, one
// file per family, plus a Client over any byte stream: an RPC over HTTP channel
// pair or a TCP connection.
package dcerpc

import (
	"fmt"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// Syntax identifies an interface or a transfer syntax: UUID and version
// (p_syntax_id_t, C706 12.6.3.1).
type Syntax struct {
	UUID         wire.GUID
	Major, Minor uint16
}

func (s Syntax) String() string { return fmt.Sprintf("%s v%d.%d", s.UUID, s.Major, s.Minor) }

// The interfaces of Exchange and of the endpoint mapper.
var (
	EMSMDB = Syntax{mustGUID("A4F1DB00-CA47-1067-B31F-00DD010662DA"), 0, 81} // mailboxes (MS-OXCRPC 1.9)
	NSPI   = Syntax{mustGUID("F5CC5A18-4264-101A-8C59-08002B2F8426"), 56, 0} // address book (MS-OXNSPI 1.9)
	RFR    = Syntax{mustGUID("1544F5E0-613C-11D1-93DF-00C04FD7BD09"), 1, 0}  // address book referral (MS-OXABREF 1.9)
	EPM    = Syntax{mustGUID("E1AF8308-5D1F-11C9-91A4-08002B14A0FA"), 3, 0}  // endpoint mapper (C706, appendix O)
)

// NDR is the one transfer syntax in use (C706 14).
var NDR = Syntax{mustGUID("8A885D04-1CEB-11C9-9FE8-08002B104860"), 2, 0}

// interfaceNames are the names by which people know interfaces.
var interfaceNames = map[Syntax]string{EMSMDB: "EMSMDB", NSPI: "NSPI", RFR: "RFR", EPM: "endpoint mapper"}

// Name is the interface's usual name, or its UUID and version.
func (s Syntax) Name() string {
	if n := interfaceNames[s]; n != "" {
		return n
	}
	return s.String()
}

func mustGUID(s string) wire.GUID {
	g, err := wire.ParseGUID(s)
	if err != nil {
		panic(err) // a constant of this file
	}
	return g
}

func (s Syntax) write(w *wire.Writer) {
	w.GUID(s.UUID)
	w.U16(s.Major)
	w.U16(s.Minor)
}

func readSyntax(r *wire.Reader) Syntax {
	return Syntax{UUID: r.GUID(), Major: r.U16(), Minor: r.U16()}
}
