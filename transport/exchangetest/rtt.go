package exchangetest

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// maxInFlight bounds what one direction of a delayed connection holds, as the
// buffers of a real path do. 1 MiB is the largest MAPI body many times over.
const maxInFlight = 1 << 20

// delayed is a connection whose bytes travel RTT/2 in each direction. A new one
// costs a client one RTT before its first byte can arrive; the kernel completes
// that handshake at once, so the first flight is held back by as much instead.
type delayed struct {
	net.Conn
	half    time.Duration
	in, out *flight
	ctx     context.Context
}

// delayConn puts c behind a path with the given round-trip time. Its two
// goroutines are counted in wg and end when the connection is closed or ctx ends.
func delayConn(ctx context.Context, wg *sync.WaitGroup, c net.Conn, rtt time.Duration) net.Conn {
	d := &delayed{Conn: c, half: rtt / 2, in: newFlight(), out: newFlight(), ctx: ctx}
	wg.Go(d.receive)
	wg.Go(d.send)
	return d
}

func (d *delayed) receive() {
	for first := true; ; {
		buf := make([]byte, 16<<10)
		n, err := d.Conn.Read(buf)
		first = first && !d.out.used() // asked now: what we answered came before what was just read
		due := time.Now().Add(d.half)
		if first {
			due = due.Add(2 * d.half) // the handshake of TCP
		}
		if n > 0 && d.in.put(buf[:n], due, d.ctx.Done()) != nil {
			return
		}
		if err != nil {
			d.in.end(err, due)
			return
		}
	}
}

func (d *delayed) send() {
	defer d.Conn.Close()
	buf := make([]byte, 16<<10)
	for {
		n, err := d.out.get(buf, d.ctx.Done())
		if err != nil {
			return
		}
		if _, err := d.Conn.Write(buf[:n]); err != nil {
			d.out.end(err, time.Time{})
			d.in.end(err, time.Time{})
			return
		}
	}
}

func (d *delayed) Read(p []byte) (int, error) { return d.in.get(p, d.ctx.Done()) }

func (d *delayed) Write(p []byte) (int, error) {
	if err := d.out.put(append([]byte(nil), p...), time.Now().Add(d.half), d.ctx.Done()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close lets what is on its way arrive, then closes. A peer that does not read
// any more is given a second.
func (d *delayed) Close() error {
	d.in.end(net.ErrClosed, time.Time{})
	d.out.end(io.EOF, time.Now().Add(d.half))
	return d.Conn.SetWriteDeadline(time.Now().Add(d.half + time.Second))
}

func (d *delayed) SetDeadline(t time.Time) error {
	d.in.deadline(t)
	d.out.deadline(t)
	return nil
}

func (d *delayed) SetReadDeadline(t time.Time) error {
	d.in.deadline(t)
	return nil
}

func (d *delayed) SetWriteDeadline(t time.Time) error {
	d.out.deadline(t)
	return nil
}

// flight is one direction: pieces in order, each with the time at which it is
// there.
type flight struct {
	mu       sync.Mutex
	pieces   []piece
	size     int
	err      error // what follows the last piece
	errDue   time.Time
	limit    time.Time     // deadline of the side that waits
	changed  chan struct{} // closed and replaced at each change
	everUsed bool
}

type piece struct {
	data []byte
	due  time.Time
}

var errPathClosed = errors.New("the path is closed")

func newFlight() *flight { return &flight{changed: make(chan struct{})} }

func (f *flight) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *flight) used() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.everUsed
}

func (f *flight) deadline(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limit = t
	f.wake()
}

// end says that nothing follows but err, from due on. The first end counts,
// except that a closed connection answers at once.
func (f *flight) end(err error, due time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil || due.IsZero() {
		f.err, f.errDue = err, due
	}
	f.wake()
}

// put appends data; it waits while too much is on its way.
func (f *flight) put(data []byte, due time.Time, done <-chan struct{}) error {
	for {
		f.mu.Lock()
		switch {
		case f.err != nil:
			f.mu.Unlock()
			return errPathClosed
		case f.size < maxInFlight:
			f.pieces = append(f.pieces, piece{data, due})
			f.size += len(data)
			f.everUsed = true
			f.wake()
			f.mu.Unlock()
			return nil
		}
		err := f.wait(f.limit, time.Time{}, done) // unlocks
		if err != nil {
			return err
		}
	}
}

// get takes what has arrived, waiting for it.
func (f *flight) get(p []byte, done <-chan struct{}) (int, error) {
	for {
		f.mu.Lock()
		now := time.Now()
		if !f.limit.IsZero() && !now.Before(f.limit) {
			f.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		}
		var due time.Time
		switch {
		case f.err != nil && f.errDue.IsZero():
			f.mu.Unlock()
			return 0, f.err
		case len(f.pieces) > 0 && !now.Before(f.pieces[0].due):
			n := f.take(p)
			f.mu.Unlock()
			return n, nil
		case len(f.pieces) > 0:
			due = f.pieces[0].due
		case f.err != nil && !now.Before(f.errDue):
			f.mu.Unlock()
			return 0, f.err
		case f.err != nil:
			due = f.errDue
		}
		if err := f.wait(f.limit, due, done); err != nil {
			return 0, err
		}
	}
}

func (f *flight) take(p []byte) int {
	first := &f.pieces[0]
	n := copy(p, first.data)
	if first.data = first.data[n:]; len(first.data) == 0 {
		f.pieces = f.pieces[1:]
	}
	f.size -= n
	f.wake()
	return n
}

// wait unlocks f and blocks until something changes, a time comes, or done. A
// zero time never comes.
func (f *flight) wait(limit, due time.Time, done <-chan struct{}) error {
	changed := f.changed
	f.mu.Unlock()
	if due.IsZero() || !limit.IsZero() && limit.Before(due) {
		due = limit
	}
	var alarm <-chan time.Time
	if !due.IsZero() {
		t := time.NewTimer(time.Until(due))
		defer t.Stop()
		alarm = t.C
	}
	select {
	case <-changed:
		return nil
	case <-alarm:
		return nil
	case <-done:
		return net.ErrClosed
	}
}
