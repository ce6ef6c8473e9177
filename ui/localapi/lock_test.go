package localapi

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestLockIsForOne(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "agent.sock")
	first, err := Lock(socket, "tray.lock")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(socket, "tray.lock"); !errors.Is(err, ErrHeld) {
		t.Errorf("a second one got %v, want ErrHeld", err)
	}
	other, err := Lock(socket, "window.lock")
	if err != nil {
		t.Errorf("a lock of another name: %v", err)
	} else {
		other.Close()
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Lock(socket, "tray.lock")
	if err != nil {
		t.Fatalf("after the first gave it up: %v", err)
	}
	again.Close()
}
