package nspi

import "testing"

func TestCompareMIdsRequest(t *testing.T) {
	golden(t, &CompareMIdsRequest{Stat: testStat(), MID1: 0x21, MID2: 0x22}, DecodeCompareMIdsRequest,
		"00000000"+statHex+"21000000 22000000 00000000")
}

func TestCompareMIdsResponse(t *testing.T) {
	golden(t, &CompareMIdsResponse{Comparison: -1}, DecodeCompareMIdsResponse,
		"00000000 00000000 FFFFFFFF 00000000")
}

func FuzzCompareMIdsRequest(f *testing.F) {
	fuzzBody(f, DecodeCompareMIdsRequest, &CompareMIdsRequest{Stat: testStat(), MID1: 0x21, MID2: 0x22})
}

func FuzzCompareMIdsResponse(f *testing.F) {
	fuzzBody(f, DecodeCompareMIdsResponse, &CompareMIdsResponse{Comparison: -1})
}
