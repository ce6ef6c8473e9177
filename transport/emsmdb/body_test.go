package emsmdb

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// decoders reads each response type as far as its codes.
var decoders = map[string]func([]byte) (status, errorCode mapierr.Code, aux []Aux, err error){
	"Connect":          codesOf(DecodeConnectResponse),
	"Execute":          codesOf(DecodeExecuteResponse),
	"Disconnect":       codesOf(DecodeDisconnectResponse),
	"NotificationWait": codesOf(DecodeNotificationWaitResponse),
}

func codesOf[T any, P interface {
	*T
	response
}](decode func([]byte) (P, error)) func([]byte) (mapierr.Code, mapierr.Code, []Aux, error) {
	return func(b []byte) (mapierr.Code, mapierr.Code, []Aux, error) {
		p, err := decode(b)
		if err != nil {
			return 0, 0, nil, err
		}
		status, errorCode, aux := p.head()
		return *status, *errorCode, *aux, nil
	}
}

func TestFailureBodies(t *testing.T) {
	info := []Aux{&ServerSessionInfo{Info: "why"}}
	buffer := EncodeAux(info)
	tests := map[string]struct {
		body string
		tail []byte
		aux  []Aux
	}{
		"eight bytes":            {body: "BB060000 00000000"},
		"status alone":           {body: "BB060000"},
		"with aux":               {body: "BB060000 00000000", tail: buffer, aux: info},
		"aux without its header": {body: "BB060000 00000000", tail: buffer[headerSize:]},
		"aux longer than body":   {body: "BB060000 FFFFFFFF"},
	}
	for name, test := range tests {
		for kind, decode := range decoders {
			b := unhex(t, test.body)
			if test.tail != nil {
				b[4] = byte(len(test.tail))
			}
			status, errorCode, aux, err := decode(append(b, test.tail...))
			if err != nil || status != 0x6BB || errorCode != 0 || !reflect.DeepEqual(aux, test.aux) {
				t.Errorf("%s, %s: %v %v %+v, %v", kind, name, status, errorCode, aux, err)
			}
		}
	}
}

func TestNoBodyIsNoSuccess(t *testing.T) {
	for kind, decode := range decoders {
		if _, _, _, err := decode(nil); !errors.Is(err, ErrEmptyBody) {
			t.Errorf("%s, empty: %v", kind, err)
		}
		if _, _, _, err := decode(make([]byte, 8)); !errors.Is(err, ErrFailureBody) {
			t.Errorf("%s, eight zero bytes: %v", kind, err)
		}
		if _, _, _, err := decode([]byte{0, 0, 0}); err == nil {
			t.Errorf("%s, three bytes passed", kind)
		}
	}
}

func TestWarningNeedsWholeBody(t *testing.T) {
	if _, err := DecodeNotificationWaitResponse(unhex(t, "00000000 80030400 01")); err == nil {
		t.Error("a warning with half a body passed")
	}
}

// TestEncodeFromSeveralGoroutines is for the race detector: encoding does not
// write to the message.
func TestEncodeFromSeveralGoroutines(t *testing.T) {
	var blocks []Aux
	for _, test := range auxLayouts() {
		blocks = append(blocks, test.block)
	}
	p := &ConnectResponse{PollsMax: time.Minute, DisplayName: "A", Aux: blocks}
	want := p.Encode()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { wantBytes(t, "encoded beside others", p.Encode(), want) })
	}
	wg.Wait()
}
