package localapi

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// ErrRunning is a second agent of the same user.
var ErrRunning = errors.New("an agent of this user is running already")

// Listener is the agent's socket. It belongs to one process at a time: that holds
// a lock beside it, which the system gives up even when the process crashes.
type Listener struct {
	net.Listener
	lock *os.File
}

// Listen opens socket, which its owner alone can use; "" is the user's own
// (SocketPath). A socket that a crashed agent left behind is replaced. ErrRunning
// when another agent has it.
func Listen(socket string) (*Listener, error) {
	if socket == "" {
		socket = SocketPath()
	}
	if err := privateFolder(filepath.Dir(socket)); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(socket+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot make the agent's lock: %w", err)
	}
	if err := lockFile(lock); err != nil {
		lock.Close()
		return nil, ErrRunning
	}
	l, err := listen(socket)
	if err != nil {
		lock.Close()
		return nil, err
	}
	return &Listener{l, lock}, nil
}

// listen opens the socket. Who holds the lock may remove what is there.
func listen(socket string) (net.Listener, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("cannot remove the socket of an earlier agent: %w", err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		return nil, fmt.Errorf("cannot open the agent's socket: %w", err)
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// privateFolder makes sure that the folder is there and the user's alone:
// somebody else who made it could put another socket into it.
func privateFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cannot make the folder of the agent's socket: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || !ownedByUs(info) {
		return fmt.Errorf("%s belongs to somebody else, so the agent's socket is not put there", dir)
	}
	return nil
}

// Accept gives the next connection of the same user; others are hung up on.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if sameUser(c) {
			return c, nil
		}
		c.Close()
	}
}

// Close removes the socket and gives the lock up.
func (l *Listener) Close() error {
	err := l.Listener.Close() // removes the socket too
	l.lock.Close()
	return err
}
