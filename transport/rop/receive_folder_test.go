package rop

import "github.com/mapiscope/mapiscope/transport/mapierr"

func init() {
	request("receive folder", "27 00 00 | 49 50 4D 2E 4E 6F 74 65 00", &GetReceiveFolderRequest{MessageClass: "IPM.Note"})
	response("receive folder", "27 00 00 00 00 00 | 01 00 00 00 00 00 01 12 | 49 50 4D 00",
		&GetReceiveFolderResponse{FolderID: inbox, MessageClass: "IPM"})
	response("no receive folder", "27 00 63 04 00 00",
		&GetReceiveFolderResponse{Result: Result{ReturnValue: mapierr.NoReceiveFolder}})
}
