package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// progress shows a run while it goes on, on standard error.
type progress interface {
	event(suite.Event)
	stop() // takes away what stands on the screen for the moment
}

// newProgress draws a live list on a terminal, and writes one plain line per
// finished check everywhere else.
func newProgress(s Streams, paint painter) progress {
	if s.ErrTerminal {
		return newLive(s.Err, s.Width, paint)
	}
	return plain{s.Err, paint}
}

// plain is for logs and pipes: what is written stays.
type plain struct {
	w     io.Writer
	paint painter
}

func (p plain) event(e suite.Event) {
	switch e.Kind {
	case suite.EventFinished:
		fmt.Fprintln(p.w, finishedLine(e, p.paint))
	case suite.EventVerdict:
		fmt.Fprintf(p.w, "so far: %s\n", printable(e.Verdict.Headline))
	}
}

func (p plain) stop() {}

// finishedLine is one check in one line: outcome, id, and what it says.
func finishedLine(e suite.Event, paint painter) string {
	c := e.Check
	said := c.Summary
	if c.Status == report.Skip {
		said = c.SkippedBecause
	}
	line := fmt.Sprintf("[%*d/%d] %s  %-24s %s", len(fmt.Sprint(e.Total)), e.Done, e.Total, paint.status(c.Status), c.ID, printable(said))
	if c.Duration != nil {
		line += fmt.Sprintf(" (%s)", shortTime(c.Duration.Duration()))
	}
	return strings.TrimRight(line, " ")
}

// shortTime is a duration for people: whole milliseconds below a second.
func shortTime(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// liveTick is how often the seconds of the running checks move.
const liveTick = time.Second

// maxRunning is how many running checks are listed: more would not fit into a
// small window, and a line that scrolled away cannot be drawn over.
const maxRunning = 8

// live keeps the running checks in the last lines of a terminal and lets the
// finished ones scroll up.
type live struct {
	w     io.Writer
	width func() int
	paint painter
	done  chan struct{}
	ended sync.WaitGroup

	mu      sync.Mutex // the ticker draws too
	running []runningCheck
	drawn   int // lines of the running list on the screen
}

type runningCheck struct {
	id, title string
	since     time.Time
}

func newLive(w io.Writer, width func() int, paint painter) *live {
	l := &live{w: w, width: width, paint: paint, done: make(chan struct{})}
	l.ended.Go(l.tick)
	return l
}

func (l *live) tick() {
	ticker := time.NewTicker(liveTick)
	defer ticker.Stop()
	for {
		select {
		case <-l.done:
			return
		case <-ticker.C:
			l.mu.Lock()
			l.draw("")
			l.mu.Unlock()
		}
	}
}

func (l *live) event(e suite.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e.Kind {
	case suite.EventStarted:
		l.running = append(l.running, runningCheck{e.Check.ID, e.Check.Title, time.Now()})
		l.draw("")
	case suite.EventFinished:
		for i, r := range l.running {
			if r.id == e.Check.ID {
				l.running = append(l.running[:i], l.running[i+1:]...)
				break
			}
		}
		l.draw(finishedLine(e, l.paint))
	case suite.EventVerdict:
		l.draw("so far: " + printable(e.Verdict.Headline))
	}
}

func (l *live) stop() {
	close(l.done)
	l.ended.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running = nil
	l.draw("")
}

// draw replaces the running list, below one more finished line if there is one.
// It is one write, so that the screen does not flicker.
func (l *live) draw(finished string) {
	var b strings.Builder
	if l.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", l.drawn)
	}
	b.WriteString("\r\x1b[J")
	if finished != "" {
		b.WriteString(finished + "\n")
	}
	shown := l.running[:min(len(l.running), maxRunning)]
	for _, r := range shown {
		line := fmt.Sprintf("  … %s (%s)", r.title, shortTime(time.Since(r.since).Truncate(liveTick)))
		b.WriteString(cut(line, l.width()) + "\n")
	}
	l.drawn = len(shown)
	io.WriteString(l.w, b.String())
}

// cut keeps a line from wrapping, which would break the counting of lines.
func cut(line string, width int) string {
	runes := []rune(line)
	if width < 2 || len(runes) < width {
		return line
	}
	return string(runes[:width-2]) + "…"
}
