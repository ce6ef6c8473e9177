package rop

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
)

func init() {
	request("release", "01 00 03", &ReleaseRequest{Input: 3})
}

func TestReleaseIsNotAnswered(t *testing.T) {
	if p := Refuse(&ReleaseRequest{}, mapierr.NullObject); p != nil {
		t.Errorf("answered by %v", p)
	}
}
