package emsmdb

import (
	"reflect"
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
)

func TestNotificationWaitRequest(t *testing.T) {
	wantBytes(t, "request", (&NotificationWaitRequest{}).Encode(), make([]byte, 8))
	if q, err := DecodeNotificationWaitRequest(make([]byte, 8)); err != nil || !reflect.DeepEqual(q, &NotificationWaitRequest{}) {
		t.Errorf("%+v, %v", q, err)
	}
}

func TestNotificationWaitResponse(t *testing.T) {
	tests := []struct {
		p       NotificationWaitResponse
		body    string
		pending bool
	}{
		{NotificationWaitResponse{EventPending: NotificationPending}, "00000000 00000000 01000000 00000000", true},
		{NotificationWaitResponse{}, "00000000 00000000 00000000 00000000", false},
		{NotificationWaitResponse{ErrorCode: mapierr.Code(0x7EE)}, "00000000 EE070000 00000000 00000000", false},
		{NotificationWaitResponse{StatusCode: mapierr.Code(0x6BB)}, "BB060000 00000000", false},
	}
	for _, test := range tests {
		wantBytes(t, "encoded", test.p.Encode(), unhex(t, test.body))
		got, err := DecodeNotificationWaitResponse(unhex(t, test.body))
		if err != nil || !reflect.DeepEqual(*got, test.p) || got.Pending() != test.pending {
			t.Errorf("%s: %+v, %v", test.body, got, err)
		}
	}
}

func FuzzNotificationWaitRequest(f *testing.F) { fuzzBody(f, DecodeNotificationWaitRequest) }

func FuzzNotificationWaitResponse(f *testing.F) {
	fuzzBody(f, DecodeNotificationWaitResponse, unhex(f, "00000000 00000000 01000000 00000000"))
}
