package nspi

import "testing"

func TestQueryColumnsRequest(t *testing.T) {
	golden(t, &QueryColumnsRequest{MapiFlags: UnicodeTypes}, DecodeQueryColumnsRequest,
		"00000000 00000080 00000000")
}

func TestQueryColumnsResponse(t *testing.T) {
	golden(t, &QueryColumnsResponse{Columns: testColumns}, DecodeQueryColumnsResponse,
		"00000000 00000000 | FF 02000000 1F00FE39 03000039 | 00000000")
}

func FuzzQueryColumnsRequest(f *testing.F) {
	fuzzBody(f, DecodeQueryColumnsRequest, &QueryColumnsRequest{MapiFlags: UnicodeTypes})
}

func FuzzQueryColumnsResponse(f *testing.F) {
	fuzzBody(f, DecodeQueryColumnsResponse, &QueryColumnsResponse{Columns: testColumns})
}
