package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"github.com/mapiscope/mapiscope/diag/report"
)

// inNamespace runs a case in a network of its own: this program once more, as a
// child that begins with an empty namespace.
func inNamespace(ctx context.Context, c Case) (*report.Report, error) {
	if os.Getuid() != 0 {
		return nil, &leftOutError{"it needs a network namespace, and that needs root"}
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return nil, &leftOutError{"it needs the program ip (iproute2)"}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), caseEnv+"="+c.Name)
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if err := cmd.Run(); err != nil {
		if out.Len() == 0 && errs.Len() == 0 {
			return nil, &leftOutError{"no network namespace can be made here: " + err.Error()}
		}
		return nil, fmt.Errorf("%w: %s", err, errs.String())
	}
	r := new(report.Report)
	return r, json.Unmarshal(out.Bytes(), r)
}
