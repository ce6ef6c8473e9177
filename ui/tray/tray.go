package tray

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	locale "github.com/jeandeaual/go-locale"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

var (
	// ErrNotBuilt is a build without the libraries of the desktop.
	ErrNotBuilt = errors.New("this build of mapiscope has no tray icon: it was made for the command line alone")
	// ErrNoDisplay is a session without a screen, or with one that is gone.
	ErrNoDisplay = errors.New("there is no display to show an icon on")
	// ErrRunning is a second tray of the same user.
	ErrRunning = errors.New("the tray icon of this user is there already")
)

// Options say how the tray runs. Program alone is needed.
type Options struct {
	Program  string                                      // this program's file, for the agent and the window
	Args     []string                                    // flags that agent and window get too
	Socket   string                                      // of the agent; "" is the user's own
	Language string                                      // "auto" (or ""), "en", "de"
	Greet    bool                                        // a person started it: open the window when no account is set up
	OpenURL  func(ctx context.Context, url string) error // in the person's own browser
	Log      io.Writer                                   // sentences for whoever started it from a terminal
}

// beat is how often what is shown as an age ("2 min ago") is looked at anew.
const beat = 20 * time.Second

// Run shows the icon until Quit is chosen or ctx ends; Quit ends the window and
// the agent too, ctx does not. It must be called on the main goroutine. Errors:
// ErrNotBuilt, ErrNoDisplay, ErrRunning, and what keeps the lock from being taken.
func Run(ctx context.Context, o Options) error {
	lock, err := localapi.Lock(o.Socket, "tray.lock")
	if errors.Is(err, localapi.ErrHeld) {
		return ErrRunning
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	host, err := newHost()
	if err != nil {
		return err
	}
	client := localapi.NewClient(o.Socket)
	defer client.Close()
	newTray(ctx, o, host, client).run()
	return nil
}

// tray is the process.
type tray struct {
	o      Options
	ctx    context.Context
	cancel context.CancelFunc
	lang   Language
	host   Host
	ask    Agent
	agent  *process
	window *process
	bubble notifier

	mu      sync.Mutex // also the one door to the screen
	screen  screen
	seen    Seen
	noted   time.Time // when seen.Note goes
	notices Notices
	greeted bool
}

func newTray(ctx context.Context, o Options, host Host, agent Agent) *tray {
	dir := filepath.Dir(o.Socket)
	if o.Socket == "" {
		dir = filepath.Dir(localapi.SocketPath())
	}
	system, _ := locale.GetLocale() // unknown is English
	t := &tray{o: o, host: host, ask: agent, lang: LanguageOf(o.Language, system), bubble: silent{}, greeted: !o.Greet,
		agent:  &process{program: o.Program, args: append([]string{"agent"}, o.Args...), log: filepath.Join(dir, "agent.log")},
		window: &process{program: o.Program, args: append([]string{"window"}, o.Args...), log: filepath.Join(dir, "window.log")},
		screen: screen{host: host},
	}
	t.ctx, t.cancel = context.WithCancel(ctx)
	return t
}

func (t *tray) run() {
	defer t.cancel()
	var ended sync.WaitGroup
	t.screen.last = View(t.seen, time.Now(), t.lang)
	ready := func() {
		ended.Go(func() { follow(t.ctx, t.ask, t.agent.keep, t.show) })
		ended.Go(t.tick)
		go t.settle()
	}
	stop := context.AfterFunc(t.ctx, t.host.Quit)
	t.host.Run(t.screen.last, ready, func(row int) { go t.click(row) })
	stop()
	t.cancel()
	ended.Wait()
}

// settle does what the icon need not wait for: the connection to the notification
// daemon, and a look at whether the desktop has a place for the icon at all.
func (t *tray) settle() {
	bubble := newNotifier(t.open)
	context.AfterFunc(t.ctx, bubble.close)
	t.mu.Lock()
	t.bubble = bubble
	t.mu.Unlock()
	debug.FreeOSMemory() // what starting took: from now on there is little to do
	if !t.placed() && t.ctx.Err() == nil {
		t.say(t.lang.words().noPlace)
		t.open()
	}
}

// placeTime is what a bar may take to come up after we did, at sign-in.
const placeTime = 4 * time.Second

func (t *tray) placed() bool {
	limit := time.After(placeTime)
	for {
		if t.host.Place() {
			return true
		}
		select {
		case <-limit:
			return false
		case <-t.ctx.Done():
			return false
		case <-time.After(placeTime / 8):
		}
	}
}

func (t *tray) tick() {
	again := time.NewTicker(beat)
	defer again.Stop()
	for {
		select {
		case <-t.ctx.Done():
			return
		case <-again.C:
			t.mu.Lock()
			t.draw()
			t.mu.Unlock()
		}
	}
}

// show takes what the agent said, or why it does not answer.
func (t *tray) show(s *monitor.Snapshot, err error) {
	t.mu.Lock()
	t.seen.Snapshot, t.seen.Gone = s, ""
	if s == nil {
		t.seen.Gone = t.gone(err)
	}
	t.draw()
	var said Notice
	var worth bool
	greet := false
	if s != nil {
		said, worth = t.notices.Next(s, time.Now(), t.lang)
		greet = !t.greeted && s.State == monitor.StateNoAccount
		t.greeted = true
	}
	bubble := t.bubble
	t.mu.Unlock()
	if worth {
		go bubble.notify(said)
	}
	if greet {
		t.open()
	}
}

// gone says why there is no agent: what the one that we started said at its end.
// It is "" while one is on its way.
func (t *tray) gone(err error) string {
	if said := t.agent.trouble(); said != "" {
		return said
	}
	if errors.Is(err, localapi.ErrNoAgent) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ""
	}
	return err.Error()
}

func (t *tray) draw() {
	now := time.Now()
	if t.seen.Note != "" && now.After(t.noted) {
		t.seen.Note = ""
	}
	t.screen.show(View(t.seen, now, t.lang))
}

// noteTime is how long the first row of the menu keeps what was done.
const noteTime = 30 * time.Second

// say tells the person something that is no state: as a notification, in the first
// row of the menu, and to a terminal.
func (t *tray) say(text string) {
	fmt.Fprintln(t.o.Log, "mapiscope: "+text)
	t.mu.Lock()
	t.seen.Note, t.noted = text, time.Now().Add(noteTime)
	t.draw()
	bubble := t.bubble
	t.mu.Unlock()
	bubble.notify(Notice{Title: "Mapiscope", Body: text})
}

func (t *tray) snapshot() *monitor.Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen.Snapshot
}

// OpenWindow opens the window, for a tray that is there already.
func OpenWindow(o Options) error {
	p := &process{program: o.Program, args: append([]string{"window"}, o.Args...), log: os.DevNull}
	return p.open(nil)
}
