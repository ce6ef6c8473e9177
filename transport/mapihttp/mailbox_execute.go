package mapihttp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// maxRounds bounds how often one batch goes back to a server that says
// RopBufferTooSmall or RopBackoff: a batch of ours has at most a dozen answers.
const maxRounds = 16

// BackoffError is a server that wants to be left alone for longer than
// Limits.Backoff, or again and again (RopBackoff, MS-OXCROPS 2.2.15.2).
type BackoffError struct{ Duration time.Duration }

func (e *BackoffError) Error() string {
	return fmt.Sprintf("the server is busy and asks to wait %v", e.Duration)
}

// Execute runs operations in the session context, in order, and returns their
// answers in that order (RopRelease has none; answers are missing behind an
// error of an earlier rung). Slots in the requests point into one handle table
// that lives as long as the context: slot 0 holds the logon, FirstFreeSlot and up
// are the caller's. Where the server could not do all at once, the rest is sent
// again.
//
// An operation that was refused gives a *Failure of phase "rop" beside all
// answers.
func (m *Mailbox) Execute(ctx context.Context, reqs ...rop.Request) ([]rop.Response, error) {
	leave, err := m.e.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	var all []rop.Response
	left, backoffs := reqs, 0
	for range maxRounds {
		got, rest, err := m.round(ctx, left)
		all = append(all, got.answers...)
		if err != nil {
			return all, err
		}
		if got.backoff != nil {
			if backoffs++; backoffs > maxBackoffs {
				return all, m.busy(got)
			}
			if err := m.obeyBackoff(ctx, got, rest); err != nil {
				return all, err
			}
		} else if len(rest) == len(left) && len(left) > 0 {
			return all, got.failure(left[0].ID(), mapierr.BufferTooSmall)
		}
		if left = rest; len(left) == 0 {
			return all, got.firstRefused(all)
		}
	}
	return all, &Failure{Phase: netpath.PhaseROP, Op: "Execute", ROP: left[0].ID(), Delivery: Answered,
		Err: fmt.Errorf("%w: a batch is not done after %d rounds", ErrMalformed, maxRounds)}
}

// maxBackoffs is how often one batch waits for a busy server.
const maxBackoffs = 2

// round is one Execute: what was answered, and the requests still to do.
func (m *Mailbox) round(ctx context.Context, reqs []rop.Request) (*batch, []rop.Request, error) {
	b := &batch{}
	s, err := m.e.open()
	if err != nil {
		return b, nil, err
	}
	sent := m.objectsFor(reqs)
	payload, err := sent.Encode()
	if err != nil {
		return b, nil, err
	}
	body := &emsmdb.ExecuteRequest{
		Flags: emsmdb.ExecuteNoCompression | emsmdb.ExecuteNoXorMagic,
		ROPs:  [][]byte{payload}, MaxRopOut: emsmdb.DefaultMaxRopOut,
	}
	b.answer, err = m.e.send(ctx, &call{
		op: "Execute", body: body.Encode(), session: s, repeatable: SafeToRepeat(reqs...),
		read: func(a *answer) error { return m.readExecute(a, sent, b) },
	})
	if err != nil {
		return b, nil, err
	}
	return b, b.undone(reqs), nil
}

// readExecute takes the operations out of an Execute answer.
func (m *Mailbox) readExecute(a *answer, sent *rop.RequestBuffer, b *batch) error {
	p, err := emsmdb.DecodeExecuteResponse(a.Body)
	if err != nil {
		return a.judgeBody(0, 0, err, succeeded)
	}
	if err := a.judgeBody(p.StatusCode, p.ErrorCode, nil, succeeded); err != nil {
		return err
	}
	for _, payload := range p.ROPs {
		if err := m.take(payload, sent, b); err != nil {
			return a.failure(netpath.PhaseBody, err)
		}
		sent = &rop.RequestBuffer{Handles: sent.Handles} // a second payload answers nothing more
	}
	return nil
}

// batch is what one Execute brought.
type batch struct {
	answer   *answer
	answers  []rop.Response // to requests
	backoff  *rop.BackoffResponse
	tooSmall *rop.BufferTooSmallResponse
	pending  bool // RopPending: more notifications wait
	notified int
}

func (b *batch) add(p rop.Response) (event *rop.NotifyResponse) {
	switch p := p.(type) {
	case *rop.NotifyResponse:
		b.notified++
		return p
	case *rop.PendingResponse:
		b.pending = true
	case *rop.BackoffResponse:
		b.backoff = p
	case *rop.BufferTooSmallResponse:
		b.tooSmall = p
	default:
		b.answers = append(b.answers, p)
	}
	return nil
}

// undone is the tail of reqs that the server did not get to.
func (b *batch) undone(reqs []rop.Request) []rop.Request {
	if b.tooSmall != nil {
		if n, ok := countUndone(b.tooSmall.Undone); ok && n <= len(reqs) {
			return reqs[len(reqs)-n:]
		}
	}
	if b.tooSmall == nil && b.backoff == nil {
		return nil
	}
	answered := len(b.answers)
	for i, q := range reqs {
		if q.ID() == rop.RopRelease {
			continue
		}
		if answered--; answered < 0 {
			return reqs[i:]
		}
	}
	return nil
}

// countUndone counts the requests that RopBufferTooSmall hands back.
func countUndone(b []byte) (int, bool) {
	size := len(b) + 2
	payload := append([]byte{byte(size), byte(size >> 8)}, b...)
	back, err := rop.DecodeRequestBuffer(payload)
	if err != nil || len(back.Requests) == 0 {
		return 0, false
	}
	return len(back.Requests), true
}

// firstRefused is the failure of the first operation that was refused, or nil.
func (b *batch) firstRefused(all []rop.Response) error {
	for _, p := range all {
		if c := p.Code(); !succeeded(c) {
			return b.failure(p.ID(), c)
		}
	}
	return nil
}

func (b *batch) failure(id rop.ID, code mapierr.Code) *Failure {
	f := b.answer.refused(netpath.PhaseROP, code)
	f.ROP = id
	return f
}

func (m *Mailbox) busy(b *batch) *Failure {
	f := b.failure(rop.RopBackoff, mapierr.ServerBusy)
	f.Err = &BackoffError{b.backoff.Duration}
	return f
}

// obeyBackoff waits as long as the server asks before rest is sent again.
func (m *Mailbox) obeyBackoff(ctx context.Context, b *batch, rest []rop.Request) error {
	wait := b.backoff.Duration
	for _, own := range b.backoff.ROPs {
		for _, q := range rest {
			if q.ID() == own.ROP {
				wait = max(wait, own.Duration)
			}
		}
	}
	if wait > m.e.cfg.Limits.Backoff {
		b.backoff.Duration = wait
		return m.busy(b)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		f := m.busy(b)
		f.Err = errors.Join(f.Err, context.Cause(ctx))
		return f
	}
}

// SafeToRepeat says whether carrying the operations out twice leaves everything
// as once would: questions about open objects do; what opens, moves a table's
// cursor or subscribes does not.
func SafeToRepeat(reqs ...rop.Request) bool {
	for _, q := range reqs {
		switch q := q.(type) {
		case *rop.GetPropertiesSpecificRequest, *rop.GetReceiveFolderRequest, *rop.GetStoreStateRequest, *rop.SetColumnsRequest:
		case *rop.QueryRowsRequest:
			if q.Flags&rop.QueryRowsNoAdvance == 0 {
				return false
			}
		default:
			return false
		}
	}
	return len(reqs) > 0 // an empty batch fetches notifications, and each only once
}
