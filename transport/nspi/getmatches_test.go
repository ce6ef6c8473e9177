package nspi

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/props"
)

func TestGetMatchesRequest(t *testing.T) {
	golden(t, &GetMatchesRequest{Stat: testStat(), MIDs: []MID{1}, Filter: &Exist{Tag: props.TagSMTPAddress}, PropertyName: &PropertyName{Set: testGUID, ID: 2}, RowCount: 50, Columns: testColumns}, DecodeGetMatchesRequest,
		"00000000"+statHex+"FF 01000000 01000000 | 00000000 | FF 08 1F00FE39 | FF"+guidHex+"02000000 | 32000000 | FF 02000000 1F00FE39 03000039 | 00000000")
	golden(t, &GetMatchesRequest{RowCount: 1}, DecodeGetMatchesRequest,
		"00000000 | 00 | 00 | 00000000 | 00 | 00 | 01000000 | 00 | 00000000")
}

func TestGetMatchesResponse(t *testing.T) {
	golden(t, &GetMatchesResponse{Stat: testStat(), MIDs: []MID{0x21}, Columns: testColumns, Rows: [][]props.Value{testRow()}}, DecodeGetMatchesResponse,
		"00000000 00000000"+statHex+"FF 01000000 21000000"+tableHex+"00000000")
	golden(t, &GetMatchesResponse{}, DecodeGetMatchesResponse,
		"00000000 00000000 00 00 00 00000000")
}

func FuzzGetMatchesRequest(f *testing.F) {
	fuzzBody(f, DecodeGetMatchesRequest, &GetMatchesRequest{Stat: testStat(), MIDs: []MID{1}, Filter: &Exist{Tag: props.TagSMTPAddress}, PropertyName: &PropertyName{Set: testGUID, ID: 2}, RowCount: 50, Columns: testColumns})
}

func FuzzGetMatchesResponse(f *testing.F) {
	fuzzBody(f, DecodeGetMatchesResponse, &GetMatchesResponse{Stat: testStat(), MIDs: []MID{0x21}, Columns: testColumns, Rows: [][]props.Value{testRow()}})
}
