package monitor

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netmon"
)

const (
	// Patience is how long trouble lasts before it is shown as such: a server that
	// restarts an application pool, or Wi-Fi that roams, is back sooner.
	Patience = 10 * time.Second
	// FirstRetry and LastRetry bound the growing time between two attempts without
	// an event that would call for one. The last is what a server under repair
	// should bear from every client.
	FirstRetry = 2 * time.Second
	LastRetry  = 2 * time.Minute
	// OpenTime is the limit of opening a session, from Autodiscover to the
	// subscription: every phase of it can reach its own limit once.
	OpenTime = 60 * time.Second
	// GoodbyeTime is what the server gets to hear that we go.
	GoodbyeTime = 2 * time.Second
	// NewsTime is how long after the first sign of trouble a change of the network
	// is taken for its reason: events about a change need a moment to come to rest.
	NewsTime = 3 * time.Second
	// ShortWait is a NotificationWait that ended at once without an event. Another
	// one follows only after this time, or a broken server would be asked for ever.
	ShortWait = 5 * time.Second
)

// Config says what to watch. Options is needed, the rest has defaults.
type Config struct {
	Options diag.Options         // the account, and the way to its servers
	Agent   Agent                // shown in the snapshots
	Changes <-chan netmon.Change // nil: the network is never said to change
	Network *netmon.State        // as it is at the start; nil is not known
	Awake   chan<- struct{}      // told of each sign of life from the server, never waited for; may be nil
	History *History             // nil keeps none on disk
	Notice  string               // something odd to tell from the start
	Limits  mapihttp.Limits
	Now     func() time.Time // wall clock; nil is time.Now
}

// Monitor watches one account. Its methods are safe for concurrent use.
type Monitor struct {
	cfg    Config
	cell   *Cell[*Snapshot]
	open   func(context.Context) (link, error)
	oops   func(error) // after a failed open, before the next
	check  func(context.Context, diag.Options) (*report.Report, error)
	orders chan func()   // what the loop is to do
	done   chan struct{} // closed when the loop has ended

	loop // owned by the goroutine of Run
}

// New is a monitor for one account. It does no I/O. The error is a
// *diag.UsageError.
func New(cfg Config) (*Monitor, error) {
	in, err := cfg.Options.Input()
	if err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.History == nil {
		cfg.History = &History{}
	}
	if cfg.Agent.PID == 0 {
		cfg.Agent.PID, cfg.Agent.Started = os.Getpid(), report.At(cfg.Now())
	}
	o := &opener{in: in, limits: cfg.Limits, now: cfg.Now}
	m := newMonitor(cfg, o.open)
	m.oops = o.forgive
	return m, nil
}

func newMonitor(cfg Config, open func(context.Context) (link, error)) *Monitor {
	m := &Monitor{cfg: cfg, open: open, oops: func(error) {}, check: diag.Diagnose,
		orders: make(chan func()), done: make(chan struct{})}
	m.loop = loop{since: cfg.Now(), network: cfg.Network, notice: cfg.Notice, state: StateConnecting}
	first := m.snapshot()
	first.Seq, first.At = 1, report.At(cfg.Now())
	m.cell = NewCell(first)
	return m
}

// Snapshot is the newest state, and a channel that is closed when there is a
// newer one.
func (m *Monitor) Snapshot() (*Snapshot, <-chan struct{}) { return m.cell.Get() }

// Done is closed when Run has ended.
func (m *Monitor) Done() <-chan struct{} { return m.done }

// ErrEnded is an order to a monitor whose Run has ended.
var ErrEnded = errors.New("the agent is about to quit")

// ErrChecking is an order for checks while some are running.
var ErrChecking = errors.New("checks are running already")

// tell hands the loop something to do; it is dropped when the loop has ended.
func (m *Monitor) tell(do func()) error {
	select {
	case m.orders <- do:
		return nil
	case <-m.done:
		return ErrEnded
	}
}

// ask is tell for what answers.
func (m *Monitor) ask(do func() error) error {
	answer := make(chan error, 1)
	if err := m.tell(func() { answer <- do() }); err != nil {
		return err
	}
	return <-answer
}

// Pause drops the connections and keeps the session context until Resume, as the
// user wishes. It returns at once; the snapshots show what comes of it.
func (m *Monitor) Pause() error { return m.tell(func() { m.hold(CauseUser, nil) }) }

// Resume ends a Pause. Without one it proves the session anew, and tries again
// where trying was given up.
func (m *Monitor) Resume() error { return m.tell(m.resumeByUser) }

// Check runs checks; nil lists run all. It returns at once: ErrChecking when some
// are running.
func (m *Monitor) Check(only, skip []string) error {
	return m.ask(func() error { return m.startChecks("user", only, skip) })
}

// Report is the report of the last checks, with the outages; nil before the first.
func (m *Monitor) Report() (r *report.Report, err error) {
	err = m.ask(func() error {
		if m.report != nil {
			copied := *m.report
			copied.Outages = m.outages(KeptOutages)
			r = &copied
		}
		return nil
	})
	return r, err
}

// Run watches until ctx ends; then it says goodbye to the server. It is called
// once.
func (m *Monitor) Run(ctx context.Context) {
	work, stop := context.WithCancel(ctx)
	m.ctx = work
	changes := m.cfg.Changes
	m.connect()
	m.publish()
	for ctx.Err() == nil {
		select {
		case do := <-m.orders:
			do()
		case c, open := <-changes:
			if !open {
				changes = nil
				continue
			}
			m.changed(c)
		case <-ctx.Done():
		}
		m.publish()
	}
	stop()
	m.leave()
	close(m.done)
	m.jobs.Wait()
}
