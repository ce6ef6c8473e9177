package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/mapiscope/mapiscope/diag/guide"
)

// stop is the answer that ends a guided run; every step takes it.
const stop = "stop"

// keys reads answers: single keys on a terminal, lines everywhere else.
type keys struct {
	s     Streams
	lines *bufio.Reader
	held  []byte // keys that were typed ahead
}

func newKeys(s Streams) *keys {
	k := &keys{s: s}
	if !s.InTerminal {
		k.lines = bufio.NewReader(io.LimitReader(s.In, 1<<20))
	}
	return k
}

// answer waits for one of the choices and gives its ID, or stop. Enter takes
// fallback, where that is not "".
func (k *keys) answer(ctx context.Context, choices []guide.Choice, fallback string) (string, error) {
	for {
		typed, err := k.read(ctx)
		if err != nil {
			return "", err
		}
		if id := match(typed, choices, fallback); id != "" {
			return id, nil
		}
		var known []string
		for _, c := range choices {
			known = append(known, c.Key)
		}
		fmt.Fprintf(k.s.Out, "\n  %stype %s, or q to stop\n: ", noneOf(typed), strings.Join(known, ", "))
	}
}

func noneOf(typed string) string {
	if typed = strings.TrimSpace(printable(typed)); typed == "" || typed == "\uFFFD" {
		return ""
	}
	return fmt.Sprintf("%q is none of the answers; ", typed)
}

func match(typed string, choices []guide.Choice, fallback string) string {
	switch typed = strings.ToLower(strings.TrimSpace(typed)); typed {
	case "":
		return fallback
	case "q", "quit", stop:
		return stop
	}
	for n, c := range choices {
		if typed == c.Key || typed == c.ID || typed == strconv.Itoa(n+1) {
			return c.ID
		}
	}
	for _, c := range choices { // a whole word of somebody who types lines
		if len(typed) > 1 && strings.HasPrefix(strings.ToLower(c.Text), typed) {
			return c.ID
		}
	}
	return ""
}

// read waits for one key or one line. What a terminal sends for Ctrl-C ends the
// run as the signal does, and the end of the input stops the walk.
func (k *keys) read(ctx context.Context) (string, error) {
	if k.lines != nil {
		return within(ctx, func() (string, error) {
			line, err := k.lines.ReadString('\n')
			if err != nil && strings.TrimSpace(line) == "" {
				return stop, nil
			}
			return line, nil
		})
	}
	for len(k.held) == 0 {
		got, err := k.raw(ctx)
		if err != nil {
			return "", err
		}
		k.held = withoutSequences(got)
	}
	key := k.held[0]
	k.held = k.held[1:]
	switch key {
	case 0x03:
		return "", errInterrupted
	case 0x04:
		return stop, nil
	case '\r', '\n':
		return "", nil
	}
	return string(rune(key)), nil
}

// withoutSequences leaves out what arrows and function keys send: ESC, [ or O, and
// all up to a byte that ends it (ECMA-48 5.4).
func withoutSequences(typed []byte) (keys []byte) {
	for i := 0; i < len(typed); i++ {
		if typed[i] != 0x1b {
			keys = append(keys, typed[i])
			continue
		}
		if i+1 < len(typed) && (typed[i+1] == '[' || typed[i+1] == 'O') {
			for i += 2; i < len(typed) && (typed[i] < 0x40 || typed[i] > 0x7e); i++ {
			}
		}
	}
	return keys
}

// raw reads what the next key sends, without waiting for Enter.
func (k *keys) raw(ctx context.Context) ([]byte, error) {
	if file, ok := k.s.In.(*os.File); ok {
		was, err := term.MakeRaw(int(file.Fd()))
		if err != nil {
			return nil, fmt.Errorf("cannot read single keys from the terminal: %w", err)
		}
		defer term.Restore(int(file.Fd()), was)
	}
	return within(ctx, func() ([]byte, error) {
		buffer := make([]byte, 16)
		n, err := k.s.In.Read(buffer)
		if n == 0 && err != nil {
			return []byte{0x04}, nil
		}
		return buffer[:n], nil
	})
}

// within is read, unless ctx ends first; then the goroutine waits for a key that
// nobody needs, and the process ends.
func within[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := read()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, errInterrupted
	}
}
