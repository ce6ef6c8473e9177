package rop

import (
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/wire"
)

func init() {
	response("backoff", "F9 01 | E8 03 00 00 | 01 | 15 D0 07 00 00 | 02 00 AA BB", &BackoffResponse{LogonID: 1,
		Duration: time.Second, ROPs: []BackoffROP{{RopQueryRows, 2 * time.Second}}, Data: []byte{0xAA, 0xBB}})
}

func TestBackoffLimits(t *testing.T) {
	for name, p := range map[string]*BackoffResponse{
		"negative": {Duration: -time.Second}, "50 days": {Duration: 50 * 24 * time.Hour},
		"many": {ROPs: make([]BackoffROP, 256)}, "much": {Data: make([]byte, 65536)},
	} {
		w := new(wire.Writer)
		if p.Encode(w); w.Err() == nil {
			t.Errorf("%s: written", name)
		}
	}
}
