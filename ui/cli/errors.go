package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// usageError is what a person did wrong at the command line or in the
// configuration: one sentence that names the thing, and the next steps.
type usageError struct {
	sentence string
	hints    []string
}

// Error returns the sentence alone; the hints are printed under it.
func (e *usageError) Error() string { return e.sentence }

// usagef makes a usageError without a hint; add one with hint.
func usagef(format string, args ...any) *usageError {
	return &usageError{sentence: fmt.Sprintf(format, args...)}
}

// hint adds a next step and returns the same error, so that calls chain.
func (e *usageError) hint(format string, args ...any) *usageError {
	e.hints = append(e.hints, fmt.Sprintf(format, args...))
	return e
}

// printError writes "mapiscope: sentence" and one "hint: …" line per next step.
func printError(w io.Writer, err error) {
	if errors.Is(err, errVerdict) {
		return
	}
	fmt.Fprintf(w, "mapiscope: %s\n", err)
	var usage *usageError
	if errors.As(err, &usage) {
		for _, h := range usage.hints {
			fmt.Fprintf(w, "hint: %s\n", h)
		}
		return
	}
	if codeOf(err) == ExitInternal {
		fmt.Fprintln(w, "hint: this is a fault of mapiscope itself; please report it with the command you ran")
	}
}

// reason is what the system said about a file, without the path: our sentences
// name the file themselves.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
