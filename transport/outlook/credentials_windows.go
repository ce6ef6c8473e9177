package outlook

import (
	"context"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// cmdkeyLimit bounds a program that answers in milliseconds.
const cmdkeyLimit = 5 * time.Second

// ReadCredentials lists the Credential Manager of the user who runs the program,
// for ParseCredentialList. It asks cmdkey, which tells what entries are for and
// never what is in them; the functions of Windows would hand out the secrets too.
func ReadCredentials(ctx context.Context) ([]byte, error) {
	system, err := windows.GetSystemDirectory()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, cmdkeyLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(system, "cmdkey.exe"), "/list")
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true}
	return cmd.Output()
}
