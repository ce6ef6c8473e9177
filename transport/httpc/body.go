package httpc

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

var errBodyClosed = errors.New("the body was closed")

// body streams an answer. It owns the connection until the answer has ended.
type body struct {
	client *Client
	conn   *conn
	inner  io.ReadCloser
	ctx    context.Context
	stop   func() bool // ends the watch over ctx; nil when there is none
	record *Exchange
	host   string
	keep   bool // the connection may serve another request
	pooled bool // it then goes to the pool; else to whoever drains

	reading sync.Mutex // held while a Read is under way
	ended   sync.Mutex // guards over, and that conn is ours while it is false
	over    bool
	closed  bool
	err     error // what further reads give
	once    sync.Once
}

// Read gives what has come; it waits for the next bytes no longer than the idle limit.
func (b *body) Read(p []byte) (int, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.inner.Read(p)
	switch {
	case err == io.EOF:
		b.err = io.EOF
		b.finish(b.keep)
	case err != nil:
		b.err = b.fail(netpath.NewError(netpath.PhaseBody, b.host, b.record.Remote, &sendError{true, b.conn.readable(err)}))
		err = b.err
	}
	return n, err
}

// Close ends the answer at once. The connection is kept when all of the answer
// has come.
func (b *body) Close() error {
	if !b.reading.TryLock() {
		b.interrupt()
		b.reading.Lock()
	}
	defer b.reading.Unlock()
	if b.err == nil {
		b.err = netpath.NewError(netpath.PhaseBody, b.host, b.record.Remote, errBodyClosed)
		b.finish(b.keep && b.restIsHere())
	}
	b.once.Do(func() { b.client.done(b.record) })
	return nil
}

// interrupt wakes the Read that is waiting, if the connection is still ours.
func (b *body) interrupt() {
	b.ended.Lock()
	defer b.ended.Unlock()
	b.closed = true
	if !b.over {
		b.conn.abort()
	}
}

// restIsHere reads what has arrived already, without waiting for more, and says
// whether the answer ends there. Readers of a framed body often stop at its own
// end, just before the last chunk.
func (b *body) restIsHere() bool {
	b.conn.headerLeft = 0 // every read of the network fails now
	defer func() { b.conn.headerLeft = -1 }()
	var scrap [512]byte
	for total := 0; total <= drainBound; {
		n, err := b.inner.Read(scrap[:])
		if err != nil {
			return err == io.EOF
		}
		total += n
	}
	return false
}

// fail gives up the connection and puts the reason into err: the context's, or
// that the body was closed, before that of the network.
func (b *body) fail(err error) error {
	b.finish(false)
	var e *netpath.Error
	if errors.As(err, &e) {
		var s *sendError
		if reason := b.reason(); reason != nil && errors.As(err, &s) {
			s.err = errors.Join(reason, s.err)
			e.Kind = netpath.Classify(reason)
		}
		if e.Kind == netpath.KindOther {
			e.Kind = kindOf(e.Err)
		}
	}
	b.record.Err = err
	return err
}

func (b *body) reason() error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	b.ended.Lock()
	defer b.ended.Unlock()
	if b.closed {
		return errors.Join(context.Canceled, errBodyClosed)
	}
	return nil
}

func kindOf(err error) netpath.Kind {
	switch {
	case errors.Is(err, errHeaderTooLarge):
		return netpath.KindTooLarge
	case errors.As(err, new(*malformed)):
		return netpath.KindMalformed
	}
	return netpath.KindOther
}

// finish hands the connection on or closes it; once.
func (b *body) finish(keep bool) {
	b.ended.Lock()
	defer b.ended.Unlock()
	if b.over {
		return
	}
	b.over = true
	b.record.Total = time.Since(b.record.Started)
	b.record.BytesIn, b.record.BytesOut = b.conn.in, b.conn.out.Load()
	if b.stop != nil && !b.stop() {
		keep = false // ctx ended: abort runs or ran
	}
	b.keep = keep && b.conn.usable()
	switch {
	case !b.keep:
		b.conn.close()
	case b.pooled:
		b.client.pool.put(b.conn)
	}
}

// drainTo reads an answer nobody wants and keeps its connection in the pool.
func (b *body) drainTo(p *pool) {
	if b.drain() {
		p.put(b.conn)
	}
}

// drain reads an answer nobody wants to its end and says whether its connection
// can be used again; if so it is the caller's.
func (b *body) drain() bool {
	io.CopyN(io.Discard, b, drainBound)
	b.Close()
	return b.keep
}
