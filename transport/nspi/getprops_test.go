package nspi

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
)

func TestGetPropsRequest(t *testing.T) {
	golden(t, &GetPropsRequest{Flags: EphemeralIDs, Stat: testStat(), Tags: testColumns}, DecodeGetPropsRequest,
		"02000000"+statHex+"FF 02000000 1F00FE39 03000039 | 00000000")
}

func TestGetPropsResponse(t *testing.T) {
	golden(t, &GetPropsResponse{Result: Result{ErrorCode: mapierr.Code(0x40380)}, CodePage: 1252, Values: []props.Value{{Tag: props.TagSMTPAddress, V: "a"}, {Tag: props.TagDisplayType.WithType(props.ErrorCode), V: mapierr.NotFound}}}, DecodeGetPropsResponse,
		"00000000 80030400 E4040000 | FF 02000000 | 1F00FE39 FF 6100 0000 | 0A000039 0F010480 | 00000000")
}

func FuzzGetPropsRequest(f *testing.F) {
	fuzzBody(f, DecodeGetPropsRequest, &GetPropsRequest{Flags: EphemeralIDs, Stat: testStat(), Tags: testColumns})
}

func FuzzGetPropsResponse(f *testing.F) {
	fuzzBody(f, DecodeGetPropsResponse, &GetPropsResponse{Result: Result{ErrorCode: mapierr.Code(0x40380)}, CodePage: 1252, Values: []props.Value{{Tag: props.TagSMTPAddress, V: "a"}, {Tag: props.TagDisplayType.WithType(props.ErrorCode), V: mapierr.NotFound}}})
}
