package cli

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// detach gives the process no console and a group of its own: it stays when we go.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP}
}
