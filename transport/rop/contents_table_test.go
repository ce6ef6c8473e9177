package rop

import "github.com/mapiscope/mapiscope/transport/mapierr"

func init() {
	// MS-OXCTABL 4.1.1
	request("contents table", "05 00 00 01 00", &GetContentsTableRequest{Output: 1})
	response("contents table open", "05 01 00 00 00 00 | 04 00 00 00",
		&GetContentsTableResponse{Result: Result{Handle: 1}, RowCount: 4})
	response("contents table refused", "05 01 B9 04 00 00",
		&GetContentsTableResponse{Result: Result{Handle: 1, ReturnValue: mapierr.NullObject}})
}
