package localapi

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// socketName is the socket's file in its folder.
const socketName = "agent.sock"

// SocketPath is where the agent of this user listens:
// $XDG_RUNTIME_DIR/mapiscope/agent.sock, or what stands for it on this system.
// MAPISCOPE_SOCKET overrides it. A unix socket's path has at most 103 bytes
// everywhere, so the fallbacks are short.
func SocketPath() string {
	return socketPath(runtime.GOOS, os.Getenv, os.Getuid())
}

func socketPath(goos string, env func(string) string, uid int) string {
	if p := env("MAPISCOPE_SOCKET"); p != "" {
		return p
	}
	switch goos {
	case "windows":
		return filepath.Join(env("LOCALAPPDATA"), "mapiscope", socketName)
	case "darwin": // $TMPDIR is the user's own there
		return filepath.Join(env("TMPDIR"), "mapiscope", socketName)
	}
	if dir := env("XDG_RUNTIME_DIR"); dir != "" {
		return filepath.Join(dir, "mapiscope", socketName)
	}
	return filepath.Join(os.TempDir(), "mapiscope-"+strconv.Itoa(uid), socketName)
}

// nobodyListens says that a dial found no agent, or one that has died.
func nobodyListens(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, wsaConnRefused)
}

// wsaConnRefused is Windows' own number for a refused connection, and Go's
// syscall.ECONNREFUSED there is an invented one.
const wsaConnRefused = syscall.Errno(10061)
