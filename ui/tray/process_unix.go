//go:build unix

package tray

import (
	"os"
	"os/exec"
	"syscall"
)

// detach puts the process into a session of its own: it stays when we go.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// terminate asks a process to end; one that has ended already is fine.
func terminate(p *os.Process) { _ = p.Signal(syscall.SIGTERM) }
