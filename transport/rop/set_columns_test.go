package rop

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

func init() {
	// MS-OXCTABL 4.2.1
	request("set columns", "12 00 01 00 06 00 | 14 00 48 67 | 14 00 4A 67 | 14 00 4D 67 | 03 00 4E 67 | 1F 00 37 00 | 40 00 06 0E",
		&SetColumnsRequest{Input: 1, Columns: []props.Tag{props.TagFolderID, props.TagMid, props.TagInstID,
			props.TagInstanceNum, props.TagSubject, props.TagMessageDeliveryTime}})
	response("columns set", "12 01 00 00 00 00 | 0B",
		&SetColumnsResponse{Result: Result{Handle: 1}, TableStatus: 0x0B})
	response("columns refused", "12 01 57 00 07 80",
		&SetColumnsResponse{Result: Result{Handle: 1, ReturnValue: mapierr.InvalidParameter}})
}

func TestSetColumnsTooMany(t *testing.T) {
	w := new(wire.Writer)
	q := &SetColumnsRequest{Columns: make([]props.Tag, 65536)}
	if q.Encode(w); w.Err() == nil {
		t.Error("65536 columns were written with a 16-bit count")
	}
}
