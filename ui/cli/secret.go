package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/zalando/go-keyring"
	"golang.org/x/term"
)

// keyringService is the name under which the system's keyring holds the
// passwords of mapiscope, one per sign-in name.
const keyringService = "mapiscope"

// keyringLimit bounds the question to the keyring: a locked one opens a window
// and waits, and a machine without one must not be held up.
const keyringLimit = 2 * time.Second

// maxPassword bounds what is read as a password; Windows allows 256 characters.
const maxPassword = 4096

// findPassword looks for the password of user: standard input when that was
// asked for, then the environment, the keyring, and last the person at the
// terminal. "" means that there is none: the run then shows what can be seen
// without signing in.
func findPassword(ctx context.Context, s Streams, user string, fromStdin bool) (string, error) {
	if fromStdin {
		return readPassword(s.In)
	}
	if password := os.Getenv(envPassword); password != "" {
		os.Unsetenv(envPassword) // no child process needs it
		return password, nil
	}
	if password := askKeyring(ctx, user); password != "" {
		return password, nil
	}
	if s.InTerminal && s.ErrTerminal {
		return prompt(s, user)
	}
	return "", nil
}

// readPassword reads one line; the line end is not part of the password.
func readPassword(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxPassword+2)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", usagef("cannot read the password from standard input: %v", err)
	}
	password := strings.TrimRight(line, "\r\n")
	switch {
	case password == "":
		return "", usagef("--password-stdin: standard input holds no password").
			hint("pass it as one line, for example: pass show mail | mapiscope check ADDRESS --password-stdin")
	case len(password) > maxPassword:
		return "", usagef("--password-stdin: the line is longer than %d bytes", maxPassword)
	}
	return password, nil
}

// askKeyring is silent when there is no keyring or no entry: having neither is
// normal.
func askKeyring(ctx context.Context, user string) string {
	ctx, cancel := context.WithTimeout(ctx, keyringLimit)
	defer cancel()
	answer := make(chan string, 1) // buffered: the keyring may answer after we left
	go func() {
		password, _ := keyring.Get(keyringService, user)
		answer <- password
	}()
	select {
	case password := <-answer:
		return password
	case <-ctx.Done():
		return ""
	}
}

// prompt asks the person at the terminal, without echo. An empty answer is
// "no password".
func prompt(s Streams, user string) (string, error) {
	return promptFor(s, fmt.Sprintf("Password for %s (empty: do not sign in): ", user))
}

// promptFor is prompt with other words.
func promptFor(s Streams, words string) (string, error) {
	file, ok := s.In.(*os.File)
	if !ok {
		return "", nil
	}
	fmt.Fprint(s.Err, words)
	password, err := term.ReadPassword(int(file.Fd()))
	fmt.Fprintln(s.Err)
	if err != nil {
		return "", usagef("cannot read the password from the terminal: %v", err).
			hint("pass it with --password-stdin or %s", envPassword)
	}
	return string(password), nil
}
