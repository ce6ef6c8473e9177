package nspi

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/props"
)

func TestSeekEntriesRequest(t *testing.T) {
	golden(t, &SeekEntriesRequest{Stat: testStat(), Target: &props.Value{Tag: props.TagDisplayName, V: "al"}, ExplicitTable: []MID{0x21}, Columns: testColumns}, DecodeSeekEntriesRequest,
		"00000000"+statHex+"FF 1F000130 FF 6100 6C00 0000 | FF 01000000 21000000 | FF 02000000 1F00FE39 03000039 | 00000000")
}

func TestSeekEntriesResponse(t *testing.T) {
	golden(t, &SeekEntriesResponse{Stat: testStat(), Columns: testColumns, Rows: [][]props.Value{testRow()}}, DecodeSeekEntriesResponse,
		"00000000 00000000"+statHex+tableHex+"00000000")
}

func FuzzSeekEntriesRequest(f *testing.F) {
	fuzzBody(f, DecodeSeekEntriesRequest, &SeekEntriesRequest{Stat: testStat(), Target: &props.Value{Tag: props.TagDisplayName, V: "al"}, ExplicitTable: []MID{0x21}, Columns: testColumns})
}

func FuzzSeekEntriesResponse(f *testing.F) {
	fuzzBody(f, DecodeSeekEntriesResponse, &SeekEntriesResponse{Stat: testStat(), Columns: testColumns, Rows: [][]props.Value{testRow()}})
}
