package rop

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

func init() {
	request("open folder", "02 00 00 01 | 01 00 00 00 00 00 01 12 | 00",
		&OpenFolderRequest{Output: 1, FolderID: inbox})
	response("folder open", "02 01 00 00 00 00 | 01 00",
		&OpenFolderResponse{Result: Result{Handle: 1}, HasRules: true})
	response("folder ghosted", "02 01 00 00 00 00 | 00 01 | 02 00 01 00 | 61 00 62 63 00",
		&OpenFolderResponse{Result: Result{Handle: 1}, Ghosted: true, CheapServerCount: 1, Servers: []string{"a", "bc"}})
	response("no such folder", "02 01 0F 01 04 80",
		&OpenFolderResponse{Result: Result{Handle: 1, ReturnValue: mapierr.NotFound}})
}

func TestOpenFolderServerCount(t *testing.T) {
	r := wire.NewReader(unhex(t, "01 00 00 00 00 | 00 01 | FF FF 00 00 | 61 00"))
	p := new(OpenFolderResponse)
	if p.decode(r); r.Err() == nil || p.Servers != nil {
		t.Errorf("65535 servers in two bytes: %v, %v", p.Servers, r.Err())
	}
}
