package rop

import "github.com/mapiscope/mapiscope/transport/mapierr"

func init() {
	request("subscribe to the store", "29 00 00 01 3E 00 01", &RegisterNotificationRequest{Output: 1, WholeStore: true,
		Types: NewMail | ObjectCreated | ObjectDeleted | ObjectModified | ObjectMoved})
	request("subscribe to the inbox", "29 00 00 01 02 00 00 | 01 00 00 00 00 00 01 12 | 00 00 00 00 00 00 00 00",
		&RegisterNotificationRequest{Output: 1, Types: NewMail, FolderID: inbox})
	request("subscribe to extended events", "29 00 00 01 02 04 00 01",
		&RegisterNotificationRequest{Output: 1, Types: NewMail | Extended, WholeStore: true})
	response("subscribed", "29 01 00 00 00 00", &RegisterNotificationResponse{Result{Handle: 1}})
	response("subscription refused", "29 01 02 01 04 80",
		&RegisterNotificationResponse{Result{Handle: 1, ReturnValue: mapierr.NotSupported}})
}
