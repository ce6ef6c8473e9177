package rop

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

func init() {
	// MS-OXORULE 4.2.1
	request("query rows", "15 00 01 00 01 32 00", &QueryRowsRequest{Input: 1, Forward: true, RowCount: 50})
	// MS-OXCTABL 4.5.3.2, the first of its nine rows
	response("rows", `15 00 00 00 00 00 | 02 | 01 00 | 01 | 00 01 00 00 00 00 F1 1F 32 | 0A 0F 01 04 80
		| 00 01 00 00 00 00 F1 88 BD | 00 00 00 00 00 | 00 03 00 00 00 | 00 00 00 00 00 | 0A 0F 01 04 80`, ruleRows())
	response("no rows", "15 02 00 00 00 00 | 02 | 00 00", &QueryRowsResponse{Result: Result{Handle: 2},
		Columns: mailCols, Origin: OriginEnd, Rows: [][]props.Value{}})
	response("rows refused", "15 02 B9 04 00 00",
		&QueryRowsResponse{Result: Result{Handle: 2, ReturnValue: mapierr.NullObject}})
}

func ruleRows() *QueryRowsResponse {
	cols := []props.Tag{props.TagFolderID, props.TagComment, props.TagMid, props.TagContentCount,
		props.TagContentUnreadCount, props.TagInstanceNum, props.TagContainerClass}
	row := []props.Value{
		{Tag: cols[0], V: int64(0x321FF10000000001)}, {Tag: cols[1], V: mapierr.NotFound},
		{Tag: cols[2], V: -int64(0x42770EFFFFFFFFFF)}, {Tag: cols[3], V: int32(0)},
		{Tag: cols[4], V: int32(3)}, {Tag: cols[5], V: int32(0)}, {Tag: cols[6], V: mapierr.NotFound},
	}
	return &QueryRowsResponse{Columns: cols, Origin: OriginEnd, Rows: [][]props.Value{row}}
}

func TestQueryRowsRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		hex  string
		cols []props.Tag
	}{
		"rows without columns": {"02 00 00 00 00 | 02 | 01 00 | 00", nil},
		"more rows than bytes": {"02 00 00 00 00 | 02 | FF FF | 00", mailCols},
		"row flag":             {"02 00 00 00 00 | 02 | 01 00 | 07 00 00", mailCols},
	} {
		r := wire.NewReader(unhex(t, c.hex))
		p := &QueryRowsResponse{Columns: c.cols}
		if p.decode(r); r.Err() == nil || p.Rows != nil {
			t.Errorf("%s: %v, %v", name, p.Rows, r.Err())
		}
	}
}

func TestQueryRowsEncodeRefusals(t *testing.T) {
	for name, p := range map[string]*QueryRowsResponse{
		"too few values": {Columns: mailCols, Rows: [][]props.Value{{}}},
		"wrong type":     {Columns: mailCols[:1], Rows: [][]props.Value{{{Tag: mailCols[0], V: 5}}}},
		"too many rows":  {Rows: make([][]props.Value, 65536)},
	} {
		w := new(wire.Writer)
		if p.Encode(w); w.Err() == nil {
			t.Errorf("%s: written", name)
		}
	}
}
