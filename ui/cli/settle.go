package cli

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
)

// settleEvery is the shortest time between two rounds of settle. What a server
// does by itself while nothing happens comes about as often.
const settleEvery = 4 * time.Minute

// settle gives back the memory that only starting needed, or what happened since,
// whenever the session stands and waits: an agent mostly does, for days. It wakes
// nobody for it, but goes along with what the monitor tells.
func settle(ctx context.Context, m *monitor.Monitor) {
	var last time.Time
	for {
		now, newer := m.Snapshot()
		if now.State == monitor.StateConnected && now.Session.Waiting && now.Check == nil && time.Since(last) > settleEvery {
			debug.FreeOSMemory()
			leaveProgramPages()
			last = time.Now()
		}
		select {
		case <-newer:
		case <-ctx.Done():
			return
		}
	}
}
