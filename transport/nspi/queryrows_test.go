package nspi

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

func TestQueryRowsRequest(t *testing.T) {
	golden(t, &QueryRowsRequest{Flags: EphemeralIDs, Stat: testStat(), ExplicitTable: []MID{0x21}, RowCount: 10, Columns: testColumns}, DecodeQueryRowsRequest,
		"02000000"+statHex+"01000000 21000000 | 0A000000 | FF 02000000 1F00FE39 03000039 | 00000000")
	golden(t, &QueryRowsRequest{Stat: testStat(), ExplicitTable: []MID{}, RowCount: 1}, DecodeQueryRowsRequest,
		"00000000"+statHex+"00000000 | 01000000 | 00 | 00000000")
}

func TestQueryRowsResponse(t *testing.T) {
	golden(t, &QueryRowsResponse{Stat: testStat(), Columns: testColumns, Rows: [][]props.Value{testRow()}}, DecodeQueryRowsResponse,
		"00000000 00000000"+statHex+tableHex+"00000000")
}

func TestQueryRowsResponseWithErrors(t *testing.T) {
	row := []props.Value{{Tag: props.TagSMTPAddress, V: mapierr.NotFound}, {Tag: props.TagDisplayType}}
	golden(t, &QueryRowsResponse{Result: Result{ErrorCode: 0x40380}, Columns: testColumns, Rows: [][]props.Value{row}}, DecodeQueryRowsResponse,
		"00000000 80030400 00 | FF 02000000 1F00FE39 03000039 | 01000000 | 01 0A 0F010480 01 | 00000000")
}

// TestQueryRowsResponseBomb asks for many rows of many columns in few bytes.
func TestQueryRowsResponseBomb(t *testing.T) {
	cols := make([]props.Tag, 20000)
	for i := range cols {
		cols[i] = props.TagDisplayName.WithType(props.Object) // takes no bytes
	}
	var w wire.Writer
	w.Raw(make([]byte, 9))
	l := &layout{w: &w}
	l.optionalColumns(&cols)
	w.U32(60000)
	w.Raw(make([]byte, 60004))
	if _, err := DecodeQueryRowsResponse(w.Bytes()); err == nil {
		t.Errorf("%d bytes became %d values", w.Len(), 60000*len(cols))
	}
}

func TestColumnsBeyondTheLimit(t *testing.T) {
	cols := make([]props.Tag, maxColumns+1)
	b := mustEncode(t, &GetPropListResponse{Tags: cols})
	if _, err := DecodeGetPropListResponse(b); err == nil {
		t.Errorf("%d columns passed", len(cols))
	}
	b = mustEncode(t, &GetPropListResponse{Tags: cols[:maxColumns]})
	if _, err := DecodeGetPropListResponse(b); err != nil {
		t.Error(err)
	}
}

func FuzzQueryRowsRequest(f *testing.F) {
	fuzzBody(f, DecodeQueryRowsRequest, &QueryRowsRequest{Flags: EphemeralIDs, Stat: testStat(), ExplicitTable: []MID{0x21}, RowCount: 10, Columns: testColumns})
}

func FuzzQueryRowsResponse(f *testing.F) {
	fuzzBody(f, DecodeQueryRowsResponse, &QueryRowsResponse{Stat: testStat(), Columns: testColumns, Rows: [][]props.Value{testRow()}})
}
