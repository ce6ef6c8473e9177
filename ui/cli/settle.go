package cli

import (
	"context"
	"runtime/debug"

	"github.com/mapiscope/mapiscope/diag/monitor"
)

// settle gives back the memory that only starting needed, once the session
// stands: an agent then mostly waits, for days.
func settle(ctx context.Context, m *monitor.Monitor) {
	for {
		now, newer := m.Snapshot()
		if now.State == monitor.StateConnected && now.Session.Waiting {
			debug.FreeOSMemory()
			leaveProgramPages()
			return
		}
		select {
		case <-newer:
		case <-ctx.Done():
			return
		}
	}
}
