package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
)

// caseEnv tells a child which case it is to run in its namespace.
const caseEnv = "MAPISCOPE_LAB_CASE"

// leftOutError is why a case cannot be injected here.
type leftOutError struct{ why string }

func (e *leftOutError) Error() string { return "left out: " + e.why }

func asLeftOut(err error, out **leftOutError) bool { return errors.As(err, out) }

// Child runs the case that the environment names, writes its report and ends the
// program; without one it does nothing. A program that runs cases calls it first.
func Child() {
	name := os.Getenv(caseEnv)
	if name == "" {
		return
	}
	if err := child(name); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func child(name string) error {
	c, ok := Find(name)
	if !ok {
		return fmt.Errorf("there is no case %q", name)
	}
	for _, line := range c.Namespace {
		words := strings.Fields(line)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", line, err, out)
		}
	}
	b, err := Inject(c)
	if err != nil {
		return err
	}
	defer b.Close()
	r, err := b.Diagnose(context.Background())
	if err != nil {
		return err
	}
	return report.WriteJSON(os.Stdout, r)
}
