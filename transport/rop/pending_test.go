package rop

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
)

func init() {
	response("pending", "6E 03 00", &PendingResponse{SessionIndex: 3})
}

func TestCodesOfWhatHasNoReturnValue(t *testing.T) {
	for p, want := range map[Response]mapierr.Code{
		new(PendingResponse):        mapierr.OK,
		new(NotifyResponse):         mapierr.OK,
		new(BackoffResponse):        mapierr.ServerBusy,
		new(BufferTooSmallResponse): mapierr.BufferTooSmall,
	} {
		if p.Code() != want {
			t.Errorf("%v has code %v", p.ID(), p.Code())
		}
	}
}
