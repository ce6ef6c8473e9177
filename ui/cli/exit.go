package cli

import (
	"context"
	"errors"
)

// ExitCode is what the process ends with. Scripts read it, so a meaning never
// changes; see docs/contracts.md.
type ExitCode int

// The exit codes of every command.
const (
	ExitOK          ExitCode = 0   // no check failed; warnings are allowed
	ExitFailed      ExitCode = 1   // at least one check failed
	ExitUsage       ExitCode = 2   // wrong usage or configuration
	ExitInternal    ExitCode = 3   // the program's own fault
	ExitInterrupted ExitCode = 130 // stopped by Ctrl-C; what was found is written
)

// errVerdict ends a run whose report says "fail". The report has said it all,
// so nothing more is printed.
var errVerdict = errors.New("at least one check failed")

// errInterrupted ends a run that the user stopped.
var errInterrupted = errors.New("interrupted: the report holds what was found so far")

// errStopped ends a guided run that was interrupted and had no file to write to.
var errStopped = errors.New("interrupted; --output FILE would have kept what was found")

// codeOf places an error in the table of exit codes. Whatever is not known to
// be the user's input is the program's own fault.
func codeOf(err error) ExitCode {
	var usage *usageError
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, errVerdict):
		return ExitFailed
	case errors.Is(err, errInterrupted), errors.Is(err, errStopped), errors.Is(err, context.Canceled):
		return ExitInterrupted
	case errors.As(err, &usage):
		return ExitUsage
	}
	return ExitInternal
}
