package localapi

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrHeld is a lock that another process has.
var ErrHeld = errors.New("another process of this user has it already")

// Lock makes this process the one of its kind: it takes the file name beside the
// agent's socket ("" is the user's own), such as "tray.lock", until the process
// ends or the file is closed. ErrHeld when another process has it.
func Lock(socket, name string) (*os.File, error) {
	if socket == "" {
		socket = SocketPath()
	}
	dir := filepath.Dir(socket)
	if err := privateFolder(dir); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot make the lock %s: %w", name, err)
	}
	if err := lockFile(file); err != nil {
		file.Close()
		return nil, ErrHeld
	}
	return file, nil
}
