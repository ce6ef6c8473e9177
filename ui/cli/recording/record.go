package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/ui/cli"
)

// How long the user takes.
const (
	reading = 3 * time.Second
	typing  = 40 * time.Millisecond // for each letter of the command
	flicker = 15 * time.Millisecond // what nobody sees as two
	moment  = 30 * time.Millisecond // from one output to the next, at most
)

// recorder is the terminal and the person before it.
type recorder struct {
	keys   []string
	clock  time.Duration // of the recording
	last   time.Time     // of the last output
	events []event
	screen *screen
	frames []*screen // what was to be seen when a key was wanted, and at the end
	code   cli.ExitCode
}

type event struct {
	at   time.Duration
	data string
}

func record(command, keys []string) *recorder {
	r := &recorder{keys: keys, last: time.Now(), screen: newScreen(columns, rows)}
	for _, letter := range "$ mapiscope " + strings.Join(command, " ") + "\n" {
		r.clock += typing
		r.show(string(letter))
	}
	r.code = cli.Main(command, cli.Streams{In: r, Out: r, Err: r, InTerminal: true, OutTerminal: true, ErrTerminal: true, Width: func() int { return columns }})
	r.frames = append(r.frames, r.screen.copy())
	r.clock += reading
	r.show("$ ")
	return r
}

func (r *recorder) left() int { return len(r.keys) }

// Write is what the program shows.
func (r *recorder) Write(p []byte) (int, error) {
	now := time.Now()
	r.clock += min(now.Sub(r.last), moment)
	r.last = now
	r.show(string(p))
	return len(p), nil
}

// show sends it to the screen as a terminal's driver does.
func (r *recorder) show(s string) {
	s = strings.ReplaceAll(s, "\n", "\r\n")
	r.screen.write(s)
	if n := len(r.events); n > 0 && r.clock-r.events[n-1].at < flicker {
		r.events[n-1].data += s
		return
	}
	r.events = append(r.events, event{r.clock, s})
}

// Read is the next key, after the person has read what is there.
func (r *recorder) Read(p []byte) (int, error) {
	if len(r.keys) == 0 {
		return 0, io.EOF
	}
	r.frames = append(r.frames, r.screen.copy())
	r.clock += reading
	r.last = time.Now()
	n := copy(p, r.keys[0])
	r.keys = r.keys[1:]
	return n, nil
}

// cast is the recording in asciinema's format.
func (r *recorder) cast() ([]byte, error) {
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(struct {
		Version int    `json:"version"`
		Width   int    `json:"width"`
		Height  int    `json:"height"`
		Title   string `json:"title"`
	}{2, columns, rows, "mapiscope guide: three causes, one after the other"}); err != nil {
		return nil, err
	}
	for _, e := range r.events {
		if err := lines.Encode([]any{e.at.Round(time.Millisecond).Seconds(), "o", e.data}); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}
