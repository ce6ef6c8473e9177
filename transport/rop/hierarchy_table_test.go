package rop

import "github.com/mapiscope/mapiscope/transport/mapierr"

func init() {
	request("hierarchy table", "04 00 01 02 54", &GetHierarchyTableRequest{Input: 1, Output: 2,
		Flags: HierarchyDepth | TableNoNotifications | TableUseUnicode})
	response("hierarchy table open", "04 02 00 00 00 00 | 07 00 00 00",
		&GetHierarchyTableResponse{Result: Result{Handle: 2}, RowCount: 7})
	response("hierarchy table refused", "04 02 05 00 07 80",
		&GetHierarchyTableResponse{Result: Result{Handle: 2, ReturnValue: mapierr.AccessDenied}})
}
