package nspi

import "testing"

func TestUpdateStatRequest(t *testing.T) {
	golden(t, &UpdateStatRequest{Stat: testStat(), DeltaRequested: true}, DecodeUpdateStatRequest,
		"00000000"+statHex+"FF 00000000")
	golden(t, &UpdateStatRequest{}, DecodeUpdateStatRequest,
		"00000000 00 00 00000000")
}

func TestUpdateStatResponse(t *testing.T) {
	golden(t, &UpdateStatResponse{Stat: testStat(), Delta: new(int32(-2))}, DecodeUpdateStatResponse,
		"00000000 00000000"+statHex+"FF FEFFFFFF 00000000")
	golden(t, &UpdateStatResponse{}, DecodeUpdateStatResponse,
		"00000000 00000000 00 00 00000000")
}

func FuzzUpdateStatRequest(f *testing.F) {
	fuzzBody(f, DecodeUpdateStatRequest, &UpdateStatRequest{Stat: testStat(), DeltaRequested: true})
}

func FuzzUpdateStatResponse(f *testing.F) {
	fuzzBody(f, DecodeUpdateStatResponse, &UpdateStatResponse{Stat: testStat(), Delta: new(int32(-2))})
}
