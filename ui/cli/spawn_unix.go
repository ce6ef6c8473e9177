//go:build unix

package cli

import (
	"os/exec"
	"syscall"
)

// detach puts the process into a session of its own: it stays when we go.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
