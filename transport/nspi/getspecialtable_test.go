package nspi

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/props"
)

func TestGetSpecialTableRequest(t *testing.T) {
	golden(t, &GetSpecialTableRequest{Flags: UnicodeStrings, Stat: testStat(), Version: new(uint32)}, DecodeGetSpecialTableRequest,
		"04000000"+statHex+"FF 00000000 | 00000000")
}

func TestGetSpecialTableResponse(t *testing.T) {
	golden(t, &GetSpecialTableResponse{CodePage: 1200, Version: new(uint32), Rows: [][]props.Value{{{Tag: props.TagDisplayName, V: "G"}}, {}}}, DecodeGetSpecialTableResponse,
		"00000000 00000000 B0040000 | FF 00000000 | FF 02000000 | 01000000 1F000130 FF 4700 0000 | 00000000 | 00000000")
	golden(t, &GetSpecialTableResponse{CodePage: 1200}, DecodeGetSpecialTableResponse,
		"00000000 00000000 B0040000 00 00 00000000")
}

func FuzzGetSpecialTableRequest(f *testing.F) {
	fuzzBody(f, DecodeGetSpecialTableRequest, &GetSpecialTableRequest{Flags: UnicodeStrings, Stat: testStat(), Version: new(uint32)})
}

func FuzzGetSpecialTableResponse(f *testing.F) {
	fuzzBody(f, DecodeGetSpecialTableResponse, &GetSpecialTableResponse{CodePage: 1200, Version: new(uint32), Rows: [][]props.Value{{{Tag: props.TagDisplayName, V: "G"}}, {}}})
}
