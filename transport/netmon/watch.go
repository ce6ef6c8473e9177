package netmon

import (
	"context"
	"slices"
	"time"
)

const (
	// QuietTime is how long no event may come before states are compared: a
	// network comes up in a burst of link, address, route and DNS server.
	QuietTime = 250 * time.Millisecond
	// maxQuiet ends the wait although events keep coming, as with a loose cable.
	maxQuiet = 2 * time.Second
	// SleepDelay is how long sleep waits for Change.Done: less than the 5 s after
	// which logind no longer waits (InhibitDelayMaxSec).
	SleepDelay = 4 * time.Second
)

// Options of Watch; the zero value watches this computer.
type Options struct {
	// Wall is the wall clock, for tests; nil is the system's.
	Wall func() time.Time
	// Missing is called for a source of events that should be there and is not.
	// What it would have told is then looked for with the clock. It may be called
	// from any goroutine. A message bus that does not exist is no such case.
	Missing func(error)
	// Awake tells of what wakes this process anyway. The clock is looked at then, so
	// that no timer of its own has to wake it as long as that goes on.
	Awake <-chan struct{}

	source source // nil is the operating system
}

// source is what an operating system tells; one per os_*.go.
type source interface {
	// read fetches the whole state.
	read() (State, error)
	// listen starts to tell of events until ctx ends, and says which kinds it
	// will hear. It does not block.
	listen(ctx context.Context, tell func(event), missing func(error)) (network, sleep bool)
}

// event is something that the system said.
type event struct {
	kind  eventKind
	ready func() // with sleeping: the system may go on; nil when it does not wait
}

type eventKind int

const (
	networkEvent eventKind = iota // something may be different: look
	sleeping
	waking
	networkDeaf // no more network events will come
	sleepDeaf   // no more sleep events will come
)

// Watch tells every change until ctx ends, then closes the channel. A reader
// that is slow loses no reason: what happened meanwhile comes as one Change with
// the newest state; of slept and woke the newer one stands. The error says that
// the state of the network cannot be read.
func Watch(ctx context.Context, o Options) (<-chan Change, error) {
	if o.source == nil {
		o.source = system()
	}
	if o.Missing == nil {
		o.Missing = func(error) {}
	}
	w := &watcher{source: o.source, awake: o.Awake, clock: newClock(o.Wall), events: make(chan event, 8), out: make(chan Change)}
	tell := func(e event) {
		select {
		case w.events <- e:
		case <-ctx.Done():
		}
	}
	// Listening starts before the first read, so that nothing falls in between.
	w.hearsNetwork, w.hearsSleep = o.source.listen(ctx, tell, o.Missing)
	state, err := o.source.read()
	if err != nil {
		return nil, err
	}
	w.state = state
	go w.run(ctx)
	return w.out, nil
}

// Read is the state as it is now.
func Read() (State, error) { return system().read() }

type watcher struct {
	source                   source
	clock                    *clock
	awake                    <-chan struct{}
	events                   chan event
	out                      chan Change
	state                    State
	pending                  Change // not yet taken by the reader
	hearsNetwork, hearsSleep bool
	asleepSince              time.Time // wall clock; zero: awake
	busySince                time.Time // first event of the burst that is going on
	quiet                    <-chan time.Time
	period                   time.Duration // until the next look at the clock
}

func (w *watcher) run(ctx context.Context) {
	defer close(w.out)
	w.period = w.every()
	look := time.NewTimer(w.period)
	defer look.Stop()
	for {
		out := w.out
		if len(w.pending.Reasons) == 0 {
			out = nil
		}
		select {
		case <-ctx.Done():
			return
		case out <- w.pending:
			w.pending = Change{}
		case e := <-w.events:
			w.hear(e)
		case <-w.quiet:
			w.quiet, w.busySince = nil, time.Time{}
			w.compare()
		case <-look.C:
			w.look(look)
		case <-w.awake:
			w.look(look)
		}
	}
}

// look looks at the clock, and sets the timer for the next time.
func (w *watcher) look(next *time.Timer) {
	w.lookAtClock()
	w.period = w.every()
	next.Reset(w.period)
}

// every is the time between two looks at the clock.
func (w *watcher) every() time.Duration {
	if w.hearsSleep && w.hearsNetwork {
		return clockEveryTold
	}
	return clockEvery
}

func (w *watcher) hear(e event) {
	switch e.kind {
	case networkEvent:
		w.settle()
	case sleeping:
		w.asleepSince = w.clock.wall().Round(0)
		w.pending.ready = e.ready
		w.add(ReasonSlept)
	case waking:
		w.wake()
	case networkDeaf:
		w.hearsNetwork = false
	case sleepDeaf:
		w.hearsSleep = false
	}
}

// settle waits for the end of a burst of events.
func (w *watcher) settle() {
	now := time.Now()
	if w.busySince.IsZero() {
		w.busySince = now
	}
	w.quiet = time.After(min(QuietTime, max(0, maxQuiet-now.Sub(w.busySince))))
}

// wake is told by the system or seen on the clock, whichever comes first.
func (w *watcher) wake() {
	if w.asleepSince.IsZero() {
		return
	}
	w.pending.Away = w.clock.wall().Round(0).Sub(w.asleepSince)
	w.asleepSince = time.Time{}
	w.clock = newClock(w.clock.wall) // its jump is explained
	w.compare()                      // what changed meanwhile may come without an event
	w.add(ReasonWoke)
}

func (w *watcher) lookAtClock() {
	away, jumped := w.clock.look(w.period)
	switch {
	case jumped && !w.asleepSince.IsZero():
		w.wake()
	case jumped:
		w.pending.Away += away
		w.compare()
		w.add(ReasonClockJump)
	case !w.hearsNetwork:
		w.compare()
	}
}

// compare reads the whole state and names what is different. A state that cannot
// be read just now is not a change.
func (w *watcher) compare() {
	now, err := w.source.read()
	if err != nil {
		return
	}
	reasons := compare(w.state, now)
	w.state = now
	w.add(reasons...)
}

// add puts reasons to what the reader will get next.
func (w *watcher) add(reasons ...Reason) {
	p := &w.pending
	for _, r := range reasons {
		switch r { // both at once would not say which came last
		case ReasonSlept:
			p.drop(ReasonWoke)
		case ReasonWoke:
			p.drop(ReasonSlept)
		}
		if !p.Has(r) {
			p.Reasons = append(p.Reasons, r)
		}
	}
	slices.Sort(p.Reasons)
	p.At, p.State = w.clock.wall(), w.state
}

func (c *Change) drop(r Reason) {
	c.Reasons = slices.DeleteFunc(c.Reasons, func(have Reason) bool { return have == r })
}
