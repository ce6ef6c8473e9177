// Recording runs "mapiscope demo … --guide" with a scripted user and writes what a
// terminal shows of it: DIR/guide.cast for asciinema (version 2 of its format), and
// DIR/guide.svg, a picture of every moment in which the user is asked. The program
// and the Exchange behind it are the real ones; only the time that the user takes
// to read and type is made up.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/mapiscope/mapiscope/ui/cli"
)

// The size of the terminal.
const (
	columns = 104
	rows    = 32
)

// command is what is recorded: three faults at once, mended one after the other.
var command = []string{"demo", "bad-credentials,server-mapihttp-disabled,client-mapihttp-disabled", "--guide", "--role", "admin"}

// keys are what the user types, one for each question.
var keys = []string{
	"n", "y", "n", "\r", // webmail refuses it too, it was changed, no lock: take the new password
	"y", "\r", "\r", "\r", // everybody has it: look twice, switch it on
	"n", "\r", // no other computer: delete the value
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: recording DIR")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "recording:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	r := record(command, keys)
	if r.left() > 0 || r.code != cli.ExitOK {
		return fmt.Errorf("the walk ended with exit code %d and %d keys left:\n%s", r.code, r.left(), r.screen.text())
	}
	cast, err := r.cast()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "guide.cast"), cast, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "guide.svg"), drawSVG(r.frames), 0o644)
}
