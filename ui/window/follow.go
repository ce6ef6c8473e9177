package window

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// knock is how often a window that is open asks whether the agent is back: soon
// enough not to be waited for, and one failing open of a socket each.
const knock = time.Second

// beat is how often what is shown as an age ("2 min ago") is drawn anew.
const beat = 20 * time.Second

// Follow shows every state of the agent until ctx ends. It is the one door through
// which states come in: deliver alone touches the window.
func (w *Window) Follow(ctx context.Context) { follow(ctx, w.o.Agent, w.deliver) }

// deliver changes the state and shows it, on the toolkit's goroutine.
func (w *Window) deliver(change func(*State)) {
	w.do(func() {
		s := w.state
		change(&s)
		s.Now = time.Now()
		w.Show(s)
	})
}

// follow hands each change of the state to deliver, which must not block for long:
// the stream skips to the newest snapshot for a slow reader.
func follow(ctx context.Context, agent Agent, deliver func(func(*State))) {
	go func() {
		tick := time.NewTicker(beat)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				deliver(func(*State) {})
			}
		}
	}()
	again := time.NewTicker(knock)
	defer again.Stop()
	for ctx.Err() == nil {
		err := followOnce(ctx, agent, deliver)
		if ctx.Err() != nil {
			return
		}
		deliver(func(s *State) { s.Gone = goneWords(err) })
		select {
		case <-ctx.Done():
		case <-again.C:
		}
	}
}

// followOnce reads one stream of snapshots to its end and says what ended it.
func followOnce(ctx context.Context, agent Agent, deliver func(func(*State))) error {
	var had string
	for snapshot, err := range agent.Snapshots(ctx) {
		if err != nil {
			return err
		}
		var fresh *report.Report
		if last := snapshot.LastReport; last != nil && last.ID != had {
			if fresh = fetchReport(ctx, agent); fresh != nil {
				had = last.ID
			}
		}
		deliver(func(s *State) { s.take(snapshot, fresh) })
	}
	return io.EOF
}

// take puts in what the agent said. A report of another account goes.
func (s *State) take(snapshot *monitor.Snapshot, fresh *report.Report) {
	s.Snapshot, s.Gone = snapshot, ""
	if fresh != nil {
		s.Report = fresh
	}
	if s.Report != nil && s.Report.Account.Address != snapshot.Account.Address {
		s.Report = nil
	}
}

// fetchReport asks for the last report, whole: it stays on this screen. nil when
// there is none to be had; the next snapshot asks again.
func fetchReport(ctx context.Context, agent Agent) *report.Report {
	b, err := agent.Report(ctx, localapi.ReportRequest{Format: "json", Redaction: "none"})
	if err != nil {
		return nil
	}
	r, err := report.ReadJSON(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	return r
}

// goneWords says why the agent does not answer.
func goneWords(err error) string {
	switch {
	case errors.Is(err, localapi.ErrNoAgent):
		return L("No agent is running, so nobody watches the mailbox.")
	case errors.Is(err, io.EOF):
		return L("The agent has ended, so nobody watches the mailbox.")
	}
	return L("The agent does not answer: {{.Error}}", args{"Error": err.Error()})
}
