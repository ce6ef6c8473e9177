package nspi

import "testing"

func TestDNToMIdRequest(t *testing.T) {
	golden(t, &DNToMIdRequest{Names: []string{"/o=X", ""}}, DecodeDNToMIdRequest,
		"00000000 | FF 02000000 2F6F3D5800 00 | 00000000")
	golden(t, &DNToMIdRequest{}, DecodeDNToMIdRequest,
		"00000000 00 00000000")
}

func TestDNToMIdResponse(t *testing.T) {
	golden(t, &DNToMIdResponse{MIDs: []MID{0x21, 0}}, DecodeDNToMIdResponse,
		"00000000 00000000 | FF 02000000 21000000 00000000 | 00000000")
	golden(t, &DNToMIdResponse{}, DecodeDNToMIdResponse,
		"00000000 00000000 | 00 | 00000000")
}

func FuzzDNToMIdRequest(f *testing.F) {
	fuzzBody(f, DecodeDNToMIdRequest, &DNToMIdRequest{Names: []string{"/o=X", ""}})
}

func FuzzDNToMIdResponse(f *testing.F) {
	fuzzBody(f, DecodeDNToMIdResponse, &DNToMIdResponse{MIDs: []MID{0x21, 0}})
}
