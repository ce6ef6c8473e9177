package nspi

import "testing"

func TestGetPropListRequest(t *testing.T) {
	golden(t, &GetPropListRequest{Flags: SkipObjects, MID: 0x21, CodePage: 1252}, DecodeGetPropListRequest,
		"01000000 21000000 E4040000 00000000")
}

func TestGetPropListResponse(t *testing.T) {
	golden(t, &GetPropListResponse{Tags: testColumns}, DecodeGetPropListResponse,
		"00000000 00000000 | FF 02000000 1F00FE39 03000039 | 00000000")
}

func FuzzGetPropListRequest(f *testing.F) {
	fuzzBody(f, DecodeGetPropListRequest, &GetPropListRequest{Flags: SkipObjects, MID: 0x21, CodePage: 1252})
}

func FuzzGetPropListResponse(f *testing.F) {
	fuzzBody(f, DecodeGetPropListResponse, &GetPropListResponse{Tags: testColumns})
}
