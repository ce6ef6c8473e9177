package mapihttp

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// waiting starts a NotificationWait and returns when the server holds it.
func waiting(t *testing.T, f *fake, m *Mailbox, ctx context.Context) <-chan error {
	t.Helper()
	held := make(chan struct{})
	f.once("NotificationWait", func(t *turn) { close(held); t.answer() })
	result := make(chan error, 1)
	go func() {
		w, err := m.NotificationWait(ctx)
		if err == nil && !w.EventPending {
			err = errors.New("no event pending")
		}
		result <- err
	}()
	<-held
	return result
}

func TestState14ParallelWaitAndExecute(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	if err := m.RegisterNotification(t.Context(), rop.NewMail|rop.ObjectCreated); err != nil {
		t.Fatal(err)
	}
	result := waiting(t, f, m, t.Context())
	for range 5 { // a strict server: each needs the newest sequence cookie
		if err := m.Verify(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if i := m.Info(); i.InFlight != 1 || !i.Expires.IsZero() {
		t.Errorf("while a wait is pending the context does not expire: %+v", i)
	}
	if _, err := m.NotificationWait(t.Context()); !errors.Is(err, ErrWaiting) {
		t.Errorf("second wait: %v", err)
	}
	f.event <- struct{}{}
	if err := <-result; err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(t.Context()); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if i := m.Info(); i.InFlight != 0 || i.Expires.IsZero() || i.State != Active {
		t.Errorf("%+v", i)
	}
}

// The answer to a wait begins at once with a new sequence cookie. Whether it
// counts depends on who was sent last.
func TestSequenceCookieOfAWait(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	offer := func(v string, during func()) {
		held, finish := make(chan struct{}), make(chan struct{})
		f.once("NotificationWait", func(t *turn) {
			if during != nil {
				close(held)
				<-finish
			}
			t.w.Header()["Set-Cookie"] = []string{"MapiSequence=" + v}
			t.w.Header().Set("X-ResponseCode", "0")
			t.write("PROCESSING\r\nDONE\r\n\r\n" + string((&emsmdb.NotificationWaitResponse{}).Encode()))
		})
		done := make(chan error, 1)
		go func() { _, err := m.NotificationWait(t.Context()); done <- err }()
		if during != nil {
			<-held
			during()
			close(finish)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	offer("99", func() { // an Execute overtakes the wait: its cookie is newer
		if err := m.Verify(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if err := m.Verify(t.Context()); err != nil {
		t.Errorf("the overtaken wait's sequence was taken: %v", err)
	}
	f.on("Execute", func(t *turn) { t.ctx = &fakeContext{id: "x"}; t.reply(t.result()) })
	offer("77", nil)
	m.Verify(t.Context())
	all := f.requests("Execute")
	if got := all[len(all)-1].cookie; got != "MapiContext=ctx1; MapiSequence=77" {
		t.Errorf("an undisturbed wait's sequence counts: %s", got)
	}
}

func TestState15SecondWaitRejected(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	result := waiting(t, f, m, ctx)
	cancel() // our side hangs up
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if i := m.Info(); i.Failures != 0 {
		t.Errorf("a wait that we gave up counts as a failure: %+v", i)
	}
	f.once("NotificationWait", func(t *turn) { // the server has not noticed
		t.resume(false)
		t.reply((&emsmdb.NotificationWaitResponse{ErrorCode: mapierr.Rejected}).Encode())
	})
	_, err := m.NotificationWait(t.Context())
	wantCode(t, err, netpath.PhaseErrorCode, mapierr.Rejected)
	if m.Info().State != Active {
		t.Errorf("state %v", m.Info().State)
	}
}

func TestState16WaitTimesOut(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	f.once("NotificationWait", func(t *turn) { t.reply((&emsmdb.NotificationWaitResponse{}).Encode()) })
	w, err := m.NotificationWait(t.Context())
	if err != nil || w.EventPending || w.PendingPeriod != 30*time.Second || len(w.Tags) != 2 {
		t.Errorf("%+v, %v", w, err)
	}
	// a server that does not answer at all is given up after WaitTime and two periods
	cfg := f.config()
	cfg.Limits = Limits{WaitTime: 100 * time.Millisecond, Gap: time.Hour}
	m = NewMailbox(cfg, aliceDN)
	m.Connect(t.Context())
	m.e.current.pendingPeriod = 50 * time.Millisecond
	_, err = m.NotificationWait(t.Context())
	var limit *LimitError
	if fail := wantFailure(t, err, netpath.PhaseBody); !errors.As(err, &limit) || limit.Limit != 200*time.Millisecond || fail.Delivery != AnswerLost {
		t.Errorf("%v", err)
	}
	if m.Info().State != Active {
		t.Error("a wait that got lost says nothing about the context")
	}
}

func TestState17NotifyAndPending(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	if err := m.RegisterNotification(t.Context(), rop.NewMail); err != nil {
		t.Fatal(err)
	}
	ours := m.objects.handles[slotSubscription]
	event := func(handle uint32) *rop.NotifyResponse {
		return &rop.NotifyResponse{Handle: handle, Flags: uint16(rop.NewMail) | rop.NotifyMessage, MessageClass: "IPM.Note"}
	}
	rounds := [][]rop.Response{
		{event(ours), event(0xBAD), &rop.PendingResponse{}},
		{event(ours), &rop.PendingResponse{}},
		{event(ours)},
		nil,
	}
	f.on("Execute", func(t *turn) {
		f.mu.Lock()
		if len(rounds) > 0 {
			f.unasked, rounds = rounds[0], rounds[1:]
		}
		f.mu.Unlock()
		t.answer()
	})
	events, err := m.Poll(t.Context())
	if err != nil || len(events) != 3 || events[0].Type() != rop.NewMail {
		t.Fatalf("%d events, %v", len(events), err)
	}
	if events, err := m.Poll(t.Context()); err != nil || len(events) != 0 {
		t.Errorf("fetched twice: %d, %v", len(events), err)
	}
	// an event that comes with another answer is kept for Poll
	f.unasked = []rop.Response{event(ours)}
	if err := m.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if events, _ := m.Poll(t.Context()); len(events) != 1 {
		t.Errorf("%d events", len(events))
	}
	// for ever is not followed
	n := len(f.requests("Execute"))
	f.on("Execute", func(t *turn) {
		f.mu.Lock()
		f.unasked = []rop.Response{event(ours), &rop.PendingResponse{}}
		f.mu.Unlock()
		t.answer()
	})
	if _, err := m.Poll(t.Context()); err != nil {
		t.Error(err)
	}
	if got := len(f.requests("Execute")) - n; got != maxPolls {
		t.Errorf("%d Executes", got)
	}
}

func TestRegisterReplacesTheSubscription(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	m.RegisterNotification(t.Context(), rop.NewMail)
	first := m.objects.handles[slotSubscription]
	var released []uint8
	f.rops = func(c *fakeContext, q rop.Request) []rop.Response {
		if r, ok := q.(*rop.ReleaseRequest); ok {
			released = append(released, r.Input)
		}
		return answerROP(c, q)
	}
	if err := m.RegisterNotification(t.Context(), rop.NewMail); err != nil {
		t.Fatal(err)
	}
	if second := m.objects.handles[slotSubscription]; second == first || second == rop.NoHandle || len(released) != 1 || released[0] != slotSubscription {
		t.Errorf("handle %x after %x, released %v", second, first, released)
	}
}

func TestWaitRefusedForItsSequence(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	f.once("NotificationWait", func(t *turn) { t.refuse(15, "sequence") })
	_, err := m.NotificationWait(t.Context())
	wantFailure(t, err, netpath.PhaseResponseCode)
	if got := m.Info().State; got != Uncertain {
		t.Errorf("state %v", got)
	}
	if err := m.Verify(t.Context()); err != nil || m.Info().State != Active {
		t.Errorf("the context lives: %v", err)
	}
	f.once("NotificationWait", func(t *turn) { t.refuse(10, "gone") })
	_, err = m.NotificationWait(t.Context())
	if !ContextGone(err) || m.Info().State != Gone {
		t.Errorf("%v, state %v", err, m.Info().State)
	}
}

// A wait can be ended as soon as its first meta-tag shows that the channel is open.
func TestWithTagsEndsAWaitAtItsFirstTag(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	enough := errors.New("the channel is open")
	ctx, cancel := context.WithCancelCause(t.Context())
	ctx = WithTags(ctx, func(Tag) { cancel(enough) })
	w, err := m.NotificationWait(ctx)
	if !errors.Is(context.Cause(ctx), enough) || err == nil {
		t.Fatalf("the wait ended with %v, cause %v", err, context.Cause(ctx))
	}
	if len(w.Tags) != 1 || w.Tags[0].Name != TagProcessing {
		t.Errorf("tags %v, want PROCESSING alone", w.Tags)
	}
	if err := m.Verify(t.Context()); err != nil {
		t.Errorf("the session after the wait: %v", err)
	}
}
