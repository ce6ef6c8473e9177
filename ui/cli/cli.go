// Package cli is the command line: cobra commands, viper configuration, exit
// codes and terminal output. It parses what a person typed, hands it to diag
// and shows what comes back; it judges nothing itself.
//
// The rules of its output, from docs/contracts.md: the report alone goes to
// standard output; progress, questions and errors go to standard error. An
// error is one lower-case sentence that names the thing, followed by "hint:"
// lines that name the next step.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"

	"golang.org/x/term"
)

// Streams is the terminal a command talks to.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer

	InTerminal  bool // In is a keyboard: a question may be asked
	OutTerminal bool // Out is a screen: colour may be used
	ErrTerminal bool // Err is a screen: progress may be drawn over itself

	Width func() int // columns of the screen, 0 when not known
}

// System returns the streams of this process.
func System() Streams {
	return Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Width:       screenWidth,
	}
}

func screenWidth() int {
	for _, f := range []*os.File{os.Stderr, os.Stdout} {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return width
		}
	}
	return 0
}

// Main runs one command line (without the program's name), prints its error
// if there is one, and returns the exit code. Ctrl-C stops the run once and
// lets it write what it has; a second one ends the process at once.
func Main(args []string, s Streams) (code ExitCode) {
	defer func() {
		if fault := recover(); fault != nil {
			printError(s.Err, fmt.Errorf("internal error: %v", fault))
			s.Err.Write(debug.Stack())
			code = ExitInternal
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, args, s)
}

// run is Main for a context that the caller may cancel, as Ctrl-C does.
func run(ctx context.Context, args []string, s Streams) ExitCode {
	cmd := newRoot(s)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err != nil {
		printError(s.Err, err)
	}
	return codeOf(err)
}
