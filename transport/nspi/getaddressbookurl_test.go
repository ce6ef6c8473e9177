package nspi

import "testing"

func TestGetAddressBookURLRequest(t *testing.T) {
	golden(t, &GetAddressBookURLRequest{UserDN: "/o=X"}, DecodeGetAddressBookURLRequest,
		"00000000 | 2F00 6F00 3D00 5800 0000 | 00000000")
}

func TestGetAddressBookURLResponse(t *testing.T) {
	golden(t, &GetAddressBookURLResponse{URL: "h"}, DecodeGetAddressBookURLResponse,
		"00000000 00000000 6800 0000 00000000")
}

func FuzzGetAddressBookURLRequest(f *testing.F) {
	fuzzBody(f, DecodeGetAddressBookURLRequest, &GetAddressBookURLRequest{UserDN: "/o=X"})
}

func FuzzGetAddressBookURLResponse(f *testing.F) {
	fuzzBody(f, DecodeGetAddressBookURLResponse, &GetAddressBookURLResponse{URL: "h"})
}
