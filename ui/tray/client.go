package tray

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// Agent is what the tray asks; *localapi.Client is one.
type Agent interface {
	Snapshots(context.Context) iter.Seq2[*monitor.Snapshot, error]
	Check(context.Context, localapi.CheckRequest) error
	Pause(context.Context) error
	Resume(context.Context) error
	Report(context.Context, localapi.ReportRequest) ([]byte, error)
	Quit(context.Context) error
}

// How often an agent that is not there is looked for: soon after it was started,
// then as rarely as a person does not notice. Each look is one open of a socket.
const (
	firstLook = 50 * time.Millisecond
	lastLook  = 2 * time.Second
)

// follow hands every snapshot to show, and nil with the reason whenever there is
// no agent to ask, until ctx ends. start is called each time that none runs; it
// may be nil.
func follow(ctx context.Context, agent Agent, start func(), show func(*monitor.Snapshot, error)) {
	look := firstLook
	for ctx.Err() == nil {
		answered, err := followOnce(ctx, agent, show)
		if ctx.Err() != nil {
			return
		}
		if answered {
			look = firstLook
		}
		if start != nil && (errors.Is(err, localapi.ErrNoAgent) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
			start()
		}
		show(nil, err)
		select {
		case <-ctx.Done():
		case <-time.After(look):
		}
		look = min(look*3/2, lastLook)
	}
}

// followOnce reads one stream of snapshots to its end.
func followOnce(ctx context.Context, agent Agent, show func(*monitor.Snapshot, error)) (answered bool, err error) {
	for s, err := range agent.Snapshots(ctx) {
		if err != nil {
			return answered, err
		}
		answered = true
		show(s, nil)
	}
	return answered, io.EOF
}
