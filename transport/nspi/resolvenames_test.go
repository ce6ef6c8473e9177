package nspi

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/props"
)

func TestResolveNamesRequest(t *testing.T) {
	golden(t, &ResolveNamesRequest{Stat: testStat(), Tags: testColumns, Names: []string{"al", ""}}, DecodeResolveNamesRequest,
		"00000000"+statHex+"FF 02000000 1F00FE39 03000039 | FF 02000000 6100 6C00 0000 0000 | 00000000")
}

func TestResolveNamesResponse(t *testing.T) {
	golden(t, &ResolveNamesResponse{CodePage: 1200, MIDs: []MID{Resolved, Ambiguous, Unresolved}, Columns: testColumns, Rows: [][]props.Value{testRow()}}, DecodeResolveNamesResponse,
		"00000000 00000000 B0040000 | FF 03000000 02000000 01000000 00000000"+tableHex+"00000000")
}

func FuzzResolveNamesRequest(f *testing.F) {
	fuzzBody(f, DecodeResolveNamesRequest, &ResolveNamesRequest{Stat: testStat(), Tags: testColumns, Names: []string{"al", ""}})
}

func FuzzResolveNamesResponse(f *testing.F) {
	fuzzBody(f, DecodeResolveNamesResponse, &ResolveNamesResponse{CodePage: 1200, MIDs: []MID{Resolved, Ambiguous, Unresolved}, Columns: testColumns, Rows: [][]props.Value{testRow()}})
}
