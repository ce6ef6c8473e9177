package mapihttp

import (
	"context"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// maxPolls bounds the Executes of one Poll: each brings up to 32 KiB of
// notifications, and a server that says RopPending for ever is not followed.
const maxPolls = 16

// RegisterNotification subscribes to events in the whole mailbox
// (MS-OXCNOTIF 2.2.1.2.1). It replaces the subscription made before. The
// subscription ends with the session context; nothing in the mailbox changes.
func (m *Mailbox) RegisterNotification(ctx context.Context, types rop.NotificationType) error {
	if _, err := m.opened(); err != nil {
		return err
	}
	reqs := []rop.Request{&rop.RegisterNotificationRequest{Input: slotLogon, Output: slotSubscription, Types: types, WholeStore: true}}
	if m.holds(slotSubscription) {
		reqs = append([]rop.Request{&rop.ReleaseRequest{Input: slotSubscription}}, reqs...)
	}
	_, err := m.Execute(ctx, reqs...)
	if err == nil {
		m.mu.Lock()
		m.wantsEvents = types
		m.mu.Unlock()
	}
	return err
}

func (m *Mailbox) holds(slot uint8) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int(slot) < len(m.objects.handles) && m.objects.handles[slot] != rop.NoHandle
}

// WaitResult is how a NotificationWait ended.
type WaitResult struct {
	EventPending  bool          // fetch with Poll; otherwise the server's time ran out
	Tags          []Tag         // when each PROCESSING, PENDING and DONE arrived
	Elapsed       time.Duration // the whole wait
	PendingPeriod time.Duration // the X-PendingPeriod that the server promised
}

// NotificationWait waits until an event is pending or the server's time runs
// out, about five minutes (MS-OXCMAPIHTTP 2.2.4.4, 3.1.5.5). It uses a connection
// of its own and runs beside everything else, but only one at a time: a second one
// gets ErrWaiting here, or ecRejected from a server that has not noticed yet that
// the first one's connection is dead. Without a sign of life for two pending
// periods it ends with a *LimitError.
func (m *Mailbox) NotificationWait(ctx context.Context) (*WaitResult, error) {
	if !m.e.wait.tryEnter() {
		return nil, ErrWaiting
	}
	defer m.e.wait.leave()
	if err := m.e.gate.pass(ctx); err != nil {
		return nil, err
	}
	s, err := m.e.open()
	if err != nil {
		return nil, err
	}
	res := &WaitResult{}
	a, err := m.e.send(ctx, &call{
		op: "NotificationWait", body: (&emsmdb.NotificationWaitRequest{}).Encode(), session: s, wait: true, onTag: tagsOf(ctx),
		read: func(a *answer) error {
			p, err := emsmdb.DecodeNotificationWaitResponse(a.Body)
			if err != nil {
				return a.judgeBody(0, 0, err, succeeded)
			}
			res.EventPending = p.Pending()
			return a.judgeBody(p.StatusCode, p.ErrorCode, nil, succeeded)
		},
	})
	if a != nil {
		res.Tags, res.Elapsed = a.Tags, a.Elapsed
	}
	res.PendingPeriod = m.e.info().PendingPeriod
	return res, err
}

// Poll fetches the notifications that wait at the server, with Executes that
// carry no operation (MS-OXCNOTIF 3.2.5.5). Events of objects that are not open
// any more are left out.
func (m *Mailbox) Poll(ctx context.Context) ([]*rop.NotifyResponse, error) {
	err := m.fetch(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	events := m.events
	m.events = nil
	return events, err
}

func (m *Mailbox) fetch(ctx context.Context) error {
	leave, err := m.e.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	for range maxPolls {
		b, _, err := m.round(ctx, nil)
		if err != nil {
			return err
		}
		if b.backoff != nil {
			if err := m.obeyBackoff(ctx, b, nil); err != nil {
				return err
			}
			continue
		}
		if !b.pending && b.notified == 0 {
			return nil
		}
	}
	return nil
}
