package rop

import "github.com/mapiscope/mapiscope/transport/mapierr"

func init() {
	request("store state", "7B 00 00", &GetStoreStateRequest{})
	response("store state", "7B 00 00 00 00 00 | 00 00 00 01", &GetStoreStateResponse{StoreState: StoreHasSearches})
	response("store state refused", "7B 00 02 01 04 80",
		&GetStoreStateResponse{Result: Result{ReturnValue: mapierr.NotSupported}})
}
