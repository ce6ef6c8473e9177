package sspi

import (
	"encoding/hex"
	"errors"
	"runtime"
	"testing"
)

func TestChannelBindings(t *testing.T) {
	want := "000000000000000000000000000000000000000000000000" + "03000000" + "20000000" + "616263"
	if got := hex.EncodeToString(channelBindings([]byte("abc"))); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNoSessionElsewhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is one")
	}
	if m, err := CurrentUser(); m != nil || !errors.Is(err, ErrNotWindows) {
		t.Errorf("%v, %v", m, err)
	}
}
